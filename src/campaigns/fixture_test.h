#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "audience/audience.h"
#include "campaigns/campaigns.h"
#include "channels/providers.h"
#include "channels/settings.h"
#include "testing/temporary_directory.h"

namespace rapport::campaigns {

using channels::Outcome;
using channels::Receipt;

// A provider that answers as the test says, by address and try, and remembers what it was handed.
class ScriptedProvider final : public channels::Channel {
 public:
  std::string_view name() const override { return "scripted"; }

  std::vector<Receipt> send(std::span<const channels::Outgoing> batch) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Receipt> receipts;
    for (const auto& message : batch) {
      const int number = ++handed_[message.to];
      if (const auto* email = std::get_if<messages::Email>(&message.content)) subjects_.insert(email->subject);
      if (const auto* text = std::get_if<messages::TextMessage>(&message.content)) subjects_.insert(text->body);
      if (const auto* push = std::get_if<messages::PushMessage>(&message.content)) subjects_.insert(push->title);
      ids_.insert(message.id);
      const Outcome outcome = outcome_of(message.to, number);
      receipts.push_back({.outcome = outcome,
                          .provider_id = {},
                          .detail = {},
                          .code = 0,
                          .retry_after_ms = outcome == Outcome::kThrottled ? kRetryAfterMs : 0});
    }
    return receipts;
  }

  std::vector<Receipt> recover(std::span<const std::string> ids) override {
    return std::vector<Receipt>(ids.size(), {.outcome = recovered, .provider_id = {}, .detail = {}, .code = 0});
  }

  int handed(const std::string& address) {
    const std::scoped_lock lock(mutex_);
    return handed_[address];
  }
  std::size_t messages() {
    const std::scoped_lock lock(mutex_);
    return ids_.size();
  }
  std::set<std::string> subjects() {
    const std::scoped_lock lock(mutex_);
    return subjects_;
  }

  static constexpr std::int64_t kRetryAfterMs = 60'000;
  std::atomic<Outcome> recovered = Outcome::kInDoubt;

 private:
  static Outcome outcome_of(const std::string& address, int number) {
    if (address.starts_with("unknown")) return Outcome::kPermanentFailure;
    if (address.starts_with("doubt")) return Outcome::kInDoubt;
    if (address.starts_with("busy") && number < 2) return Outcome::kThrottled;
    if (address.starts_with("later") && number < 3) return Outcome::kTemporaryFailure;
    return Outcome::kDelivered;
  }

  std::mutex mutex_;
  std::map<std::string, int> handed_;
  std::set<std::string> subjects_;
  std::set<std::string> ids_;
};

// Remembers what it was told; an event that was told before is dropped, as a log does.
class RecordingPublisher final : public events::Publisher {
 public:
  Status publish(std::span<const events::Event> told) override {
    const std::scoped_lock lock(mutex_);
    for (const events::Event& event : told) {
      const std::string key =
          event.endpoint + "/" + event.id + "/" + event.type + "/" + std::to_string(event.time.micros);
      if (known_.insert(key).second) events_.push_back(event);
    }
    return {};
  }
  std::vector<events::Event> of_type(std::string_view type) {
    const std::scoped_lock lock(mutex_);
    std::vector<events::Event> found;
    std::ranges::copy_if(events_, std::back_inserter(found), [&](const auto& event) { return event.type == type; });
    return found;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> known_;
  std::vector<events::Event> events_;
};

class CampaignsTest : public ::testing::Test {
 protected:
  CampaignsTest() {
    for (const auto& migrations : {jobs::migrations(), apps::migrations(), audience::migrations(),
                                   messages::migrations(), channels::migrations(), campaigns::migrations()}) {
      EXPECT_TRUE(sql::migrate(*database_, migrations));
    }
    app_ = applications_.create("test", {})->id;
    EXPECT_TRUE(indexes_.open(1));
    segment_ = segments_.create(app_, {"everyone", {}}, {})->id;
  }

  void add(const std::string& id, const std::string& address, json::object more = {}) {
    more["Address"] = address;
    if (!more.contains("ChannelType")) more["ChannelType"] = "EMAIL";
    ASSERT_TRUE(endpoints_.update(app_, id, more));
  }

