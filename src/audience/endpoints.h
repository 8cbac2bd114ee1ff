#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audience/apply.h"
#include "audience/endpoint.h"
#include "audience/removed_names.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "records/store.h"

namespace rapport::audience {

struct EndpointRules {
  std::size_t endpoints_per_user_max = 0;  // see ApplyOptions
};

// The endpoints and users of every application, in the record store. Thread-safe; a write is durable, and seen by every
// later read. Ids of endpoints are case-insensitive, ids of users are not. The application is not checked here.
class Endpoints {
 public:
  // `active` tells which endpoints of an application are active, as of every commit that is done.
  using Active = std::function<ActiveEndpoints(const std::string& app)>;
  Endpoints(records::Store& store, const Clock& clock, const EndpointRules& rules = {}, Active active = nullptr)
      : store_(store), clock_(clock), rules_(rules), active_(std::move(active)) {}

  // Upserts by the merge rules of change.h; `request` is an EndpointRequest. kInvalid names the member.
  Status update(const std::string& app, const std::string& id, const json::object& request);
  // Items of an EndpointBatchRequest (each with its Id); all or none. At most 100.
  Status update_batch(const std::string& app, const json::array& items);
  // The same for changes built elsewhere.
  Result<std::vector<ChangeOutcome>> apply(const std::string& app, std::span<const EndpointChange> changes,
                                           const ApplyOptions& options);

  Result<Endpoint> get(const std::string& app, const std::string& id);  // kNotFound
  // Parallel to `ids`; nothing where there is none.
  Result<std::vector<std::optional<Endpoint>>> get_many(const std::string& app, std::span<const std::string> ids);
  Result<Endpoint> remove(const std::string& app, const std::string& id);  // what it was; kNotFound

  Result<std::vector<Endpoint>> of_user(const std::string& app, const std::string& user);  // kNotFound when none
  Result<std::vector<Endpoint>> remove_user(const std::string& app, const std::string& user);
  // The ids (in lower case) of each user's endpoints, parallel to `users`, sorted; empty where there are none.
  Result<std::vector<std::vector<std::string>>> ids_of_users(const std::string& app,
                                                             std::span<const std::string> users);

  // See remove_names.
  Result<std::vector<std::string>> remove_attributes(const std::string& app, Field field,
                                                     const std::vector<std::string>& patterns) {
    return remove_names(store_, app, field, patterns);
  }

  // Every endpoint of the application by rising key_id, from the one after `after`. Return false to stop.
  Status for_each(const std::string& app, std::string_view after, const std::function<bool(const Endpoint&)>& visit);

  // Every endpoint and user of an application, gone.
  Status erase_application(const std::string& app);

 private:
  records::Store& store_;
  const Clock& clock_;
  const EndpointRules rules_;
  const Active active_;
};

}  // namespace rapport::audience
