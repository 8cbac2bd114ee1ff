#pragma once

#include <string>

#include "predictive/predictive.h"

namespace rapport::predictive {

// Rows of statements.h as values. kInternal when a stored document is damaged.
Result<PredictiveSegment> segment_from_row(const sql::Row& row);
Result<json::object> object_from_text(const std::string& text);

// Starts a run and the job that advances it. In the caller's transaction; wake the queue after it.
Status start_run(const Collaborators& with, sql::Session& session, const PredictiveSegment& segment);
// Sets when the next run starts by the request's RefreshSchedule; none without one.
Status set_schedule(const Collaborators& with, sql::Session& session, const PredictiveSegment& segment);

// `ITEMS.genres = "Action"` as `ITEMSgenresAction`.
std::string name_from_query(std::string_view query);
// `20260131-090000`, the end of a segment's name.
std::string name_stamp(Timestamp time);
// The microseconds of `rate(6 hours)` or `rate(1 day)`; nothing when it is neither.
std::optional<std::int64_t> parse_rate(std::string_view schedule);

}  // namespace rapport::predictive
