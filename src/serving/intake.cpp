#include "serving/intake.h"

#include <fmt/format.h>

#include "learn/action_model.h"

namespace rapport::serving {

using datasets::DatasetType;
using datasets::PutRow;

Status Intake::put_events(std::string_view tracking_id, std::span<NewEvent> events) {
  const auto target = TRY(targets_.of_tracker(tracking_id));
  return put(*target, events);
}

Status Intake::put_action_interactions(std::string_view tracking_id, std::span<NewEvent> events) {
  const auto target = TRY(targets_.of_action_tracking(tracking_id));
  for (const NewEvent& event : events) {
    if (learn::parse_action_event(event.event_type)) continue;
    return fail(ErrorKind::kInvalid,
                fmt::format("The event type of an action must be Taken, Not Taken or Viewed, not {}", event.event_type),
                "eventType");
  }
  return put(*target, events);
}

Status Intake::put(const PutTarget& target, std::span<NewEvent> events) {
  std::vector<PutRow> rows;
  for (NewEvent& event : events) {
    if (const auto list = TRY(served_.find(event.recommendation_id))) {
      if (event.impression.empty()) event.impression = list->ids;
      if (event.attribution_source.empty()) event.attribution_source = list->source;
    }
    rows.push_back(TRY(event_row(target.schema, target.type, event)));
  }
  return rows_.put(target.id, target.type, rows, target.arrivals);
}

Status Intake::put_entities(std::string_view dataset_arn, DatasetType type, std::span<const NewEntity> entities) {
  const auto target = TRY(targets_.of_dataset(dataset_arn, type));
  std::vector<PutRow> rows;
  for (const NewEntity& entity : entities) {
    rows.push_back(TRY(entity_row(target->schema, type, entity, rows_.clock().now())));
  }
  return rows_.put(target->id, type, rows);
}

}  // namespace rapport::serving
