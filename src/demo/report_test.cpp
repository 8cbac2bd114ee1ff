#include "demo/report.h"

#include <gtest/gtest.h>

namespace rapport::demo {
namespace {

DemoData world() {
  DemoData data;
  data.name = "Bingewatch";
  data.attribute = "GENRES";
  data.value = "Action";
  data.user_count = 4;
  data.hidden_taste = {{"a", "Action"}, {"b", "Drama"}, {"c", "Action"}, {"d", "Drama"}};
  return data;
}

TEST(Leaning, IsTheShareOfHiddenTastes) {
  LoopOutcome outcome;
  outcome.user_ids = {"a", "c", "d"};
  const auto leaning = measure_leaning(world(), outcome);
  ASSERT_TRUE(leaning);
  EXPECT_DOUBLE_EQ(leaning->everyone, 0.5);
  EXPECT_DOUBLE_EQ(leaning->segment, 2.0 / 3);
}

TEST(Report, SaysWhatMatters) {
  LoopOutcome outcome;
  outcome.user_ids = {"a"};
  outcome.segment_name = "ITEMSgenresAction_x";
  outcome.messages_attempted = 7;
  outcome.messages_successful = 6;
  outcome.hits_at_1_percent = 12.34;
  Baselines baselines;
  baselines.most_active.hits_at_1_percent = 5.67;
  baselines.most_frequent_viewers.hits_at_1_percent = 8.9;
  const std::string text = report(world(), outcome, baselines, {.segment = 0.75, .everyone = 0.5},
                                  {.data_directory = "/data", .program = "bin/rapport", .memory_bytes_peak = 77 << 20});
  for (const char* part :
       {"ITEMSgenresAction_x", "7 sent, 6 delivered", "12.34", "5.67", "8.90", "75.0 % of the segment",
        "50.0 % of everybody", "/data/outbox", "bin/rapport serve --data /data", "77 MB"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

}  // namespace
}  // namespace rapport::demo
