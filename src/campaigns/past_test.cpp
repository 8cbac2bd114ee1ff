#include "campaigns/past.h"

#include "campaigns/fixture_test.h"

namespace rapport::campaigns {
namespace {

class PastTest : public CampaignsTest {
 protected:
  PastCampaign past(const std::string& id) {
    const Timestamp sent = clock_.now() - 10 * kMicrosPerDay;
    const json::object schedule = {{"StartTime", format_iso8601(sent)}, {"Frequency", "ONCE"}};
    return {
        .app = app_,
        .id = id,
        .request = {{"Name", "Past"},
                    {"SegmentId", segment_},
                    {"SegmentVersion", 1},
                    {"Schedule", schedule},
                    {"AdditionalTreatments", json::array{json::object{{"SizePercent", 30}, {"Schedule", schedule}}}}},
        .created = sent - kMicrosPerDay,
        .runs = {{.id = id + "-0", .treatment = 0, .started = sent, .ended = sent + 5, .counts = {{"SENT", 70}}},
                 {.id = id + "-1", .treatment = 1, .started = sent, .ended = sent + 9, .counts = {{"SENT", 30}}}}};
  }
  Status put(const PastCampaign& campaign) {
    return database_->write([&](sql::Session& session) { return record(session, campaign); });
  }
};

TEST_F(PastTest, StandsThereCompletedWithItsRuns) {
  const PastCampaign wanted = past("0123456789abcdef0123456789abcdef");
  ASSERT_TRUE(put(wanted));
  const auto found = campaigns_.get(app_, wanted.id);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->status, "COMPLETED");
  EXPECT_EQ(found->created, wanted.created);
  EXPECT_EQ(found->treatments, (std::vector<std::string>{"COMPLETED", "COMPLETED"}));
  const auto runs = campaigns_.activities(app_, wanted.id, {}).value();
  ASSERT_EQ(runs.items.size(), 2U);
  std::int64_t sent = 0;
  for (const auto& run : runs.items) {
    EXPECT_EQ(run.state, "COMPLETED");
    EXPECT_EQ(run.result, "SUCCESS");
    EXPECT_EQ(run.started, wanted.runs[0].started);
    sent += run.count("SENT");
  }
  EXPECT_EQ(sent, 100);
}

TEST_F(PastTest, IsRefusedTwiceAndWhenItMakesNoSense) {
  ASSERT_TRUE(put(past("a")));
  EXPECT_EQ(put(past("a")).error().kind, ErrorKind::kAlreadyExists);
  auto wrong = past("b");
  wrong.request["HoldoutPercent"] = 90;
  EXPECT_EQ(put(wrong).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(campaigns_.get(app_, "b").error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace rapport::campaigns
