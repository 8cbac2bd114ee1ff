#pragma once

// The stored templates of the account: by name and type, each with numbered versions of which one is active.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/paging.h"
#include "apps/tags.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::messages {

enum class TemplateType { kEmail, kInApp, kPush, kSms, kVoice };
std::string_view to_string(TemplateType type);                           // "EMAIL", "INAPP"...
std::optional<TemplateType> parse_template_type(std::string_view text);  // ignoring case

struct TemplateKey {
  std::string name;  // case-sensitive; 1 to 128 of A-Z a-z 0-9 _ -, starting with a letter or digit
  TemplateType type = TemplateType::kEmail;
};

struct StoredTemplate {
  TemplateKey key;
  std::int64_t version = 1;
  json::object content;  // the request's members without tags
  Timestamp created;     // of the template; in a list of versions, of the version
  Timestamp modified;    // of the version
  apps::TagMap tags;
};

// What tags of a template are kept under.
std::string template_resource(const TemplateKey& key);

std::span<const sql::Migration> migrations();

// Thread-safe. Collaborators must outlive it. Versions are texts as they came over the wire; an unknown one is
// kNotFound, one that is no whole number kInvalid.
class Templates {
 public:
  Templates(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Version 1, active. kAlreadyExists when the name is taken for this type; kInvalid when the content does not compile
  // or names a recommender that is not there.
  Status create(const TemplateKey& key, const json::object& content, const apps::TagMap& tags);

  // The active version, or the one named.
  Result<StoredTemplate> get(const TemplateKey& key, std::optional<std::string_view> version = std::nullopt);

  // Overwrites the latest version in place (`version`, when given, must be that), or adds a version that is not active.
  enum class Update { kInPlace, kNewVersion };
  Status update(const TemplateKey& key, const json::object& content, Update update,
                std::optional<std::string_view> version = std::nullopt);

  Status activate(const TemplateKey& key, std::string_view version);  // also "latest"

  // All versions, or the one named; with the last version the template goes. When the active one goes, the latest
  // becomes active. Numbers are never used again.
  Status remove(const TemplateKey& key, std::optional<std::string_view> version = std::nullopt);

  struct Filter {
    std::string prefix;
    std::optional<TemplateType> type;
  };
  // The active versions, by name and type; without tags and content.
  Result<apps::Page<StoredTemplate>> list(const Filter& filter, const apps::PageRequest& page);
  struct Search {
    std::string text = {};  // anywhere in the name, whatever its case; empty: any
    std::optional<TemplateType> type = {};
    apps::SearchOrder order = apps::SearchOrder::kNewest;
  };
  // The active versions, without tags.
  Result<apps::Found<StoredTemplate>> search(const Search& search, const apps::PageRequest& page);
  Result<apps::Page<StoredTemplate>> versions(const TemplateKey& key, const apps::PageRequest& page);  // newest first

 private:
  sql::Database& database_;
  const Clock& clock_;
};

}  // namespace rapport::messages
