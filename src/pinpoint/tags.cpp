#include "apps/tags.h"

#include <vector>

#include "pinpoint/operations.h"
#include "sql/database.h"

namespace rapport::pinpoint {
namespace {

constexpr std::string_view kArnPrefix = "arn:";

Result<std::string> arn_of(const contract::Call& call) {
  std::string arn = text_of(call, "ResourceArn");
  if (!arn.starts_with(kArnPrefix))
    return fail(ErrorKind::kInvalid, "ResourceArn must be an ARN: " + arn, "ResourceArn");
  return arn;
}

Result<json::object> tag_resource(sql::Database& database, const contract::Call& call) {
  const auto arn = TRY(arn_of(call));
  const auto tags = TRY(apps::parse_tags(json::find_object(structure_of(call, "TagsModel"), "tags")));
  TRY(database.write([&](sql::Session& session) { return apps::add_tags(session, arn, tags); }));
  return json::object{};
}

Result<json::object> untag_resource(sql::Database& database, const contract::Call& call) {
  const auto arn = TRY(arn_of(call));
  std::vector<std::string> keys;
  if (const auto* list = json::find_array(call.input, "TagKeys")) {
    for (const auto& key : *list) keys.emplace_back(json::view(key.as_string()));
  }
  TRY(database.write([&](sql::Session& session) { return apps::remove_tags(session, arn, keys); }));
  return json::object{};
}

Result<json::object> list_tags(sql::Database& database, const contract::Call& call) {
  const auto arn = TRY(arn_of(call));
  apps::TagMap tags;
  TRY(database.read([&](sql::Session& session) -> Status {
    tags = TRY(apps::read_tags(session, arn));
    return {};
  }));
  return json::object{{"TagsModel", {{"tags", apps::document(tags)}}}};
}

}  // namespace

void implement_tags(contract::Contract& contract, const Dependencies& with) {
  sql::Database& database = with.database;
  contract.implement(kService, "TagResource", [&](const contract::Call& call) { return tag_resource(database, call); });
  contract.implement(kService, "UntagResource",
                     [&](const contract::Call& call) { return untag_resource(database, call); });
  contract.implement(kService, "ListTagsForResource",
                     [&](const contract::Call& call) { return list_tags(database, call); });
}

}  // namespace rapport::pinpoint
