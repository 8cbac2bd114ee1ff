// What the columns of each type of dataset must be.

#include <fmt/format.h>

#include <span>
#include <vector>

#include "base/text.h"
#include "datasets/schema.h"

namespace rapport::datasets {
namespace {

enum class Need { kRequired, kReserved };

enum class Accepts { kText, kTime, kWhole, kNumber };

struct ColumnRule {
  std::string_view name;
  Accepts accepts = Accepts::kText;
  Need need = Need::kReserved;
};

struct TypeRules {
  std::vector<ColumnRule> columns;
  std::size_t metadata_columns_min = 0;
  std::size_t metadata_columns_max = 0;
};

bool accepts(Accepts what, ValueType type) {
  switch (what) {
    case Accepts::kText: return type == ValueType::kString;
    case Accepts::kTime: return type == ValueType::kLong;
    case Accepts::kWhole: return type == ValueType::kLong || type == ValueType::kInt;
    case Accepts::kNumber: return type != ValueType::kString && type != ValueType::kBoolean;
  }
  return false;
}

std::string_view words_for(Accepts what) {
  switch (what) {
    case Accepts::kText: return "string";
    case Accepts::kTime: return "long";
    case Accepts::kWhole: return "long or int";
    case Accepts::kNumber: return "float, double, long or int";
  }
  return "";
}

const TypeRules& rules_of(DatasetType type) {
  static const TypeRules kInteractions{{{"USER_ID", Accepts::kText, Need::kRequired},
                                        {"ITEM_ID", Accepts::kText, Need::kRequired},
                                        {"TIMESTAMP", Accepts::kTime, Need::kRequired},
                                        {"EVENT_TYPE", Accepts::kText},
                                        {"EVENT_VALUE", Accepts::kNumber},
                                        {"IMPRESSION", Accepts::kText},
                                        {"RECOMMENDATION_ID", Accepts::kText},
                                        {"EVENT_ATTRIBUTION_SOURCE", Accepts::kText}},
                                       0,
                                       5};
  static const TypeRules kUsers{{{"USER_ID", Accepts::kText, Need::kRequired}}, 1, 25};
  static const TypeRules kItems{
      {{"ITEM_ID", Accepts::kText, Need::kRequired}, {"CREATION_TIMESTAMP", Accepts::kTime}}, 1, 100};
  static const TypeRules kActions{{{"ACTION_ID", Accepts::kText, Need::kRequired},
                                   {"CREATION_TIMESTAMP", Accepts::kTime},
                                   {"VALUE", Accepts::kWhole},
                                   {"TYPE", Accepts::kText},
                                   {"EXPIRATION_TIMESTAMP", Accepts::kTime},
                                   {"REPEAT_FREQUENCY", Accepts::kWhole}},
                                  0,
                                  10};
  static const TypeRules kActionInteractions{{{"USER_ID", Accepts::kText, Need::kRequired},
                                              {"ACTION_ID", Accepts::kText, Need::kRequired},
                                              {"EVENT_TYPE", Accepts::kText, Need::kRequired},
                                              {"TIMESTAMP", Accepts::kTime, Need::kRequired},
                                              {"IMPRESSION", Accepts::kText},
                                              {"RECOMMENDATION_ID", Accepts::kText}},
                                             0,
                                             5};
  switch (type) {
    case DatasetType::kInteractions: return kInteractions;
    case DatasetType::kUsers: return kUsers;
    case DatasetType::kItems: return kItems;
    case DatasetType::kActions: return kActions;
    case DatasetType::kActionInteractions: break;
  }
  return kActionInteractions;
}

std::span<const std::string_view> required_by_domain(DatasetType type, Domain domain) {
  static constexpr std::string_view kEvents[] = {"EVENT_TYPE"};
  static constexpr std::string_view kFilms[] = {"GENRES", "CREATION_TIMESTAMP"};
  static constexpr std::string_view kGoods[] = {"PRICE", "CATEGORY_L1"};
  if (domain == Domain::kNone) return {};
  if (type == DatasetType::kInteractions) return kEvents;
  if (type == DatasetType::kItems && domain == Domain::kVideoOnDemand) return kFilms;
  if (type == DatasetType::kItems) return kGoods;
  return {};
}

std::unexpected<Error> wrong(DatasetType type, std::string message) {
  return fail(ErrorKind::kInvalid,
              fmt::format("The schema does not fit a dataset of type {}: {}", name_of(type), message), "schemaArn");
}

Status check_column(const Schema& schema, DatasetType type, const ColumnRule& rule) {
  const Field* field = schema.find(rule.name);
  if (field == nullptr) {
    if (rule.need == Need::kReserved) return {};
    return wrong(type, fmt::format("it needs the field {}", rule.name));
  }
  if (!accepts(rule.accepts, field->type) || (rule.need == Need::kRequired && field->nullable)) {
    return wrong(type, fmt::format("the field {} must be of type {}{}", rule.name, words_for(rule.accepts),
                                   rule.need == Need::kRequired ? " without null" : ""));
  }
  if (rule.name == "EVENT_TYPE" && field->categorical) {
    return wrong(type, "the field EVENT_TYPE must not be categorical");
  }
  return {};
}

bool is_metadata(const Field& field, const TypeRules& rules) {
  for (const ColumnRule& rule : rules.columns) {
    if (equals_ignore_case(rule.name, field.name)) return false;
  }
  return true;
}

}  // namespace

Status check_schema(const Schema& schema, DatasetType type, Domain domain) {
  const TypeRules& rules = rules_of(type);
  const bool is_of_actions = type == DatasetType::kActions || type == DatasetType::kActionInteractions;
  if (is_of_actions && domain != Domain::kNone) {
    return wrong(type, "only a dataset group without a domain has such a dataset");
  }
  for (const ColumnRule& rule : rules.columns) TRY(check_column(schema, type, rule));
  for (const std::string_view name : required_by_domain(type, domain)) {
    if (schema.find(name) == nullptr) return wrong(type, fmt::format("its domain needs the field {}", name));
  }
  std::size_t metadata = 0;
  std::size_t textual = 0;
  for (const Field& field : schema.fields) {
    metadata += is_metadata(field, rules) ? 1 : 0;
    textual += field.textual ? 1 : 0;
  }
  const bool lacks_metadata =  // the reserved columns of actions are metadata as well
      type == DatasetType::kActions ? schema.fields.size() < 2 : metadata < rules.metadata_columns_min;
  if (lacks_metadata) return wrong(type, "it needs at least one metadata field");
  if (metadata > rules.metadata_columns_max) {
    return wrong(type, fmt::format("it may have {} metadata fields, not {}", rules.metadata_columns_max, metadata));
  }
  if (textual > (type == DatasetType::kItems ? 1U : 0U)) {
    return wrong(type, "only ITEMS may have a textual field, and only one");
  }
  return {};
}

}  // namespace rapport::datasets
