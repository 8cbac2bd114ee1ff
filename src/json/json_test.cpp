#include "json/json.h"

#include <gtest/gtest.h>

namespace rapport::json {
namespace {

TEST(Json, NamesThePositionOfAnError) {
  const auto read = parse(R"({"a":1,})");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(read.error().message.find("byte 7"), std::string::npos) << read.error().message;
  EXPECT_FALSE(parse("{} x"));
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse(std::string(100, '[')));
}

TEST(Json, FindsTypedMembers) {
  const auto document = parse(R"({"s":"x","n":3.0,"b":true,"z":null,"o":{},"f":1.5})").value();
  const object& from = document.get_object();
  EXPECT_EQ(find_string(from, "s"), "x");
  EXPECT_EQ(find_integer(from, "n"), 3);
  EXPECT_EQ(find_integer(from, "f"), std::nullopt);
  EXPECT_EQ(find_number(from, "f"), 1.5);
  EXPECT_EQ(find_bool(from, "b"), true);
  EXPECT_EQ(find(from, "z"), nullptr);
  EXPECT_NE(find_object(from, "o"), nullptr);
  EXPECT_EQ(string_or(from, "absent", "d"), "d");
}

}  // namespace
}  // namespace rapport::json
