#include "audience/endpoints.h"

#include <utility>

#include "audience/keys.h"
#include "audience/record.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kBatchItemsMax = 100;
constexpr std::size_t kPageRecords = 500;

std::unexpected<Error> endpoint_not_found() { return fail(ErrorKind::kNotFound, "Endpoint not found"); }
std::unexpected<Error> user_not_found() { return fail(ErrorKind::kNotFound, "User not found"); }

std::vector<std::string> ids_in(const std::optional<std::string>& user_record) {
  std::vector<std::string> ids;
  if (!user_record) return ids;
  for (const auto id : list_of(find_field(fields_of(*user_record), Field::kUserEndpoints))) ids.emplace_back(id);
  return ids;
}

std::vector<std::string> keys_of(const std::string& prefix, std::span<const std::string> ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const auto& id : ids) keys.push_back(prefix + id);
  return keys;
}

// Completes endpoint records with their users' records.
Result<std::vector<std::optional<Endpoint>>> with_users(records::Store& store, const std::string& app,
                                                        std::span<const std::string> key_ids,
                                                        records::Values endpoint_records) {
  std::vector<std::string> user_keys;
  std::vector<std::size_t> user_of(key_ids.size(), SIZE_MAX);
  for (std::size_t i = 0; i < key_ids.size(); ++i) {
    if (!endpoint_records[i]) continue;
    const auto user = find_field(fields_of(*endpoint_records[i]), Field::kUserId);
    if (user.empty()) continue;
    user_of[i] = user_keys.size();
    user_keys.push_back(user_prefix(app).append(user));
  }
  records::Values users;
  if (!user_keys.empty()) users = TRY(store.get_many(user_keys));
  std::vector<std::optional<Endpoint>> endpoints(key_ids.size());
  for (std::size_t i = 0; i < key_ids.size(); ++i) {
    if (!endpoint_records[i]) continue;
    std::string user_record;
    if (user_of[i] != SIZE_MAX && users[user_of[i]]) user_record = *std::move(users[user_of[i]]);
    endpoints[i].emplace(app, key_ids[i], *std::move(endpoint_records[i]), std::move(user_record));
  }
  return endpoints;
}

}  // namespace

Status Endpoints::update(const std::string& app, const std::string& id, const json::object& request) {
  TRY(check_endpoint_id(id));
  const auto change = TRY(change_of(id, request));
  TRY(apply(app, std::span(&change, 1), {.on_refusal = OnRefusal::kRefuseAll}));
  return {};
}

Status Endpoints::update_batch(const std::string& app, const json::array& items) {
  if (items.size() > kBatchItemsMax) {
    return fail(ErrorKind::kInvalid, "A batch can have at most 100 endpoints, not " + std::to_string(items.size()),
                "Item");
  }
  std::vector<EndpointChange> changes;
  changes.reserve(items.size());
  for (const auto& item : items) {
    if (!item.is_object()) return fail(ErrorKind::kInvalid, "An item of the batch is not an object", "Item");
    const auto id = json::string_or(item.get_object(), "Id");
    if (id.empty()) return fail(ErrorKind::kInvalid, "Missing Id", "Id");
    changes.push_back(TRY(change_of(id, item.get_object())));
  }
  TRY(apply(app, changes, {.on_refusal = OnRefusal::kRefuseAll}));
  return {};
}

Result<std::vector<ChangeOutcome>> Endpoints::apply(const std::string& app, std::span<const EndpointChange> changes,
                                                    const ApplyOptions& options) {
  ApplyOptions ruled = options;
  ruled.endpoints_per_user_max = rules_.endpoints_per_user_max;
  if (active_ && store_.takes_patches()) ruled.active = [&] { return active_(app); };
  return apply_changes(store_, app, clock_.now(), changes, ruled);
}

Result<Endpoint> Endpoints::get(const std::string& app, const std::string& id) {
  std::string key_id = to_lower(id);
  auto record = TRY(store_.get(endpoint_prefix(app) + key_id));
  if (!record) return endpoint_not_found();
  std::string user_record;
  const auto user = find_field(fields_of(*record), Field::kUserId);
  if (!user.empty()) user_record = TRY(store_.get(user_prefix(app).append(user)))
  .value_or("");
  return Endpoint(app, std::move(key_id), *std::move(record), std::move(user_record));
}

Result<std::vector<std::optional<Endpoint>>> Endpoints::get_many(const std::string& app,
                                                                 std::span<const std::string> ids) {
  std::vector<std::string> key_ids;
  key_ids.reserve(ids.size());
  for (const auto& id : ids) key_ids.push_back(to_lower(id));
  auto found = TRY(store_.get_many(keys_of(endpoint_prefix(app), key_ids)));
  return with_users(store_, app, key_ids, std::move(found));
}

Result<Endpoint> Endpoints::remove(const std::string& app, const std::string& id) {
  auto endpoint = TRY(get(app, id));
  TRY(erase_endpoints(store_, app, std::span(&endpoint.key_id(), 1)));
  return endpoint;
}

Result<std::vector<Endpoint>> Endpoints::of_user(const std::string& app, const std::string& user) {
  const auto ids = ids_in(TRY(store_.get(user_prefix(app) + user)));
  std::vector<Endpoint> endpoints;
  auto found = TRY(get_many(app, ids));
  for (auto& endpoint : found) {
    if (endpoint) endpoints.push_back(*std::move(endpoint));
  }
  if (endpoints.empty()) return user_not_found();
  return endpoints;
}

Result<std::vector<Endpoint>> Endpoints::remove_user(const std::string& app, const std::string& user) {
  auto endpoints = TRY(of_user(app, user));
  std::vector<std::string> key_ids;
  for (const auto& endpoint : endpoints) key_ids.push_back(endpoint.key_id());
  TRY(erase_endpoints(store_, app, key_ids));
  return endpoints;
}

Result<std::vector<std::vector<std::string>>> Endpoints::ids_of_users(const std::string& app,
                                                                      std::span<const std::string> users) {
  std::vector<std::vector<std::string>> ids;
  ids.reserve(users.size());
  const auto records = TRY(store_.get_many(keys_of(user_prefix(app), users)));
  for (const auto& record : records) ids.push_back(ids_in(record));
  return ids;
}

Status Endpoints::for_each(const std::string& app, std::string_view after,
                           const std::function<bool(const Endpoint&)>& visit) {
  const std::string prefix = endpoint_prefix(app);
  std::string position(after);
  while (true) {
    std::vector<std::string> key_ids;
    records::Values found;
    const std::string from = position.empty() ? "" : prefix + position;
    TRY(store_.scan(prefix, from, [&](std::string_view key, std::string_view value) {
      key_ids.emplace_back(key.substr(prefix.size()));
      found.emplace_back(value);
      return key_ids.size() < kPageRecords;
    }));
    if (key_ids.empty()) return {};
    const auto page = TRY(with_users(store_, app, key_ids, std::move(found)));
    for (const auto& endpoint : page) {
      if (!visit(*endpoint)) return {};
    }
    if (key_ids.size() < kPageRecords) return {};
    position = key_ids.back();
  }
}

Status Endpoints::erase_application(const std::string& app) {
  for (const auto& prefix : {endpoint_prefix(app), user_prefix(app), address_prefix(app)}) {
    TRY(store_.erase_prefix(prefix));
  }
  records::Batch rest;
  rest.erase(removed_names_key(app));
  return store_.write(rest);
}

}  // namespace rapport::audience
