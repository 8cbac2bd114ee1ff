#include "campaigns/cutter.h"

#include <algorithm>
#include <map>

#include "campaigns/reasons.h"
#include "campaigns/rows.h"
#include "campaigns/statements.h"
#include "zones/time_zone.h"

namespace rapport::campaigns {
namespace {

constexpr std::size_t kChunkEndpoints = 500;
constexpr std::size_t kCommitEndpoints = 20 * kChunkEndpoints;

// The members of a run on their way into chunks.
class Cutter {
 public:
  Cutter(const Collaborators& with, jobs::Context& context, const RunPlan& plan, audience::MemberListPtr list,
         const Member& event)
      : with_(with), context_(context), plan_(plan), list_(std::move(list)), event_(event) {
    const json::object& checkpoint = context.job().checkpoint;
    position_ = json::string_or(checkpoint, "Position");
    members_ = json::find_integer(checkpoint, "Members").value_or(0);
  }

  const std::string& position() const { return position_; }

  Status add(std::string_view key_id) {
    ids_.emplace_back(key_id);
    position_ = key_id;
    if (context_.should_stop()) return fail(ErrorKind::kUnavailable, "Stopped while planning the run");
    return ids_.size() >= kCommitEndpoints ? flush() : Status{};
  }

  // Writes the chunks with the position behind them, in one transaction.
  Status flush() {
    counts_.clear();
    const auto by_moment = TRY(sort_out());
    count(kProduced, ids_.size());
    if (list_) {
      count(kFromUser, static_cast<std::size_t>(std::ranges::count_if(
                           ids_, [&](const std::string& id) { return !list_->has_endpoint(id); })));
    }
    const auto members = members_ + static_cast<std::int64_t>(ids_.size());
    TRY(with_.database.write([&](sql::Session& session) -> Status {
      for (const auto& [moment, chunk] : by_moment) {
        TRY(add_chunks(session, plan_, chunk, moment, with_.clock.now()));
      }
      for (const auto& [name, value] : counts_) TRY(add_count(session, plan_.activity.id, name, value));
      return context_.save(session, {{"Position", position_}, {"Members", members}}, {{"Members", members}});
    }));
    members_ = members;
    ids_.clear();
    return {};
  }

 private:
  using ByMoment = std::map<std::int64_t, std::vector<Member>>;

  Result<ByMoment> sort_out() {
    ByMoment by_moment;
    if (ids_.empty()) return by_moment;
    if (!plan_.treatment.schedule.is_local) {
      auto& all = by_moment[0];
      for (const std::string& id : ids_) all.push_back({id, event_.event, event_.event_time});
      return by_moment;
    }
    const auto endpoints = TRY(with_.endpoints.get_many(plan_.activity.app, ids_));
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (!endpoints[i]) {
        count(kFilteredOut, 1);
        continue;
      }
      const auto moment = local_moment(plan_, *endpoints[i]);
      if (const auto* reason = std::get_if<std::string_view>(&moment)) {
        count(*reason, 1);
      } else {
        by_moment[std::get<Timestamp>(moment).micros].push_back({ids_[i]});
      }
    }
    return by_moment;
  }

  void count(std::string_view name, std::size_t value) { counts_[name] += static_cast<std::int64_t>(value); }

  const Collaborators& with_;
  jobs::Context& context_;
  const RunPlan& plan_;
  const audience::MemberListPtr list_;  // of an imported segment
  const Member& event_;
  std::string position_;
  std::int64_t members_ = 0;
  std::vector<std::string> ids_;
  std::map<std::string_view, std::int64_t> counts_;
};

}  // namespace

std::variant<Timestamp, std::string_view> local_moment(const RunPlan& plan, const audience::Endpoint& endpoint) {
  const auto zone = zones::TimeZone::find(endpoint.timezone());
  if (!zone) return kMissingTimezone;
  const Timestamp moment = zone->instant({plan.activity.run_time.micros});
  if (moment < plan.activity.created) return kTimezoneMismatch;
  return moment;
}

std::size_t chunk_size(const Limits& limits) {
  if (limits.messages_per_second == 0) return kChunkEndpoints;
  return std::min(kChunkEndpoints, static_cast<std::size_t>(limits.messages_per_second));
}

Status add_count(sql::Session& session, const std::string& activity, std::string_view name, std::int64_t value) {
  if (value != 0) TRY(session.execute(kAddCount, {activity, std::string(name), value}));
  return {};
}

Status add_chunks(sql::Session& session, const RunPlan& plan, const std::vector<Member>& members, std::int64_t sends_at,
                  Timestamp now) {
  const std::size_t size = chunk_size(plan.limits);
  const auto chunks = static_cast<std::int64_t>((members.size() + size - 1) / size);
  const sql::Answer added = TRY(session.execute(kAddChunks, {plan.activity.id, chunks}));
  if (added.rows.empty()) return {};  // the run was closed meanwhile
  std::int64_t number = added.rows.front().integer(0) - chunks;
  for (std::size_t first = 0; first < members.size(); first += size) {
    const auto begin = members.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = members.begin() + static_cast<std::ptrdiff_t>(std::min(first + size, members.size()));
    TRY(session.execute(kInsertChunk,
                        {plan.activity.id, number, now.micros, std::max(now.micros, sends_at), sends_at}));
    TRY(session.execute(kInsertMembers, {plan.activity.id, number, members_to_text({begin, end})}));
    ++number;
  }
  return {};
}

Status submit_delivery(const Collaborators& with, sql::Session& session, const Activity& activity) {
  TRY(with.queue.submit(session, {.kind = "campaign.deliver",
                                  .owner = activity.app,
                                  .input = {{"ActivityId", activity.id}},
                                  .attempts_max = 1'000}));
  return {};
}

Status cut_segment(const Collaborators& with, jobs::Context& context, const RunPlan& plan, const Member& event) {
  const audience::SegmentRef ref = segment_of(plan);
  const auto selection = TRY(with.segments.select(ref));
  Cutter cutter(with, context, plan, TRY(with.segments.imported_list(ref)), event);
  Status added;
  selection.for_each(std::string(cutter.position()), [&](std::string_view key_id) {
    added = cutter.add(key_id);
    return added.has_value();
  });
  TRY(added);
  return cutter.flush();
}

}  // namespace rapport::campaigns