  json::object request() const {
    return {{"Name", "c"},
            {"SegmentId", segment_},
            {"Schedule", json::object{{"StartTime", "IMMEDIATE"}}},
            {"MessageConfiguration",
             json::object{{"EmailMessage", json::object{{"Title", "Hi {{User.UserAttributes.Name}}"},
                                                        {"HtmlBody", "<p>{{Address}}</p>"},
                                                        {"FromAddress", "shop@example.com"}}}}}};
  }

  // The runs of a campaign, oldest first.
  std::vector<Activity> runs(const std::string& campaign) {
    auto page = campaigns_.activities(app_, campaign, {}).value();
    std::ranges::sort(page.items, {}, &Activity::scheduled);
    return page.items;
  }
  std::string status(const std::string& campaign) { return campaigns_.get(app_, campaign)->status; }

  // Lets every job that is due now run to its end.
  void settle() {
    if (!workers_) {
      workers_.emplace(queue_, jobs::Workers::Options{.threads = 2, .lease_ms = 100'000'000'000, .poll_ms = 5});
      campaigns_.serve(*workers_);
      workers_->start();
    }
    queue_.wake();
    const auto busy = [&] {
      constexpr std::string_view kBusy =
          "SELECT 1 FROM jobs WHERE kind >= 'campaign.' AND kind < 'campaign/' AND "
          "(state = 'running' OR (state = 'pending' AND ready_at <= $1))";
      return !database_->read(kBusy, {clock_.now().micros}).value().rows.empty();
    };
    while (busy()) std::this_thread::yield();
  }
  void advance_to(std::string_view text) { clock_.advance(parse_iso8601(text).value() - clock_.now()); }

  // Runs jobs, moving the clock over back-offs, until the campaign's newest run is over.
  Activity finished(const std::string& campaign) {
    while (true) {
      settle();
      auto page = campaigns_.activities(app_, campaign, {}).value();
      if (page.items.front().ended) return page.items.front();
      clock_.advance(kMicrosPerSecond / 2);
    }
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  std::unique_ptr<records::Store> records_ = records::open_rocksdb(directory_.file("records")).value();
  jobs::Queue queue_{*database_, clock_};
  apps::Applications applications_{*database_, clock_};
  audience::Endpoints endpoints_{*records_, clock_};
  audience::Indexes indexes_{*records_};
  audience::Segments segments_{*database_, *records_, endpoints_, indexes_, clock_, audience::nobody_did};
  messages::Templates templates_{*database_, clock_};
  messages::Recommenders recommenders_{*database_, clock_};
  messages::Recommendations recommendations_{
      recommenders_,
      {.items = [](std::string_view, std::string_view user, std::size_t) -> Result<std::vector<std::string>> {
        if (user == "broken") return fail(ErrorKind::kUnavailable, "The recommender is away");
        return std::vector<std::string>{"film of " + std::string(user)};
      }}};
  channels::Settings settings_{*database_, clock_};
  std::shared_ptr<ScriptedProvider> scripted_ = std::make_shared<ScriptedProvider>();
  ScriptedProvider& provider_ = *scripted_;
  channels::Providers providers_{settings_, {{"email", scripted_}, {"sms", scripted_}, {"gcm", scripted_}}};
  HookCall hook_ = [](const std::string&, const json::object&) { return Result<json::object>(); };
  RecordingPublisher published_;
  Collaborators with_{
      .database = *database_,
      .queue = queue_,
      .applications = applications_,
      .records = *records_,
      .events = published_,
      .endpoints = endpoints_,
      .segments = segments_,
      .templates = templates_,
      .recommendations = recommendations_,
      .channel_settings = settings_,
      .providers = providers_,
      .hook = [this](const std::string& target, const json::object& payload) { return hook_(target, payload); },
      .from_address = "no-reply@example.com",
      .clock = clock_};
  Campaigns campaigns_{with_};
  std::string app_;
  std::string segment_;
  std::optional<jobs::Workers> workers_;
};

}  // namespace rapport::campaigns
