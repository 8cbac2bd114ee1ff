#include <algorithm>
#include <map>

#include "campaigns/calendar.h"
#include "channels/providers.h"
#include "event_stream/streams.h"
#include "events/log.h"
#include "predictive/predictive.h"
#include "rapport_api/operations.h"
#include "transfers/transfers.h"

namespace rapport::rapport_api {
namespace {

constexpr std::int64_t kRecentMicros = 7 * kMicrosPerDay;  // older failures were seen
constexpr std::int64_t kLettersMicros = kMicrosPerDay;
constexpr std::int64_t kBehindMicros = 60 * kMicrosPerSecond;  // for which a stream may wait
const apps::PageRequest kNewest{.limit = 100, .after_micros = 0, .after_id = {}};

// One kind of trouble: the newest case of it, and how many there are.
struct Trouble {
  std::string_view kind;
  std::int64_t count = 0;
  std::string resource = {};
  std::string name = {};
  std::string detail = {};
  std::optional<Timestamp> date = {};
};

class Troubles {
 public:
  Troubles(const Dependencies& with, const std::string& app) : with_(with), app_(app), now_(with.clock.now()) {}

  Result<json::array> find() {
    TRY(of_transfers());
    TRY(of_predictive_segments());
    TRY(of_dead_letters());
    TRY(of_campaigns());
    TRY(of_channels());
    TRY(of_event_stream());
    return std::move(documents_);
  }

 private:
  void add(const Trouble& trouble) {
    if (trouble.count == 0) return;
    json::object document = {{"Kind", trouble.kind}, {"Count", trouble.count}, {"Detail", trouble.detail}};
    if (!trouble.resource.empty()) document["ResourceId"] = trouble.resource;
    if (!trouble.name.empty()) document["Name"] = trouble.name;
    if (trouble.date) document["Date"] = format_iso8601(*trouble.date);
    documents_.push_back(std::move(document));
  }

  // Newest first.
  template <class Job>
  Trouble failed(std::string_view kind, const std::vector<Job>& jobs) const {
    Trouble trouble{.kind = kind};
    for (const Job& job : jobs) {
      const Timestamp ended = job.completed.value_or(job.created);
      if (job.status != "FAILED" || now_ - ended > kRecentMicros) continue;
      if (trouble.count++ > 0) continue;
      trouble.resource = job.id;
      trouble.date = ended;
      trouble.detail = job.failures.empty() ? "It failed without saying why" : job.failures.front();
    }
    return trouble;
  }

  Status of_transfers() {
    add(failed("IMPORT_FAILED", TRY(with_.transfers.imports().list(app_, kNewest)).items));
    add(failed("EXPORT_FAILED", TRY(with_.transfers.exports().list(app_, kNewest)).items));
    return {};
  }

  Status of_predictive_segments() {
    for (const auto& segment : TRY(with_.predictive_segments.list(app_, kNewest)).items) {
      if (json::string_or(segment.latest, "State") != "FAILED") continue;
      add({.kind = "PREDICTIVE_SEGMENT_FAILED",
           .count = 1,
           .resource = segment.id,
           .name = json::string_or(segment.request, "Name"),
           .detail = json::string_or(segment.latest, "FailureReason", "Its last run failed")});
    }
    return {};
  }

  Status of_dead_letters() {
    Trouble trouble{.kind = "DEAD_LETTERS"};
    for (const auto& letter :
         TRY(with_.campaigns.dead_letters(app_, "", {.limit = 1'000, .after_micros = 0, .after_id = {}})).items) {
      if (now_ - letter.failed > kLettersMicros) break;
      if (trouble.count++ > 0) continue;
      trouble.resource = letter.campaign;
      trouble.date = letter.failed;
      trouble.detail = letter.detail.empty() ? letter.reason : letter.reason + ": " + letter.detail;
    }
    add(trouble);
    return {};
  }

  Status of_campaigns() {
    const auto failed =
        TRY(with_.campaigns.search(app_, {.status = "INVALID"}, {.limit = 1, .after_micros = 0, .after_id = {}}));
    if (failed.total == 0) return {};
    const campaigns::Campaign& newest = failed.page.items.front();
    add({.kind = "CAMPAIGN_FAILED",
         .count = failed.total,
         .resource = newest.id,
         .name = json::string_or(newest.request, "Name"),
         .detail = "Its last run failed; see the campaign's activities",
         .date = newest.modified});
    return {};
  }

  // Channels that runs under way or to come speak to, and that cannot send.
  Status of_channels() {
    const auto runs = TRY(with_.campaigns.runs_at_work(app_, kNewest.limit));
    std::map<std::string, Trouble> by_channel;
    for (const auto* some : {&runs.under_way, &runs.to_come}) {
      for (const campaigns::RunAtWork& run : *some) {
        for (const std::string& channel : run.channels) {
          Trouble& trouble = by_channel[channel];
          if (trouble.count++ > 0) continue;
          trouble.resource = run.activity.campaign;
          trouble.name = run.campaign_name;
        }
      }
    }
    for (auto& [channel, trouble] : by_channel) {
      const auto found = with_.providers.find(app_, channel);
      if (found) continue;
      trouble.kind = "CHANNEL_WITHOUT_PROVIDER";
      trouble.detail = channel + ": " + found.error().message;
      add(trouble);
    }
    return {};
  }

  Status of_event_stream() {
    const auto stream = with_.event_streams.get(app_);
    if (!stream) return stream.error().kind == ErrorKind::kNotFound ? Status() : std::unexpected(stream.error());
    const auto waiting = TRY(with_.events.read(with_.event_streams.oldest(), 1));
    if (waiting.empty() || now_ - waiting.front().event.arrival <= kBehindMicros) return {};
    add({.kind = "EVENT_STREAM_BEHIND",
         .count = 1,
         .resource = stream->arn,
         .detail = "The destination has not taken the events since " + format_iso8601(waiting.front().event.arrival),
         .date = waiting.front().event.arrival});
    return {};
  }

  const Dependencies& with_;
  const std::string& app_;
  const Timestamp now_;
  json::array documents_;
};

}  // namespace

Result<json::array> attentions(const Dependencies& with, const std::string& app) { return Troubles(with, app).find(); }

}  // namespace rapport::rapport_api
