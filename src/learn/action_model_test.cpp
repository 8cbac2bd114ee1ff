#include "learn/action_model.h"

#include <gtest/gtest.h>

namespace rapport::learn {
namespace {

TEST(ParseActionEvent, KnowsEverySpelling) {
  for (const auto* text : {"Taken", "TAKEN", " taken "}) EXPECT_EQ(parse_action_event(text), ActionEvent::kTaken);
  for (const auto* text : {"Not taken", "Not Taken", "NOT_TAKEN", "not-taken", "notTaken"}) {
    EXPECT_EQ(parse_action_event(text), ActionEvent::kNotTaken) << text;
  }
  for (const auto* text : {"Viewed", "VIEWED"}) EXPECT_EQ(parse_action_event(text), ActionEvent::kViewed);
  for (const auto* text : {"", "Clicked", "taken!", "not"}) EXPECT_EQ(parse_action_event(text), std::nullopt) << text;
}

}  // namespace
}  // namespace rapport::learn
