#include "channels/outbox.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "channels/outbox_day.h"
#include "json/json.h"

namespace rapport::channels {
namespace {

using ::testing::HasSubstr;

Outgoing message(const std::string& id) {
  return {.id = id,
          .app_id = "app",
          .channel = "EMAIL",
          .endpoint_id = "endpoint-" + id,
          .to = "ana@example.com",
          .content = messages::Email{.from = "news@bingewatch.example",
                                     .to = "ana@example.com",
                                     .subject = "Größe " + id,
                                     .text = "Hello\n",
                                     .html = {},
                                     .headers = {},
                                     .message_id = id + "@bingewatch.example",
                                     .date = {1'700'000'000 * kMicrosPerSecond}},
          .origin = {.campaign_id = "campaign", .activity_id = "activity", .treatment_id = "0"}};
}

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() : root_(std::filesystem::temp_directory_path() / ("outbox-" + random_id())) {}
  ~OutboxTest() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<Channel> open() { return open_outbox(root_, clock_).value(); }

  std::vector<std::string> index(const std::string& date = "2023-11-14") const {
    const auto text = read_file(root_ / date / "index.jsonl").value_or("");
    std::vector<std::string> ids;
    for (const std::string_view line : split(text, '\n')) {
      if (!line.empty()) ids.push_back(json::string_or(json::parse(line).value().as_object(), "id"));
    }
    return ids;
  }
  std::size_t message_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root_)) {
      count += entry.path().extension() == ".eml" || entry.path().extension() == ".part";
    }
    return count;
  }

  const std::filesystem::path root_;
  ManualClock clock_;
};

TEST_F(OutboxTest, WritesOneFileAndOneIndexLineAMessage) {
  const auto outbox = open();
  const std::vector<Outgoing> batch = {message("a"), message("b")};
  const auto receipts = outbox->send(batch);
  ASSERT_EQ(receipts.size(), 2u);
  EXPECT_EQ(receipts[0].outcome, Outcome::kDelivered);
  const std::string file = read_file(root_ / receipts[0].provider_id).value();
  EXPECT_TRUE(is_sealed(file));
  EXPECT_THAT(file, HasSubstr("\r\nTo: ana@example.com\r\n"));
  EXPECT_THAT(index(), ::testing::ElementsAre("a", "b"));
  const std::string lines = read_file(root_ / "2023-11-14" / "index.jsonl").value();
  const auto line = json::parse(split(lines, '\n')[0]).value().as_object();
  EXPECT_EQ(json::string_or(line, "endpoint"), "endpoint-a");
  EXPECT_EQ(json::string_or(line, "subject"), "Größe a");
  EXPECT_EQ(json::string_or(line, "path"), receipts[0].provider_id);
}

TEST_F(OutboxTest, WritesOtherKindsAsDocuments) {
  const auto outbox = open();
  std::vector<Outgoing> batch = {message("a"), message("b")};
  batch[0].channel = "SMS";
  batch[0].to = "+12065550142";
  messages::TextMessage text;
  text.body = "Größe, \"now\"";
  text.sender_id = "FILMS";
  batch[0].content = text;
  batch[1].channel = "GCM";
  batch[1].to = "";
  messages::PushMessage push;
  push.title = "Goal";
  batch[1].content = push;
  const auto receipts = outbox->send(batch);
  EXPECT_EQ(receipts[1].outcome, Outcome::kPermanentFailure);
  ASSERT_EQ(receipts[0].outcome, Outcome::kDelivered);
  EXPECT_TRUE(receipts[0].provider_id.ends_with("/a.json"));
  const std::string file = read_file(root_ / receipts[0].provider_id).value();
  EXPECT_TRUE(is_sealed(file));
  EXPECT_FALSE(is_sealed(file.substr(0, file.size() - 1)));
  const auto document = json::parse(file).value().as_object();
  EXPECT_EQ(document.at("Address"), "+12065550142");
  EXPECT_EQ(document.at("TreatmentId"), "0");
  EXPECT_EQ(document.at("Message"),
            (json::object{{"Body", "Größe, \"now\""}, {"MessageType", "TRANSACTIONAL"}, {"SenderId", "FILMS"}}));
  EXPECT_EQ(open()->send(batch)[0].detail, "written before");
  const std::vector<std::string> ids = {"a", "b"};
  EXPECT_EQ(open()->recover(ids)[0].provider_id, receipts[0].provider_id);
  EXPECT_EQ(open()->recover(ids)[1].outcome, Outcome::kNotSent);
}

