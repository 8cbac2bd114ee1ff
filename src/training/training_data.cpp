#include "training/training_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace rapport::training {
namespace {

using datasets::DatasetContent;
using datasets::DatasetType;
using datasets::Field;
using datasets::ValueType;

constexpr std::uint64_t kRowsBetweenLooks = 65'536;
constexpr std::uint32_t kContextsMax = 1'000'000;  // further ones are unknown
// Columns of interactions that say who, what and in which list, not in what circumstances.
constexpr std::string_view kNoContext[] = {
    "USER_ID", "ITEM_ID", "EVENT_TYPE", "EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE"};

Result<DatasetContent> content_of(const TrainingRequest& request, DatasetType type) {
  const auto dataset = TRY(request.datasets.find_dataset(request.dataset_group_arn, type));
  if (!dataset) return DatasetContent{.dataset_arn = {}, .type = type, .schema = {}, .files = {}};
  return request.datasets.content(dataset->arn);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](const auto& one) { return equals_ignore_case(one, name); });
}

Status look_up(const TrainingRequest& request) {
  if (request.control.progress) request.control.progress(0, "reading the data");
  if (!request.control.stop.stop_requested()) return {};
  return fail(ErrorKind::kConflict, "The training was stopped");
}

// What a row counts; 0 when it does not.
float weight_of(const TrainingRequest& request, std::string_view event_type, std::string_view event_value) {
  if (!passes(request.filter, event_type, event_value)) return 0;
  if (request.event_weights.empty()) return 1;
  for (const EventWeight& event : request.event_weights) {
    if (passes({event.event_type, event.event_value_at_least}, event_type, event_value)) return event.weight;
  }
  return 0;
}

// The circumstances of interactions, each combination once.
class Contexts {
 public:
  Contexts(const DatasetContent& content, const TrainingRequest& request, learn::ItemAttributes& into) : into_(into) {
    known_.add("");  // number 0: unknown
    for (const Field& field : content.schema.fields) {
      const bool is_context =
          std::ranges::none_of(kNoContext, [&](std::string_view name) { return equals_ignore_case(name, field.name); });
      if (is_context && is_attribute(field) &&
          is_used(field.name, request.context_columns_included, request.context_columns_excluded)) {
        fields_.push_back(&field);
      }
    }
  }
  std::span<const Field* const> fields() const { return fields_; }

  // The number of the circumstances that the cells, parallel to fields(), tell.
  std::uint32_t number_of(std::span<const std::string_view> cells) {
    if (fields_.empty()) return 0;
    key_.clear();
    for (const std::string_view cell : cells) {
      key_ += cell;
      key_ += '\0';
    }
    const std::uint32_t before = known_.size();
    if (before >= kContextsMax) return known_.find(key_).value_or(0);
    const std::uint32_t number = known_.add(key_);
    for (std::size_t i = 0; number == before && i < fields_.size(); ++i) {
      add_cell(*fields_[i], cells[i], number, into_);
    }
    return number;
  }

 private:
  learn::ItemAttributes& into_;
  std::vector<const Field*> fields_;
  learn::Vocabulary known_;
  std::string key_;
};

Status load_interactions(const TrainingRequest& request, learn::Dataset& into) {
  const DatasetContent content = TRY(content_of(request, DatasetType::kInteractions));
  Contexts contexts(content, request, into.contexts);
  std::vector<std::string_view> columns = {"USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"};
  const std::size_t first = columns.size();
  for (const Field* field : contexts.fields()) columns.emplace_back(field->name);
  into.interactions.reserve(content.rows());
  std::uint64_t rows = 0;
  if (!content.dataset_arn.empty()) {
    TRY(request.datasets.for_each_row(
        content, datasets::RowSource::kAll, columns, [&](std::span<const std::string_view> row) -> Status {
          if (++rows % kRowsBetweenLooks == 0) TRY(look_up(request));
          const float weight = weight_of(request, row[3], row[4]);
          if (row[1].empty() || weight <= 0) return {};
          into.interactions.push_back({.user = into.users.add(row[0]),
                                       .item = into.items.add(row[1]),
                                       .time = parse_integer(row[2]).value_or(0),
                                       .weight = weight,
                                       .context = contexts.number_of(row.subspan(first))});
          return {};
        }));
  }
  if (rows > 0 || request.minimum.interactions == 0) return {};
  return fail(ErrorKind::kInvalid, "Create failed. The dataset group has no interactions; import some first");
}

// The attribute columns of a dataset that the training is to see.
std::vector<const Field*> wanted_fields(const DatasetContent& content, const std::vector<std::string>& included,
                                        const std::vector<std::string>& excluded) {
  std::vector<const Field*> fields;
  for (const Field& field : content.schema.fields) {
    if (is_attribute(field) && is_used(field.name, included, excluded)) fields.push_back(&field);
  }
  return fields;
}

std::string_view column_name(const DatasetContent& content, bool Field::* mark) {
  const auto found = std::ranges::find_if(content.schema.fields,
                                          [&](const Field& field) { return field.*mark && !field.name.empty(); });
  return found == content.schema.fields.end() ? std::string_view() : std::string_view(found->name);
}

