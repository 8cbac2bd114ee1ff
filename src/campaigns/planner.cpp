#include "campaigns/planner.h"

#include <algorithm>

#include "campaigns/composer.h"
#include "campaigns/request.h"
#include "campaigns/rows.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

constexpr std::size_t kChunkEndpoints = 500;
constexpr std::size_t kChunksPerCommit = 20;
constexpr int kDeliverJobs = 2;

// The template's members, with those of the inline message in their place.
Result<Content> content_of(const Collaborators& with, const Campaign& campaign) {
  Content content;
  if (const auto reference = email_template(campaign.request)) {
    content = TRY(with.templates.get({reference->name}, reference->version))
    .content;
  }
  std::string from;
  if (const json::object* message = email_message(campaign.request)) {
    from = json::string_or(*message, "FromAddress");
    for (const auto& [to, member] : {std::pair{"Subject", "Title"}, std::pair{"HtmlPart", "HtmlBody"},
                                     std::pair{"TextPart", "Body"}, std::pair{"Headers", "Headers"}}) {
      if (const json::value* given = json::find(*message, member)) content[to] = *given;
    }
  }
  if (from.empty()) {
    const auto of_channel = with.channel_settings.from_address(campaign.app);
    if (!of_channel && of_channel.error().kind != ErrorKind::kNotFound) return std::unexpected(of_channel.error());
    from = of_channel.value_or(with.from_address);
  }
  content["From"] = from;
  content["HoldoutPercent"] = holdout_percent(campaign.request);
  return content;
}

Result<Activity> get_activity(sql::Session& session, const std::string& id) {
  const sql::Answer found = TRY(session.execute(kGetActivity, {id}));
  if (found.rows.empty()) return fail(ErrorKind::kNotFound, "The run's application was deleted");
  return activity_from_row(found.rows.front());
}

// PENDING -> INITIALIZING. False when the run was cancelled or is past this step.
Result<bool> begin(const Collaborators& with, const Activity& activity, const Campaign& campaign) {
  const Content content = TRY(content_of(with, campaign));
  bool begun = false;
  TRY(with.database.write([&](sql::Session& session) -> Status {
    const sql::Answer changed =
        TRY(session.execute(kBeginActivity, {activity.id, json::serialize(content), with.clock.now().micros}));
    begun = changed.changed > 0;
    if (begun) TRY(session.execute(kSetStatus, {activity.campaign, std::string("EXECUTING")}));
    return {};
  }));
  return begun;
}

// The members of a run on their way into chunks.
class Chunker {
 public:
  Chunker(const Collaborators& with, jobs::Context& context, std::string activity)
      : with_(with), context_(context), activity_(std::move(activity)) {
    const json::object& checkpoint = context.job().checkpoint;
    position_ = json::string_or(checkpoint, "Position");
    chunks_ = json::find_integer(checkpoint, "Chunks").value_or(0);
    members_ = json::find_integer(checkpoint, "Members").value_or(0);
  }

  const std::string& position() const { return position_; }
  std::int64_t chunks() const { return chunks_; }

  Status add(std::string_view position, const audience::Endpoint& endpoint) {
    ids_.push_back(endpoint.key_id());
    position_ = position;
    if (ids_.size() >= kChunkEndpoints * kChunksPerCommit) return flush();
    return {};
  }

  // Writes the chunks with the position behind them, in one transaction.
  Status flush() {
    std::int64_t chunks = 0;
    TRY(with_.database.write([&](sql::Session& session) -> Status {
      chunks = chunks_;
      for (std::size_t first = 0; first < ids_.size(); first += kChunkEndpoints) {
        const auto begin = ids_.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(std::min(first + kChunkEndpoints, ids_.size()));
        TRY(session.execute(kInsertChunk, {activity_, chunks++, ids_to_text({begin, end}), with_.clock.now().micros}));
      }
      const auto members = members_ + static_cast<std::int64_t>(ids_.size());
      if (!ids_.empty()) {
        TRY(session.execute(kAddCount,
                            {activity_, std::string("ENDPOINT_PRODUCED"), static_cast<std::int64_t>(ids_.size())}));
      }
      return context_.save(session, {{"Position", position_}, {"Chunks", chunks}, {"Members", members}},
                           {{"Members", members}});
    }));
    chunks_ = chunks;
    members_ += static_cast<std::int64_t>(ids_.size());
    ids_.clear();
    return {};
  }