TEST_F(OutboxTest, WritesTheSameIdOnceAcrossRestartsAndMidnight) {
  const std::vector<Outgoing> batch = {message("a")};
  const std::string path = open()->send(batch)[0].provider_id;
  const auto outbox = open();
  EXPECT_EQ(outbox->send(batch)[0].provider_id, path);
  clock_.advance(kMicrosPerDay);
  const Receipt receipt = outbox->send(batch)[0];
  EXPECT_EQ(receipt.outcome, Outcome::kDelivered);
  EXPECT_EQ(receipt.provider_id, path);
  EXPECT_EQ(message_files(), 1u);
  EXPECT_EQ(index().size() + index("2023-11-15").size(), 1u);
}

TEST_F(OutboxTest, RefusesWhatCannotBeSent) {
  const auto outbox = open();
  std::vector<Outgoing> batch = {message("a"), message("../evil"), message("c"), message("d")};
  batch[2].to = "nobody";
  std::get<messages::Email>(batch[3].content).subject = "a\r\nBcc: b@example.com";
  const auto receipts = outbox->send(batch);
  EXPECT_EQ(receipts[0].outcome, Outcome::kDelivered);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(receipts[i].outcome, Outcome::kPermanentFailure) << i;
  EXPECT_EQ(message_files(), 1u);
}

TEST_F(OutboxTest, RecoversFromItsFiles) {
  const std::vector<Outgoing> batch = {message("a"), message("torn")};
  std::string torn;
  {
    const auto outbox = open();
    torn = outbox->send(batch)[1].provider_id;
  }
  std::filesystem::resize_file(root_ / torn, 60);
  clock_.advance(3 * kMicrosPerDay);
  const auto outbox = open();
  const std::vector<std::string> ids = {"a", "torn", "never", "../../etc/passwd"};
  const auto receipts = outbox->recover(ids);
  EXPECT_EQ(receipts[0].outcome, Outcome::kDelivered);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(receipts[i].outcome, Outcome::kNotSent) << i;
}

TEST_F(OutboxTest, ReplacesATornFile) {
  const std::vector<Outgoing> batch = {message("a")};
  const std::string path = open()->send(batch)[0].provider_id;
  std::filesystem::resize_file(root_ / path, 0);
  EXPECT_EQ(open()->send(batch)[0].outcome, Outcome::kDelivered);
  EXPECT_TRUE(is_sealed(read_file(root_ / path).value()));
}

TEST_F(OutboxTest, RepairsTheIndexAfterACrash) {
  {
    const auto outbox = open();
    const std::vector<Outgoing> batch = {message("a"), message("b"), message("c")};
    outbox->send(batch);
  }
  const auto path = root_ / "2023-11-14" / "index.jsonl";
  const std::string whole = read_file(path).value();
  const std::size_t second = whole.find('\n') + 1;
  std::filesystem::resize_file(path, second + 10);        // "b" is cut, "c" is lost
  std::ofstream(root_ / "2023-11-14" / "0" / ".x.part");  // a message that was being written
  std::ofstream(root_ / ".open").put('x');                // the process did not close the outbox
  const auto outbox = open();
  EXPECT_THAT(index(), ::testing::UnorderedElementsAre("a", "b", "c"));
  EXPECT_EQ(message_files(), 3u);
}

TEST_F(OutboxTest, IsWrittenFromManyThreads) {
  const auto outbox = open();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 5; ++round) {
        std::vector<Outgoing> batch;
        for (int i = 0; i < 20; ++i) batch.push_back(message(fmt::format("{}-{}", round * 20 + i, t % 2)));
        for (const Receipt& receipt : outbox->send(batch)) EXPECT_EQ(receipt.outcome, Outcome::kDelivered);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(message_files(), 200u);
  const auto ids = index();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 200u);
}

TEST_F(OutboxTest, TellsWhenItCannotWrite) {
  std::ofstream(root_).put('x');
  EXPECT_FALSE(open_outbox(root_, clock_));
  std::filesystem::remove(root_);
  const auto outbox = open();
  std::ofstream(root_ / "2023-11-14").put('x');
  const std::vector<Outgoing> batch = {message("a")};
  EXPECT_EQ(outbox->send(batch)[0].outcome, Outcome::kTemporaryFailure);
}

TEST(Channel, NamesItsOutcomes) {
  EXPECT_EQ(to_string(Outcome::kInDoubt), "IN_DOUBT");
  const auto null = make_null_channel();
  const std::vector<Outgoing> batch = {message("a")};
  EXPECT_EQ(null->send(batch)[0].outcome, Outcome::kDelivered);
}

}  // namespace
}  // namespace rapport::channels
