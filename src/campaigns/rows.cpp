#include "campaigns/rows.h"

#include <utility>

namespace rapport::campaigns {
namespace {

std::unexpected<Error> damaged(const std::string& text) {
  return fail(ErrorKind::kInternal, "A stored campaign document is damaged: " + text.substr(0, 80));
}

std::optional<Timestamp> time_or_nothing(const sql::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return Timestamp{row.integer(column)};
}

}  // namespace

Result<json::object> object_from_text(const std::string& text) {
  auto document = json::parse(text);
  if (!document || !document->is_object()) return damaged(text);
  return std::move(document->get_object());
}

Result<Campaign> campaign_from_row(const sql::Row& row) {
  Campaign campaign;
  campaign.app = row.text(0);
  campaign.id = row.text(1);
  campaign.version = row.integer(2);
  campaign.status = row.text(3);
  campaign.request = TRY(object_from_text(row.text(4)));
  campaign.created = {row.integer(5)};
  campaign.modified = {row.integer(6)};
  return campaign;
}

Result<Activity> activity_from_row(const sql::Row& row) {
  Activity activity;
  activity.app = row.text(0);
  activity.campaign = row.text(1);
  activity.campaign_version = row.integer(2);
  activity.id = row.text(3);
  activity.state = row.text(4);
  activity.result = row.text(5);
  activity.failure = row.text(6);
  activity.scheduled = {row.integer(7)};
  activity.started = time_or_nothing(row, 8);
  activity.ended = time_or_nothing(row, 9);
  activity.created = {row.integer(11)};
  return activity;
}

std::string ids_to_text(const std::vector<std::string>& ids) {
  json::array array;
  array.reserve(ids.size());
  for (const std::string& id : ids) array.emplace_back(id);
  return json::serialize(array);
}

Result<std::vector<std::string>> ids_from_text(const std::string& text) {
  const auto document = json::parse(text);
  if (!document || !document->is_array()) return damaged(text);
  std::vector<std::string> ids;
  ids.reserve(document->get_array().size());
  for (const json::value& id : document->get_array()) {
    if (!id.is_string()) return damaged(text);
    ids.emplace_back(json::view(id.get_string()));
  }
  return ids;
}

}  // namespace rapport::campaigns
