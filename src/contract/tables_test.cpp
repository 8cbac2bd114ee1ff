#include "contract/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace rapport::contract {
namespace {

TEST(Tables, HoldEveryOperationOfEveryService) {
  std::map<std::string, std::size_t> counts;
  for (const Service* service : services()) counts[std::string(service->name)] = service->operations.size();
  const std::map<std::string, std::size_t> expected{{"pinpoint", 122},
                                                    {"personalize", 71},
                                                    {"personalize-runtime", 3},
                                                    {"personalize-events", 5},
                                                    {"pinpoint-email", 42},
                                                    {"pinpoint-sms-voice", 8},
                                                    {"rapport", 84}};
  EXPECT_EQ(counts, expected);
}

TEST(Tables, AreSortedForBinarySearch) {
  for (const Service* service : services()) {
    EXPECT_TRUE(std::ranges::is_sorted(service->operations, {}, &Operation::name));
    for (const Shape& shape : service->shapes) {
      if (shape.type == Type::kStructure) {
        EXPECT_TRUE(std::ranges::is_sorted(service->members(shape), {}, &Member::wire)) << shape.name;
      } else if (shape.type == Type::kString) {
        EXPECT_TRUE(std::ranges::is_sorted(service->values(shape))) << shape.name;
      }
    }
  }
}

TEST(Tables, ReferToShapesOfTheRightType) {
  for (const Service* service : services()) {
    for (const Operation& operation : service->operations) {
      for (const std::uint16_t shape : {operation.input, operation.output}) {
        if (shape == kNoShape) continue;
        EXPECT_EQ(service->shapes[shape].type, Type::kStructure) << operation.name;
      }
      for (const std::uint16_t error : service->errors(operation)) {
        EXPECT_GE(service->shapes[error].error_status, 400) << operation.name;
      }
    }
  }
}

TEST(Tables, FindByName) {
  const Service* pinpoint = find_service("pinpoint");
  ASSERT_NE(pinpoint, nullptr);
  EXPECT_EQ(pinpoint->signing_name, "mobiletargeting");
  EXPECT_EQ(find_service("nothing"), nullptr);
  const Operation* create = find_operation(*pinpoint, "CreateApp");
  ASSERT_NE(create, nullptr);
  EXPECT_EQ(create->status, 201);
  EXPECT_EQ(create->route.uri, "/v1/apps");
  EXPECT_EQ(find_operation(*pinpoint, "createApp"), nullptr);
  EXPECT_EQ(payload_member(*pinpoint, pinpoint->shapes[create->input])->name, "CreateApplicationRequest");
  const Shape* condition = find_shape(*pinpoint, "SimpleCondition");
  ASSERT_NE(condition, nullptr);
  EXPECT_EQ(find_member(*pinpoint, *condition, "segmentDimensions")->name, "SegmentDimensions");
  EXPECT_EQ(find_member(*pinpoint, *condition, "SegmentDimensions")->wire, "segmentDimensions");
  EXPECT_EQ(find_member(*pinpoint, *condition, "Nothing"), nullptr);
}

}  // namespace
}  // namespace rapport::contract
