#include "apps/tags.h"

#include "base/text.h"

namespace rapport::apps {
namespace {

constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kKeyCharactersMax = 128;
constexpr std::size_t kValueCharactersMax = 256;

constexpr std::string_view kPutTag =
    "INSERT INTO resource_tags (resource, tag_key, tag_value) VALUES ($1, $2, $3) "
    "ON CONFLICT (resource, tag_key) DO UPDATE SET tag_value = excluded.tag_value";
constexpr std::string_view kReadTags = "SELECT tag_key, tag_value FROM resource_tags WHERE resource = $1";
constexpr std::string_view kRemoveTag = "DELETE FROM resource_tags WHERE resource = $1 AND tag_key = $2";
constexpr std::string_view kEraseTags =
    "DELETE FROM resource_tags WHERE resource = $1 OR (resource >= $2 AND resource < $3)";

// `service:resource` of `arn:aws:service:region:account:resource`; other texts stand for themselves.
std::string resource_of(std::string_view arn) {
  const auto parts = split(arn, ':');
  if (parts.size() < 6 || parts[0] != "arn") return std::string(arn);
  const auto resource = arn.substr(static_cast<std::size_t>(parts[5].data() - arn.data()));
  return std::string(parts[2]) + ":" + std::string(resource);
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (byte & 0xC0) != 0x80;
  return count;
}

Status check_tag(std::string_view key, std::string_view value) {
  if (key.empty() || count_characters(key) > kKeyCharactersMax) {
    return fail(ErrorKind::kInvalid, "a tag key must have 1 to 128 characters: " + std::string(key), "tags");
  }
  if (count_characters(value) > kValueCharactersMax) {
    return fail(ErrorKind::kInvalid, "a tag value must have at most 256 characters, that of " + std::string(key),
                "tags");
  }
  return {};
}

Status refuse_count() { return fail(ErrorKind::kInvalid, "a resource can have at most 50 tags", "tags"); }

}  // namespace

Result<TagMap> parse_tags(const json::object* tags) {
  TagMap parsed;
  if (tags == nullptr) return parsed;
  for (const auto& [key, value] : *tags) {
    if (!value.is_string()) {
      return fail(ErrorKind::kInvalid, "a tag value must be a text, that of " + std::string(key), "tags");
    }
    TRY(check_tag(key, json::view(value.get_string())));
    parsed.emplace(key, json::view(value.get_string()));
  }
  if (parsed.size() > kTagsMax) return std::unexpected(refuse_count().error());
  return parsed;
}

json::object document(const TagMap& tags) {
  json::object object;
  for (const auto& [key, value] : tags) object[key] = value;
  return object;
}

Status add_tags(sql::Session& session, std::string_view arn, const TagMap& tags) {
  const std::string resource = resource_of(arn);
  for (const auto& [key, value] : tags) TRY(session.execute(kPutTag, {resource, key, value}));
  if (!tags.empty() && TRY(read_tags(session, arn)).size() > kTagsMax) return refuse_count();
  return {};
}

Status remove_tags(sql::Session& session, std::string_view arn, std::span<const std::string> keys) {
  const std::string resource = resource_of(arn);
  for (const auto& key : keys) TRY(session.execute(kRemoveTag, {resource, key}));
  return {};
}

Result<TagMap> read_tags(sql::Session& session, std::string_view arn) {
  TagMap tags;
  const auto answer = TRY(session.execute(kReadTags, {resource_of(arn)}));
  for (const auto& row : answer.rows) tags.emplace(row.text(0), row.text(1));
  return tags;
}

Status erase_tags(sql::Session& session, std::string_view arn) {
  const std::string resource = resource_of(arn);
  // '0' is the character after '/': the range of everything below the resource.
  TRY(session.execute(kEraseTags, {resource, resource + "/", resource + "0"}));
  return {};
}

std::string make_arn(const Scope& scope, std::string_view resource) {
  return "arn:aws:mobiletargeting:" + scope.region + ":" + scope.account + ":" + std::string(resource);
}

}  // namespace rapport::apps
