#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "datasets/quotas.h"
#include "datasets/resource.h"
#include "sql/database.h"

namespace rapport::datasets {

enum class Order { kOldestFirst, kNewestFirst };

struct PageRequest {
  std::string token;  // of the page before; empty for the first
  std::size_t limit = 100;
  Order order = Order::kOldestFirst;  // of creation
};

struct Page {
  std::vector<Resource> resources;
  std::string next_token;  // empty at the end
};

using Tags = std::map<std::string, std::string>;

std::span<const sql::Migration> migrations();

// The table of all resources. Thread-safe. The forms with a session take part in the caller's transaction.
class Catalog {
 public:
  Catalog(sql::Database& database, const Clock& clock, Quotas quotas = Quotas::kNone)
      : database_(database), clock_(clock), quotas_(quotas) {}

  // Fills in the two times. kLimited beyond 50 tags and beyond the quotas, kAlreadyExists when the ARN is taken,
  // kInvalid (field "name") for a name no ARN can hold.
  Result<Resource> create(sql::Session& session, Resource resource, const Tags& tags = {});
  // kNotFound in the API's words.
  Result<Resource> get(sql::Session& session, ResourceKind kind, std::string_view arn);
  Result<Resource> get(ResourceKind kind, std::string_view arn);
  // Stores status, failure reason, job and details; sets the time of update.
  Status update(sql::Session& session, const Resource& resource);
  // With its tags. Its children must be gone.
  Status remove(sql::Session& session, std::string_view arn);

  // Those of one parent, or all of the kind when `parent` is empty. kInvalid with field "nextToken" for a bad token.
  Result<Page> list(sql::Session& session, ResourceKind kind, std::string_view parent, const PageRequest& request);
  Result<Page> list(ResourceKind kind, std::string_view parent, const PageRequest& request);
  // All of them, whatever their number.
  Result<std::vector<Resource>> children(sql::Session& session, ResourceKind kind, std::string_view parent);

  // kNotFound when no resource has the ARN; kLimited beyond 50 tags.
  Status add_tags(std::string_view arn, const Tags& tags);
  // The same.
  Status remove_tags(std::string_view arn, const std::vector<std::string>& keys);
  Result<Tags> tags(std::string_view arn);

  sql::Database& database() { return database_; }
  const Clock& clock() const { return clock_; }

 private:
  Status require(sql::Session& session, std::string_view arn);
  Status write_tags(sql::Session& session, const std::string& arn, const Tags& tags);

  sql::Database& database_;
  const Clock& clock_;
  const Quotas quotas_;
};

// `Resource Arn <arn> does not exist.`
std::unexpected<Error> no_such_resource(std::string_view arn);

}  // namespace rapport::datasets
