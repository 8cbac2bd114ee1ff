#include "datasets/quotas.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "datasets/datasets.h"
#include "jobs/jobs.h"
#include "testing/temporary_directory.h"

namespace rapport::datasets {
namespace {

using ::testing::HasSubstr;

class QuotasTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sql::migrate(*database_, jobs::migrations()));
    ASSERT_TRUE(sql::migrate(*database_, migrations()));
  }
  Error add(Catalog& catalog, Resource resource) {
    resource.arn = make_arn({}, resource.kind, resource.name);
    Error error;
    const Status added = database_->write([&](sql::Session& session) -> Status {
      TRY(catalog.create(session, resource));
      return {};
    });
    return added ? error : added.error();
  }
  // The error of the one that is too many.
  Error fill(Catalog& catalog, ResourceKind kind, const std::string& parent, std::string_view status,
             std::size_t most) {
    const std::string name = fmt::format("k{}-{}", static_cast<int>(kind), path_of_arn(parent));
    for (std::size_t i = 0; i < most; ++i) {
      const Error error =
          add(catalog,
              {.kind = kind, .name = fmt::format("{}-{}", name, i), .parent = parent, .status = std::string(status)});
      EXPECT_EQ(error.message, "") << i;
    }
    return add(catalog, {.kind = kind, .name = name, .parent = parent, .status = std::string(status)});
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("db")).value();
};

TEST_F(QuotasTest, LimitWhatAGroupAndAnAccountHave) {
  Catalog catalog(*database_, clock_, Quotas::kPublished);
  const Error groups = fill(catalog, ResourceKind::kDatasetGroup, "", "ACTIVE", 5);
  EXPECT_EQ(groups.kind, ErrorKind::kLimited);
  EXPECT_EQ(groups.message,
            "Cannot create a dataset group. More than 5 resources in ACTIVE state. Please delete some and try again.");
  const std::string group = make_arn({}, ResourceKind::kDatasetGroup, "one");
  EXPECT_EQ(fill(catalog, ResourceKind::kFilter, group, "ACTIVE", 30).kind, ErrorKind::kLimited);
  EXPECT_EQ(fill(catalog, ResourceKind::kFilter, group + "two", "ACTIVE", 30).kind, ErrorKind::kLimited);
  EXPECT_EQ(fill(catalog, ResourceKind::kRecommender, group, "CREATE FAILED", 5).kind, ErrorKind::kLimited);
  EXPECT_EQ(fill(catalog, ResourceKind::kSolution, group, "ACTIVE", 10).kind, ErrorKind::kLimited);
  const auto solution = [&](int number) {
    return make_arn({}, ResourceKind::kSolution,
                    fmt::format("k{}-one-{}", static_cast<int>(ResourceKind::kSolution), number));
  };
  const auto campaign = [&](int number) {
    return add(catalog, {.kind = ResourceKind::kCampaign,
                         .name = fmt::format("c{}", number),
                         .parent = solution(number),
                         .status = "ACTIVE"});
  };
  for (int number = 0; number < 5; ++number) EXPECT_EQ(campaign(number).message, "");
  EXPECT_EQ(campaign(5).message,
            "Cannot create a campaign. More than 5 resources in ACTIVE state. Please delete some and try again.");
  EXPECT_EQ(campaign(0).kind, ErrorKind::kAlreadyExists) << "that it is there already is told first";
}

TEST_F(QuotasTest, LimitWhatIsInTheMaking) {
  Catalog catalog(*database_, clock_, Quotas::kPublished);
  EXPECT_EQ(fill(catalog, ResourceKind::kBatchSegmentJob, "arn:v", "ACTIVE", 10).message, "");
  EXPECT_EQ(fill(catalog, ResourceKind::kBatchSegmentJob, "arn:v/1", "CREATE PENDING", 5).message,
            "More than 5 resources with PENDING or IN_PROGRESS status.");
  EXPECT_EQ(fill(catalog, ResourceKind::kDataDeletionJob, "arn:g", "IN_PROGRESS", 5).kind, ErrorKind::kLimited);
  EXPECT_EQ(fill(catalog, ResourceKind::kSolutionVersion, "arn:s", "CREATE IN_PROGRESS", 20).kind, ErrorKind::kLimited);
}

TEST_F(QuotasTest, AreNotKeptUnlessAsked) {
  Catalog catalog(*database_, clock_);
  EXPECT_EQ(fill(catalog, ResourceKind::kDatasetGroup, "", "ACTIVE", 12).message, "");
}

}  // namespace
}  // namespace rapport::datasets
