#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "base/text.h"
#include "transfers/import_rows.h"

namespace rapport::transfers {
namespace {

constexpr std::string_view kAttributes = "Attributes.";
constexpr std::string_view kUserAttributes = "User.UserAttributes.";
constexpr std::string_view kMetrics = "Metrics.";
// What an export of endpoints has besides; the server decides these itself.
constexpr std::array<std::string_view, 3> kIgnoredColumns = {"ApplicationId", "CohortId", "CreationDate"};

}  // namespace

Result<CsvColumns::Column> CsvColumns::read_column(std::string_view name) {
  if (name == "Id") return Column{Meaning::kId, nullptr, "Id", {}};
  if (std::ranges::find(kIgnoredColumns, name) != kIgnoredColumns.end()) return Column{};
  for (const auto& [prefix, meaning] : {std::pair(kAttributes, Meaning::kAttribute),
                                        {kUserAttributes, Meaning::kUserAttribute},
                                        {kMetrics, Meaning::kMetric}}) {
    if (name.starts_with(prefix) && name.size() > prefix.size()) {
      return Column{meaning, nullptr, std::string(name.substr(prefix.size())), {}};
    }
  }
  const auto dot = name.find('.');
  const auto group = dot == name.npos ? std::string_view() : name.substr(0, dot);
  const auto* info = audience::find_single_field(group, dot == name.npos ? name : name.substr(dot + 1));
  if (info != nullptr) return Column{Meaning::kSingle, info, std::string(name), {}};
  return fail(ErrorKind::kInvalid, "Unknown column: " + std::string(name.substr(0, 200)), "S3Url");
}

Result<CsvColumns> CsvColumns::create(std::span<const std::string_view> header) {
  CsvColumns plan;
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const auto name = trim(header[i]);
    Column column = TRY(read_column(name));
    const auto [place, is_new] = first.emplace(name, i);
    if (column.meaning == Meaning::kAttribute || column.meaning == Meaning::kUserAttribute) {
      (is_new ? column.all : plan.columns_[place->second].all).push_back(i);
      if (!is_new) column.meaning = Meaning::kIgnored;
    } else if (!is_new) {
      return fail(ErrorKind::kInvalid, "Only attributes can have several columns: " + std::string(name), "S3Url");
    }
    plan.columns_.push_back(std::move(column));
  }
  const bool one = plan.columns_.size() == 1;
  plan.only_users_ =
      one && plan.columns_[0].info != nullptr && plan.columns_[0].info->field == audience::Field::kUserId;
  return plan;
}

Status CsvColumns::decode(std::span<const std::string_view> fields, audience::ChangeBuilder& builder,
                          std::vector<audience::EndpointChange>& changes) const {
  if (fields.size() != columns_.size()) {
    return fail(ErrorKind::kInvalid, "The row has " + std::to_string(fields.size()) + " fields, the header has " +
                                         std::to_string(columns_.size()));
  }
  if (only_users_) {
    for (const auto user : split(fields[0], ' ')) {
      if (user.empty()) continue;
      TRY(builder.put(*columns_[0].info, user));
      changes.push_back(TRY(builder.finish({})));
    }
    return {};
  }
  std::string_view id;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (!column.all.empty()) {
      std::string list;
      for (const auto place : column.all) {
        if (!fields[place].empty()) audience::append_text(list, fields[place]);
      }
      const bool of_user = column.meaning == Meaning::kUserAttribute;
      const auto field = of_user ? audience::Field::kUserAttribute : audience::Field::kAttribute;
      if (!list.empty()) TRY(builder.put_list(field, column.name, list));
    } else if (column.meaning == Meaning::kId) {
      id = fields[i];
    } else if (!fields[i].empty()) {
      TRY(put(column, fields[i], builder));
    }
  }
  changes.push_back(TRY(builder.finish(id)));
  return {};
}

Status CsvColumns::put(const Column& column, std::string_view field, audience::ChangeBuilder& builder) const {
  if (column.meaning == Meaning::kSingle) return builder.put(*column.info, field);
  if (column.meaning != Meaning::kMetric) return {};
  const auto number = parse_double(field);
  if (!number) return fail(ErrorKind::kInvalid, "A metric must be a number: " + column.name, column.name);
  return builder.put_metric(column.name, *number);
}

}  // namespace rapport::transfers
