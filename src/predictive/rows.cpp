#include "predictive/rows.h"

#include <algorithm>

#include "base/random.h"
#include "base/text.h"
#include "predictive/statements.h"

namespace rapport::predictive {

Result<json::object> object_from_text(const std::string& text) {
  auto document = json::parse(text);
  if (!document || !document->is_object()) {
    return fail(ErrorKind::kInternal, "A stored predictive segment is damaged: " + text.substr(0, 80));
  }
  return std::move(document->get_object());
}

Result<PredictiveSegment> segment_from_row(const sql::Row& row) {
  PredictiveSegment segment;
  segment.app = row.text(0);
  segment.id = row.text(1);
  segment.request = TRY(object_from_text(row.text(2)));
  segment.summary = TRY(object_from_text(row.text(3)));
  if (!row.is_null(4)) segment.latest = TRY(object_from_text(row.text(4)));
  segment.created = {row.integer(5)};
  segment.modified = {row.integer(6)};
  if (!row.is_null(7)) segment.next_refresh = Timestamp{row.integer(7)};
  return segment;
}

Status start_run(const Collaborators& with, sql::Session& session, const PredictiveSegment& segment) {
  const std::string id = random_id();
  const Timestamp now = with.clock.now();
  const jobs::Job job =
      TRY(with.queue.submit(session, {.kind = "predictive.run", .owner = segment.app, .input = {{"RunId", id}}}));
  const json::object document = {{"Id", id}, {"State", "PENDING"}, {"StartDate", format_iso8601(now)}};
  TRY(session.execute(kInsertRun, {id, segment.id, segment.app, job.id, json::serialize(document), now.micros}));
  TRY(session.execute(kSetLatestRun, {segment.id, id}));
  return {};
}

Status set_schedule(const Collaborators& with, sql::Session& session, const PredictiveSegment& segment) {
  const auto rate = parse_rate(json::string_or(segment.request, "RefreshSchedule"));
  if (!rate) {
    TRY(session.execute(kSetSchedule, {segment.id, sql::Value()}));
    return {};
  }
  const Timestamp at = with.clock.now() + *rate;
  const sql::Answer set = TRY(session.execute(kSetSchedule, {segment.id, at.micros}));
  if (set.rows.empty()) return {};
  TRY(with.queue.submit(session,
                        {.kind = "predictive.refresh",
                         .owner = segment.app,
                         .input = {{"PredictiveSegmentId", segment.id}, {"Generation", set.rows.front().integer(0)}},
                         .not_before = at}));
  return {};
}

std::string name_from_query(std::string_view query) {
  std::string name;
  std::ranges::copy_if(query, std::back_inserter(name), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  return name;
}

std::string name_stamp(Timestamp time) {
  const std::string basic = format_basic_iso8601(time);
  return basic.substr(0, 8) + "-" + basic.substr(9, 6);
}

std::optional<std::int64_t> parse_rate(std::string_view schedule) {
  constexpr std::string_view kBegin = "rate(";
  if (!schedule.starts_with(kBegin) || !schedule.ends_with(")")) return std::nullopt;
  schedule.remove_prefix(kBegin.size());
  schedule.remove_suffix(1);
  const auto words = split(schedule, ' ');
  if (words.size() != 2) return std::nullopt;
  const auto count = parse_integer(words[0]);
  if (!count || *count < 1 || *count > 9999) return std::nullopt;
  if (words[1] == "hour" || words[1] == "hours") return *count * 3600 * kMicrosPerSecond;
  if (words[1] == "day" || words[1] == "days") return *count * kMicrosPerDay;
  return std::nullopt;
}

}  // namespace rapport::predictive
