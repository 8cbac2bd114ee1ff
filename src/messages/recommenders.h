#pragma once

// The stored recommender configurations of the account: which recommender a template asks, and how.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/paging.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::messages {

struct Recommender {
  std::string id;
  json::object definition;  // the members of a CreateRecommenderConfiguration, with the defaults filled in
  Timestamp created;
  Timestamp modified;
};

// Thread-safe. Collaborators must outlive it. Errors are kInvalid with the member as `field`, and kNotFound.
class Recommenders {
 public:
  Recommenders(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Result<Recommender> create(const json::object& definition);  // kInvalid beyond 100
  Result<Recommender> get(std::string_view id);
  Result<Recommender> update(std::string_view id, const json::object& definition);  // replaces the whole definition
  Result<Recommender> remove(std::string_view id);
  Result<apps::Page<Recommender>> list(const apps::PageRequest& page);  // newest first

 private:
  sql::Database& database_;
  const Clock& clock_;
};

// Whether the recommender that a template's content names is there; kInvalid with RecommenderId as `field`.
Status check_recommender(sql::Session& session, const json::object& content);

// Attributes may be named with this before them.
constexpr std::string_view kRecommendationsPrefix = "Recommendations.";
std::string_view plain_attribute(std::string_view name);

}  // namespace rapport::messages