Status load_items(const TrainingRequest& request, learn::Dataset& into) {
  const DatasetContent content = TRY(content_of(request, DatasetType::kItems));
  const std::string& objective = request.objective.item_column;
  if (!objective.empty()) TRY(check_objective(request.objective, content.schema));
  if (content.dataset_arn.empty()) return {};
  const std::vector<const Field*> fields =
      wanted_fields(content, request.item_columns_included, request.item_columns_excluded);
  std::vector<std::string_view> columns = {"ITEM_ID", objective, column_name(content, &Field::item_name),
                                           column_name(content, &Field::textual)};
  const std::size_t first = columns.size();
  for (const Field* field : fields) columns.emplace_back(field->name);
  std::uint64_t rows = 0;
  return request.datasets.for_each_row(content, datasets::RowSource::kAll, columns,
                                       [&](std::span<const std::string_view> row) -> Status {
                                         if (++rows % kRowsBetweenLooks == 0) TRY(look_up(request));
                                         const std::uint32_t item = into.items.add(row[0]);
                                         if (const auto reward = parse_double(row[1])) {
                                           into.rewards.resize(std::max<std::size_t>(into.rewards.size(), item + 1), 0);
                                           into.rewards[item] = static_cast<float>(*reward);
                                         }
                                         if (!row[2].empty() || !row[3].empty()) {
                                           into.texts.resize(std::max<std::size_t>(into.texts.size(), item + 1));
                                           into.texts[item] = {std::string(row[2]), std::string(row[3])};
                                         }
                                         for (std::size_t i = 0; i < fields.size(); ++i)
                                           add_cell(*fields[i], row[first + i], item, into.attributes);
                                         return {};
                                       });
}

// Users without interactions teach nothing.
Status load_users(const TrainingRequest& request, learn::Dataset& into) {
  const DatasetContent content = TRY(content_of(request, DatasetType::kUsers));
  if (content.dataset_arn.empty()) return {};
  const std::vector<const Field*> fields =
      wanted_fields(content, request.user_columns_included, request.user_columns_excluded);
  std::vector<std::string_view> columns = {"USER_ID"};
  for (const Field* field : fields) columns.emplace_back(field->name);
  std::uint64_t rows = 0;
  return request.datasets.for_each_row(content, datasets::RowSource::kAll, columns,
                                       [&](std::span<const std::string_view> row) -> Status {
                                         if (++rows % kRowsBetweenLooks == 0) TRY(look_up(request));
                                         const auto user = into.users.find(row[0]);
                                         for (std::size_t i = 0; user && i < fields.size(); ++i) {
                                           add_cell(*fields[i], row[1 + i], *user, into.user_attributes);
                                         }
                                         return {};
                                       });
}

}  // namespace

bool passes(const InteractionFilter& filter, std::string_view event_type, std::string_view event_value) {
  if (!filter.event_type.empty() && !equals_ignore_case(filter.event_type, event_type)) return false;
  if (!filter.event_value_at_least) return true;
  const std::optional<double> value = parse_double(event_value);
  return value && *value >= *filter.event_value_at_least;
}

bool is_used(std::string_view column, const std::vector<std::string>& included,
             const std::vector<std::string>& excluded) {
  return (included.empty() || contains(included, column)) && !contains(excluded, column);
}

void add_cell(const Field& field, std::string_view cell, std::uint32_t thing, learn::ItemAttributes& into) {
  for (const std::string_view part : split(cell, '|')) {
    const std::string_view value = trim(part);
    if (!value.empty()) into.add(field.name, canonical_value(value, field.type), thing);
  }
}

Status require_minimum(const TrainingRequest& request, const learn::Dataset& dataset) {
  const TrainingMinimum& minimum = request.minimum;
  if (minimum.interactions == 0) return {};
  if (dataset.interactions.size() < minimum.interactions) {
    const std::string& type = request.filter.event_type;
    return fail(ErrorKind::kInvalid,
                fmt::format("Create failed. Dataset has fewer than {} interactions{}{}", minimum.interactions,
                            type.empty() ? "" : " after filtering by event type: ", type));
  }
  std::vector<std::uint32_t> counts_of_users(dataset.users.size());
  std::uint64_t users_with_two = 0;
  for (const learn::Interaction& interaction : dataset.interactions) {
    if (++counts_of_users[interaction.user] == 2) ++users_with_two;
  }
  if (users_with_two >= minimum.users_with_two) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("Create failed. Dataset has fewer than {} users with at least 2 interactions each",
                          minimum.users_with_two));
}

Status check_objective(const Objective& objective, const datasets::Schema& items) {
  const Field* field = items.find(objective.item_column);
  const bool is_number = field != nullptr && (field->type == ValueType::kLong || field->type == ValueType::kInt ||
                                              field->type == ValueType::kFloat || field->type == ValueType::kDouble);
  if (is_number && !field->nullable) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("itemAttribute must name a numeric column of the Items dataset that is never null, not {}",
                          objective.item_column),
              "optimizationObjective");
}

bool is_attribute(const Field& field) {
  if (field.textual || field.item_name || equals_ignore_case(field.name, "ITEM_ID")) return false;
  if (field.type == ValueType::kString) return field.categorical;
  return !to_lower(field.name).ends_with("timestamp");
}

std::string canonical_value(std::string_view text, ValueType type) {
  if (type == ValueType::kString || type == ValueType::kBoolean) return std::string(text);
  const std::optional<double> number = parse_double(text);
  return number ? fmt::format("{}", *number) : std::string(text);
}

Result<learn::Dataset> load_training_data(const TrainingRequest& request) {
  learn::Dataset dataset;
  TRY(load_interactions(request, dataset));
  TRY(require_minimum(request, dataset));
  TRY(load_items(request, dataset));
  TRY(load_users(request, dataset));
  return dataset;
}

}  // namespace rapport::training
