#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "jobs/jobs.h"
#include "sql/database.h"

namespace rapport::apps {

extern const std::string_view kCreateExpiryTable;

// The kinds of resources that can expire.
constexpr std::string_view kExpiringSegment = "segment";
constexpr std::string_view kExpiringCampaign = "campaign";

struct Expiring {
  std::string kind;
  std::string app;
  std::string id;
  Expiring(std::string_view a_kind, std::string an_app, std::string an_id)
      : kind(a_kind), app(std::move(an_app)), id(std::move(an_id)) {}
};

// In the transaction that removes the resource, or the application.
Status erase_expiry(sql::Session& session, const Expiring& resource);
Status erase_expiries(sql::Session& session, const std::string& app);

// What an owner of resources says of one kind. All but `remove_rest` run in a transaction of Expiries.
struct ExpiringKind {
  using Ask = std::function<Result<bool>(sql::Session&, const std::string& app, const std::string& id)>;
  using Remove = std::function<Status(sql::Session&, const std::string& app, const std::string& id)>;
  Remove require;  // kNotFound unless it exists
  Ask is_in_use;   // it must wait, for a while, until it can go
  Remove remove;   // its rows
  std::function<Status(const std::string& app, const std::string& id)> remove_rest = {};  // after; may run again
};

// When resources are to be removed by themselves: one moment for each, and a durable job that waits for it. Removal is
// exact over crashes and several processes: an expiry that is changed or dropped in time removes nothing, and one that
// is due is kept until everything of its resource is gone. Thread-safe. Collaborators must outlive it.
class Expiries {
 public:
  Expiries(sql::Database& database, jobs::Queue& queue, const Clock& clock)
      : database_(database), queue_(queue), clock_(clock) {}

  // Before the first call of anything else.
  void add(std::string_view kind, ExpiringKind owner);

  // From now on it expires then, and not when it was to before. kNotFound when there is no such resource; kInvalid when
  // the moment is past.
  Status put(const Expiring& resource, Timestamp due);
  Result<Timestamp> get(const Expiring& resource);    // kNotFound also when it does not expire
  Result<Timestamp> erase(const Expiring& resource);  // what it was; likewise

  // Removes the resource if it is due. kUnavailable when it is in use: try again later. What the jobs call.
  Status expire(const Expiring& resource);
  // Lets these workers wait for expiries. Call before they start.
  void serve(jobs::Workers& workers);

 private:
  Result<Timestamp> require(sql::Session& session, const Expiring& resource) const;

  sql::Database& database_;
  jobs::Queue& queue_;
  const Clock& clock_;
  std::map<std::string, ExpiringKind, std::less<>> kinds_;
};

}  // namespace rapport::apps
