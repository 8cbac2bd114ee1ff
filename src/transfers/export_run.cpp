#include "transfers/export_run.h"

#include <algorithm>
#include <utility>

namespace rapport::transfers {
namespace {

constexpr std::size_t kMembersPerLook = 1000;  // at whether to stop

std::int64_t pieces_of(std::int64_t members, std::size_t per_piece) {
  const auto size = static_cast<std::int64_t>(per_piece);
  return std::max<std::int64_t>(1, (members + size - 1) / size);
}

}  // namespace

ExportRun::ExportRun(const Exports::Collaborators& with, const Exports::Options& options, jobs::Context& context)
    : with_(with),
      options_(options),
      context_(context),
      app_(context.job().owner),
      plan_(ExportPlan::from(context.job().input)),
      state_(ExportState::from(context.job().checkpoint)) {}

Status ExportRun::run() {
  if (state_.total_pieces == 0) TRY(begin());
  state_.status = "PROCESSING";
  TRY(save());
  while (!state_.ended) {
    TRY(with_.applications.require(app_));
    if (TRY(write_part()) == Next::kStopped) return {};
    TRY(save());
  }
  return finish();
}

// Tells how much there is to do.
Status ExportRun::begin() {
  state_.status = "INITIALIZING";
  TRY(save());
  audience::Question who = audience::Definition{app_, {}};
  if (!plan_.request.segment_id.empty()) who = audience::SegmentRef{app_, plan_.request.segment_id, plan_.version};
  const auto members = static_cast<std::int64_t>(TRY(with_.queries.size(who)).endpoints);
  state_.total_pieces = pieces_of(members, options_.part_endpoints);
  return {};
}

Result<ExportRun::Next> ExportRun::write_part() {
  const auto place = TRY(place_of_part(plan_.request, context_.job().id, state_.completed_pieces));
  const auto part = TRY(ExportPart::create(plan_.request.format, with_.objects, place, options_.part));
  std::size_t members = 0;
  std::string position = state_.position;
  bool full = false;
  bool stopped = false;
  Status added;
  TRY(for_each_member([&](std::string_view at, const audience::Endpoint& endpoint) {
    full = members == options_.part_endpoints;  // and there are more
    stopped = members % kMembersPerLook == 0 && context_.should_stop();
    if (full || stopped) return false;
    added = part->add(endpoint);
    position.assign(at);
    ++members;
    return added.has_value();
  }));
  TRY(std::move(added));
  if (stopped) return Next::kStopped;
  TRY(part->commit());
  state_.position = std::move(position);
  state_.ended = !full;
  state_.total_processed += static_cast<std::int64_t>(members);
  ++state_.completed_pieces;
  state_.total_pieces = full ? std::max(state_.total_pieces, state_.completed_pieces + 1) : state_.completed_pieces;
  return Next::kDone;
}

Status ExportRun::for_each_member(const audience::Segments::MemberVisitor& visit) {
  if (!plan_.request.segment_id.empty()) {
    return with_.segments.for_each_member({app_, plan_.request.segment_id, plan_.version}, state_.position, visit);
  }
  return with_.endpoints.for_each(
      app_, state_.position, [&](const audience::Endpoint& endpoint) { return visit(endpoint.key_id(), endpoint); });
}

// A try that was cut off may have left one more file than there are members for now.
Status ExportRun::finish() {
  state_.status = "COMPLETING";
  TRY(save());
  return with_.objects.remove(TRY(place_of_part(plan_.request, context_.job().id, state_.completed_pieces)));
}

Status ExportRun::save() {
  const auto document = state_.document();
  return context_.save(document, document);
}

}  // namespace rapport::transfers
