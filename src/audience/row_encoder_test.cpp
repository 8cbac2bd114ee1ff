#include "audience/row_encoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audience/change.h"
#include "audience/compile.h"
#include "audience/dimensions.h"
#include "index/evaluator.h"

namespace rapport::audience {
namespace {

constexpr Timestamp kNow{1'700'000'000 * kMicrosPerSecond};

// Both ways to say whether an endpoint meets dimensions: on its row, and on its document.
class RowEncoderTest : public ::testing::Test {
 protected:
  void expect(bool met, const json::object& dimensions, const json::object& endpoint) {
    const auto change = change_of("id", endpoint).value();
    const std::string record = std::string(1, kRecordVersion) + change.fields;
    const std::string user = std::string(1, kRecordVersion) + change.user_fields;
    const auto& row = encoder_.encode("id", record, user);
    const auto predicate =
        *compile_dimensions("app", dimensions, {.load = {}, .list = {}, .who_did = nobody_did}, kNow);
    EXPECT_EQ(evaluator_.matches(dictionary_, row, predicate), met) << json::serialize(dimensions);
    EXPECT_EQ(matches_dimensions(dimensions, endpoint, kNow), met) << json::serialize(dimensions);
  }

  index::Dictionary dictionary_;
  RowEncoder encoder_{dictionary_};
  index::Evaluator evaluator_;
};

json::object dated(std::string_view type, const std::vector<std::string>& values) {
  json::array listed(values.begin(), values.end());
  return {{"UserAttributes", {{"Born", {{"AttributeType", type}, {"Values", listed}}}}}};
}

json::object born(const std::vector<std::string>& values) {
  json::array listed(values.begin(), values.end());
  return {{"User", {{"UserId", "u"}, {"UserAttributes", {{"Born", listed}}}}}};
}

TEST_F(RowEncoderTest, ComparesTheDateOfAnAttribute) {
  expect(true, dated("BEFORE", {"2001-01-01"}), born({"2000-12-31T23:59:59Z"}));
  expect(false, dated("BEFORE", {"2001-01-01"}), born({"2001-01-01"}));
  expect(true, dated("ON", {"20010101"}), born({"2001-01-01T12:00:00Z"}));
  expect(false, dated("AFTER", {"2001-01-01"}), born({"2001-01-01"}));
  expect(true, dated("BETWEEN", {"2002-01-01", "2001-01-01"}), born({"20010601T120000Z"}));
  expect(false, dated("BEFORE", {"2001-01-01"}), born({"2000-13-31"}));
  expect(false, dated("BEFORE", {"2001-01-01"}), born({}));
}

TEST_F(RowEncoderTest, AnyOfSeveralDatesCounts) {
  const auto endpoint = born({"1990-01-01", "often", "2010-01-01"});
  expect(true, dated("BEFORE", {"2001-01-01"}), endpoint);
  expect(true, dated("AFTER", {"2001-01-01"}), endpoint);
  expect(false, dated("BETWEEN", {"1995-01-01", "2005-01-01"}), endpoint);
  expect(true, dated("ON", {"1990-01-01"}), born({"often", "1990-01-01"}));
}

TEST_F(RowEncoderTest, FindsPositionsInACircle) {
  const auto around = [](double kilometers) {
    return json::object{
        {"Location",
         {{"GPSPoint",
           {{"Coordinates", {{"Latitude", 51.5}, {"Longitude", -0.125}}}, {"RangeInKilometers", kilometers}}}}}};
  };
  const json::object paris = {{"Location", {{"Latitude", 48.8566}, {"Longitude", 2.3522}}}};
  expect(false, around(340), paris);
  expect(true, around(345), paris);
  expect(false, around(100'000), {{"Location", {{"Latitude", 48.8566}}}});
  const auto fiji = [](double kilometers) {
    return json::object{
        {"Location",
         {{"GPSPoint",
           {{"Coordinates", {{"Latitude", -17}, {"Longitude", 179.8}}}, {"RangeInKilometers", kilometers}}}}}};
  };
  expect(true, fiji(45), {{"Location", {{"Latitude", -17}, {"Longitude", -179.8}}}});
  expect(true, fiji(45), {{"Location", {{"Latitude", -17}, {"Longitude", 180.2}}}});
  expect(false, fiji(40), {{"Location", {{"Latitude", -17}, {"Longitude", -179.8}}}});
}

}  // namespace
}  // namespace rapport::audience