 private:
  const Collaborators& with_;
  jobs::Context& context_;
  const std::string activity_;
  std::string position_;
  std::int64_t chunks_ = 0;
  std::int64_t members_ = 0;
  std::vector<std::string> ids_;
};

Result<std::int64_t> cut(const Collaborators& with, jobs::Context& context, const Campaign& campaign,
                         const Activity& activity) {
  Chunker chunker(with, context, activity.id);
  const audience::SegmentRef segment{campaign.app, json::string_or(campaign.request, "SegmentId"),
                                     json::find_integer(campaign.request, "SegmentVersion").value_or(0)};
  Status added;
  const Status visited = with.segments.for_each_member(
      segment, std::string(chunker.position()), [&](std::string_view position, const audience::Endpoint& endpoint) {
        added = chunker.add(position, endpoint);
        if (added && context.should_stop()) added = fail(ErrorKind::kUnavailable, "Stopped while planning the run");
        return added.has_value();
      });
  TRY(added);
  TRY(visited);
  TRY(chunker.flush());
  return chunker.chunks();
}

// INITIALIZING -> RUNNING with the jobs that deliver; a run without members is over at once.
Status release(const Collaborators& with, const Activity& activity, std::int64_t chunks) {
  TRY(with.database.write([&](sql::Session& session) -> Status {
    if (TRY(session.execute(kRunActivity, {activity.id, chunks})).changed == 0) return {};
    if (chunks == 0) return end_run(session, activity, nullptr, with.clock.now());
    for (int i = 0; i < kDeliverJobs; ++i) {
      TRY(with.queue.submit(session, {.kind = "campaign.deliver",
                                      .owner = activity.app,
                                      .input = {{"ActivityId", activity.id}},
                                      .attempts_max = 1'000}));
    }
    return {};
  }));
  with.queue.wake();
  return {};
}

}  // namespace

Status plan_run(const Collaborators& with, jobs::Context& context) {
  Activity activity;
  Campaign campaign;
  const std::string id = json::string_or(context.job().input, "ActivityId");
  if (TRY(with.database.read(kGetActivity, {id})).rows.empty()) return {};  // it went with its campaign
  TRY(with.database.read([&](sql::Session& session) -> Status {
    activity = TRY(get_activity(session, id));
    const sql::Answer found =
        TRY(session.execute(kGetVersion, {activity.campaign, activity.app, activity.campaign_version}));
    if (found.rows.empty()) return fail(ErrorKind::kNotFound, "The campaign was deleted");
    campaign = TRY(campaign_from_row(found.rows.front()));
    return {};
  }));
  if (activity.state == "PENDING") {
    if (!TRY(begin(with, activity, campaign))) return {};
  } else if (activity.state != "INITIALIZING") {
    return {};
  }
  const Result<std::int64_t> chunks = cut(with, context, campaign, activity);
  if (!chunks && chunks.error().kind == ErrorKind::kNotFound) {
    return with.database.write(
        [&](sql::Session& session) { return end_run(session, activity, &chunks.error(), with.clock.now()); });
  }
  return release(with, activity, TRY(chunks));
}

Status end_run(sql::Session& session, const Activity& activity, const Error* failure, Timestamp now) {
  const std::string state = failure == nullptr ? "COMPLETED" : "CANCELLED";
  const std::string result = failure == nullptr ? "SUCCESS" : "FAIL";
  TRY(session.execute(kEndActivity,
                      {activity.id, state, result, failure == nullptr ? "" : failure->message, now.micros}));
  const bool segment_gone = failure != nullptr && failure->kind == ErrorKind::kNotFound;
  const std::string status = failure == nullptr ? "COMPLETED" : segment_gone ? "DELETED" : "INVALID";
  TRY(session.execute(kSetStatus, {activity.campaign, status}));
  return {};
}

Status fail_run(sql::Session& session, const jobs::Job& job, Timestamp now) {
  const auto activity = get_activity(session, json::string_or(job.input, "ActivityId"));
  if (!activity) return {};  // it went with its application
  const Error failure{ErrorKind::kInternal, job.failure, {}};
  return end_run(session, *activity, &failure, now);
}

}  // namespace rapport::campaigns
