#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "campaigns/rows.h"
#include "campaigns/run_plan.h"

namespace rapport::campaigns {

// Cuts the run's segment into chunks, with the job's checkpoint in the same transactions. A run in local time has
// chunks for each moment at which the clocks of their endpoints show its time; endpoints without a zone, and those
// where that moment was past before the campaign was asked for, are counted and left out. kNotFound when the segment is
// gone. With an event (whose member has no endpoint) the chunks are for it.
Status cut_segment(const Collaborators& with, jobs::Context& context, const RunPlan& plan, const Member& event = {});

// The moment at which a run in local time sends to an endpoint, or the reason why it does not.
std::variant<Timestamp, std::string_view> local_moment(const RunPlan& plan, const audience::Endpoint& endpoint);

// A job that delivers what the run has ready. Wake the queue after the commit.
Status submit_delivery(const Collaborators& with, sql::Session& session, const Activity& activity);

// A chunk is the least that is sent at once, so it holds no more than may leave in a second.
std::size_t chunk_size(const Limits& limits);

// Adds chunks for these members, to be sent from `sends_at` on (0: at once).
Status add_chunks(sql::Session& session, const RunPlan& plan, const std::vector<Member>& members, std::int64_t sends_at,
                  Timestamp now);

Status add_count(sql::Session& session, const std::string& activity, std::string_view name, std::int64_t value);

}  // namespace rapport::campaigns
