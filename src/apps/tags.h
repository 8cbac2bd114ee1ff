#pragma once

// Tags of any resource, by ARN: at most 50, key <= 128 characters, value <= 256.

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::apps {

using TagMap = std::map<std::string, std::string>;

// The `tags` member of a create request (may be null: no tags). kInvalid names the limit that was passed.
Result<TagMap> parse_tags(const json::object* tags);
json::object document(const TagMap& tags);

// Tags are kept by the ARN without its region and account, so that a resource has one set however it is addressed.
// All of them run in the caller's transaction, so that a resource and its tags appear and go together.
Status add_tags(sql::Session& session, std::string_view arn, const TagMap& tags);  // kInvalid beyond 50 tags
Status remove_tags(sql::Session& session, std::string_view arn, std::span<const std::string> keys);
Result<TagMap> read_tags(sql::Session& session, std::string_view arn);
// Of the resource and of everything below it (`.../apps/<id>` takes `.../apps/<id>/segments/<id>` along).
Status erase_tags(sql::Session& session, std::string_view arn);

// `arn:aws:mobiletargeting:{region}:{account}:{resource}`.
struct Scope {
  std::string region = "us-east-1";
  std::string account = "000000000000";
};
std::string make_arn(const Scope& scope, std::string_view resource);

}  // namespace rapport::apps
