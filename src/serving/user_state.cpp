#include "serving/user_state.h"

#include "base/text.h"
#include "training/training_data.h"

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using feature_store::Event;

bool counts(const feature_store::HistoryTable& histories, const Event& event,
            const training::InteractionFilter& filter) {
  if (!filter.event_type.empty() && !equals_ignore_case(filter.event_type, histories.event_type(event.kind))) {
    return false;
  }
  if (!filter.event_value_at_least) return true;
  const auto value = parse_double(histories.cell(event.kind, *histories.column("EVENT_VALUE")));
  return value && *value >= *filter.event_value_at_least;
}

}  // namespace

std::vector<learn::Fact> facts_of(const feature_store::View& view, std::string_view user_id) {
  std::vector<learn::Fact> facts;
  const feature_store::EntityTable& users = view.tables().entities(DatasetType::kUsers);
  const auto row = view.row(DatasetType::kUsers, user_id);
  for (std::uint32_t column = 0; row && column < users.columns().size(); ++column) {
    const datasets::Field& field = users.columns()[column];
    const bool wanted = field.type != datasets::ValueType::kString || field.categorical;
    if (!wanted || equals_ignore_case(field.name, "USER_ID")) continue;
    for (const std::string_view part : split(users.cell(*row, column), '|')) {
      const std::string_view value = trim(part);
      if (!value.empty()) facts.push_back({field.name, training::canonical_value(value, field.type)});
    }
  }
  return facts;
}

std::vector<learn::Fact> facts_of(const feature_store::View& view, const Context& context) {
  std::vector<learn::Fact> facts;
  const datasets::Schema* schema = view.tables().schema(DatasetType::kInteractions);
  for (const auto& [column, values] : context) {
    const datasets::Field* field = schema == nullptr ? nullptr : schema->find(column);
    if (field == nullptr) continue;
    for (const std::string_view part : split(values, '|')) {
      const std::string_view value = trim(part);
      if (!value.empty()) facts.push_back({column, training::canonical_value(value, field->type)});
    }
  }
  return facts;
}

std::vector<learn::PastEvent> history_of(const feature_store::View& view, std::string_view user_id,
                                         const Deployment& deployment, const ItemNumbers::Numbers& numbers) {
  const feature_store::HistoryTable& histories = view.tables().histories(DatasetType::kInteractions);
  std::vector<learn::PastEvent> history;
  for (const Event& event : view.history(DatasetType::kInteractions, user_id)) {
    const std::uint32_t item = numbers.item_of_row[event.object];
    if (item != ItemNumbers::kNone && counts(histories, event, deployment.filter))
      history.push_back({item, event.time});
  }
  return history;
}

std::vector<learn::PastDeed> deeds_of(const feature_store::View& view, std::string_view user_id,
                                      const learn::ActionModel& model) {
  const feature_store::HistoryTable& histories = view.tables().histories(DatasetType::kInteractions);
  const feature_store::EntityTable& items = view.tables().entities(DatasetType::kItems);
  std::span<const Event> events = view.history(DatasetType::kInteractions, user_id);
  events = events.last(std::min(events.size(), learn::kRememberedDeeds));
  std::vector<learn::PastDeed> deeds;
  for (const Event& event : events) {
    deeds.push_back({.item = model.items().find(items.id(event.object)).value_or(learn::kUnknownIndex),
                     .event = model.event_types().find(histories.event_type(event.kind)).value_or(learn::kUnknownIndex),
                     .time = event.time});
  }
  return deeds;
}

std::vector<learn::PastAction> actions_of(const feature_store::View& view, std::string_view user_id,
                                          const learn::ActionModel& model) {
  const feature_store::HistoryTable& histories = view.tables().histories(DatasetType::kActionInteractions);
  const feature_store::EntityTable& actions = view.tables().entities(DatasetType::kActions);
  std::vector<learn::PastAction> past;
  for (const Event& event : view.history(DatasetType::kActionInteractions, user_id)) {
    const auto action = model.actions().find(actions.id(event.object));
    const auto type = learn::parse_action_event(histories.event_type(event.kind));
    if (action && type) past.push_back({.action = *action, .event = *type, .time = event.time});
  }
  if (past.size() > learn::kRememberedActions) {
    past.erase(past.begin(), past.end() - static_cast<std::ptrdiff_t>(learn::kRememberedActions));
  }
  return past;
}

}  // namespace rapport::serving
