#include "feature_store/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "feature_store/group.h"

namespace rapport::feature_store {
namespace {

using datasets::DatasetType;

std::shared_lock<std::shared_mutex> enter(Group& group) {
  const std::scoped_lock entrance(group.entrance);
  return std::shared_lock(group.gate);
}

DatasetType objects_of(DatasetType interactions) {
  return interactions == DatasetType::kInteractions ? DatasetType::kItems : DatasetType::kActions;
}

}  // namespace

View::View(std::shared_ptr<Group> group) : group_(std::move(group)), lock_(enter(*group_)) {}
View::~View() = default;

bool View::is_loaded() const { return group_->generation > 0; }
const Tables& View::tables() const { return *group_->tables; }
std::uint64_t View::generation() const { return group_->generation; }

std::optional<std::uint32_t> View::column(DatasetType type, std::string_view name) const {
  return tables().entities(type).column(name);
}

std::optional<std::uint32_t> View::row(DatasetType type, std::string_view id) const {
  const EntityTable& entities = tables().entities(type);
  const auto row = entities.find(id);
  return row && entities.is_present(*row) ? row : std::nullopt;
}

std::string_view View::cell(DatasetType type, std::uint32_t row, std::uint32_t column) const {
  return tables().entities(type).cell(row, column);
}

std::span<const Event> View::history(DatasetType type, std::string_view user_id) const {
  const auto user = tables().entities(DatasetType::kUsers).find(user_id);
  if (!user) return {};
  const HistoryTable& histories = tables().histories(type);
  const std::span<const Event> events = histories.of(*user);
  return events.last(std::min(events.size(), histories.limits().remembered));
}

void View::for_each_past_row(DatasetType type, std::string_view user_id,
                             const std::function<void(const filters::PastRow&)>& visit) const {
  const auto user = tables().entities(DatasetType::kUsers).find(user_id);
  if (!user) return;
  const HistoryTable& histories = tables().histories(type);
  const EntityTable& objects = tables().entities(objects_of(type));
  const std::span<const Event> events = histories.of(*user);
  std::unordered_map<std::string_view, std::size_t> of_type;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const std::string_view event_type = histories.event_type(event->kind);
    if (of_type[event_type]++ >= histories.limits().of_each_type) continue;
    const std::string_view id = objects.id(event->object);
    std::string time;
    visit({.id = id, .event_type = event_type, .cell = [&](std::string_view name) -> std::string_view {
             if (const auto column = histories.column(name)) return histories.cell(event->kind, *column);
             if (equals_ignore_case(name, "TIMESTAMP")) return time = fmt::format("{}", event->time);
             if (equals_ignore_case(name, "USER_ID")) return user_id;
             return equals_ignore_case(name, datasets::key_column(objects_of(type))) ? id : std::string_view{};
           }});
  }
}

std::int64_t View::created(DatasetType type, std::uint32_t row) const {
  const EntityTable& entities = tables().entities(type);
  if (const auto column = entities.column("CREATION_TIMESTAMP")) {
    if (const auto time = parse_integer(entities.cell(row, *column))) return *time;
  }
  const Use& use =
      tables().use(type == DatasetType::kItems ? DatasetType::kInteractions : DatasetType::kActionInteractions, row);
  return use.events > 0 ? use.first : tables().newest_interaction();
}

}  // namespace rapport::feature_store
