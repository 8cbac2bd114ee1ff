#include "training/action_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace rapport::training {
namespace {

using datasets::DatasetContent;
using datasets::DatasetType;
using datasets::Field;
using datasets::ValueType;

constexpr std::uint64_t kRowsBetweenLooks = 65'536;

// The rows of a group's datasets, while the training is not to stop.
class Reader {
 public:
  explicit Reader(const TrainingRequest& request) : request_(request) {}

  // The dataset of this type; without an ARN when the group has none.
  Result<DatasetContent> content(DatasetType type) const {
    const auto dataset = TRY(request_.datasets.find_dataset(request_.dataset_group_arn, type));
    if (!dataset) return DatasetContent{.dataset_arn = {}, .type = type, .schema = {}, .files = {}};
    return request_.datasets.content(dataset->arn);
  }

  template <class Visit>
  Status read(const DatasetContent& content, std::span<const std::string_view> columns, const Visit& visit) const {
    if (content.dataset_arn.empty()) return {};
    std::uint64_t rows = 0;
    return request_.datasets.for_each_row(content, datasets::RowSource::kAll, columns,
                                          [&](std::span<const std::string_view> row) -> Status {
                                            if (++rows % kRowsBetweenLooks == 0) TRY(look_up());
                                            visit(row);
                                            return {};
                                          });
  }

 private:
  Status look_up() const {
    if (request_.control.progress) request_.control.progress(0, "reading the data");
    if (!request_.control.stop.stop_requested()) return {};
    return fail(ErrorKind::kConflict, "The training was stopped");
  }

  const TrainingRequest& request_;
};

Status load_interactions(const TrainingRequest& request, const Reader& reader, learn::ActionDataset& into) {
  static constexpr std::string_view kColumns[] = {"USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"};
  const DatasetContent content = TRY(reader.content(DatasetType::kInteractions));
  return reader.read(content, kColumns, [&](std::span<const std::string_view> row) {
    if (row[1].empty() || !passes(request.filter, row[3], row[4])) return;
    into.base.interactions.push_back({.user = into.base.users.add(row[0]),
                                      .item = into.base.items.add(row[1]),
                                      .time = parse_integer(row[2]).value_or(0)});
    into.event_types_met.push_back(row[3].empty() ? learn::kUnknownIndex : into.event_types.add(row[3]));
  });
}

// Reads a dataset of things with ids: adds each to `things`, and the values of the wanted columns to `attributes`.
template <class Wanted>
Status load_things(const Reader& reader, DatasetType type, const Wanted& is_wanted, learn::Vocabulary& things,
                   learn::ItemAttributes& attributes) {
  const DatasetContent content = TRY(reader.content(type));
  std::vector<const Field*> fields;
  std::vector<std::string_view> columns = {datasets::key_column(type)};
  for (const Field& field : content.schema.fields) {
    if (equals_ignore_case(field.name, columns.front()) || !is_wanted(field)) continue;
    fields.push_back(&field);
    columns.emplace_back(field.name);
  }
  return reader.read(content, columns, [&](std::span<const std::string_view> row) {
    const std::uint32_t thing = things.add(row[0]);
    for (std::size_t i = 0; i < fields.size(); ++i) add_cell(*fields[i], row[i + 1], thing, attributes);
  });
}

bool is_number(const Field& field) { return field.type != ValueType::kString && field.type != ValueType::kBoolean; }

// Numbers of actions (VALUE, REPEAT_FREQUENCY) are rules of the list, not likenesses of actions.
bool is_likeness(const Field& field) {
  return equals_ignore_case(field.name, "TYPE") || (is_attribute(field) && !is_number(field));
}

Status load_users(const TrainingRequest& request, const Reader& reader, learn::ActionDataset& into) {
  const auto is_wanted = [&](const Field& field) {
    if (!is_attribute(field) || !is_used(field.name, request.user_columns_included, request.user_columns_excluded)) {
      return false;
    }
    if (is_number(field)) into.user_numbers.push_back(field.name);
    return true;
  };
  return load_things(reader, DatasetType::kUsers, is_wanted, into.base.users, into.base.user_attributes);
}

Status load_items(const TrainingRequest& request, const Reader& reader, learn::ActionDataset& into) {
  const auto is_wanted = [&](const Field& field) {
    return is_attribute(field) && is_used(field.name, request.item_columns_included, request.item_columns_excluded);
  };
  return load_things(reader, DatasetType::kItems, is_wanted, into.base.items, into.base.attributes);
}

Status load_actions(const Reader& reader, learn::ActionDataset& into) {
  TRY(load_things(reader, DatasetType::kActions, is_likeness, into.actions, into.action_attributes));
  if (into.actions.size() > 0) return {};
  return fail(ErrorKind::kInvalid, "Create failed. The dataset group has no actions; import or put some first");
}

// Rows of actions that the group does not have, or of another event type, teach nothing.
Status load_action_interactions(const Reader& reader, learn::ActionDataset& into) {
  static constexpr std::string_view kColumns[] = {"USER_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE"};
  const DatasetContent content = TRY(reader.content(DatasetType::kActionInteractions));
  return reader.read(content, kColumns, [&](std::span<const std::string_view> row) {
    const auto action = into.actions.find(row[1]);
    const auto event = learn::parse_action_event(row[3]);
    if (!action || !event) return;
    into.action_interactions.push_back({.user = into.base.users.add(row[0]),
                                        .action = *action,
                                        .event = *event,
                                        .time = parse_integer(row[2]).value_or(0)});
  });
}

}  // namespace

Result<learn::ActionDataset> load_action_data(const TrainingRequest& request) {
  const Reader reader(request);
  learn::ActionDataset dataset;
  TRY(load_actions(reader, dataset));
  TRY(load_interactions(request, reader, dataset));
  TRY(require_minimum(request, dataset.base));
  TRY(load_items(request, reader, dataset));
  TRY(load_users(request, reader, dataset));
  TRY(load_action_interactions(reader, dataset));
  return dataset;
}

}  // namespace rapport::training
