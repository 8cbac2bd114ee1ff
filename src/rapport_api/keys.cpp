#include "access/keys.h"

#include <algorithm>
#include <tuple>

#include "access/publishable_keys.h"
#include "rapport_api/account_operations.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using access::Role;
using contract::Call;

json::object key_document(const access::AccessKey& key) {
  return {{"AccessKeyId", key.access_key},
          {"Note", key.note},
          {"Role", access::name_of(key.role)},
          {"Enabled", key.enabled},
          {"CreationDate", format_iso8601(key.created)}};
}

json::object publishable_document(const access::PublishableKey& key) {
  json::array origins;
  for (const std::string& origin : key.origins) origins.emplace_back(origin);
  return {{"PublishableKey", key.key},
          {"ApplicationId", key.app},
          {"Note", key.note},
          {"AllowedOrigins", std::move(origins)},
          {"CreationDate", format_iso8601(key.created)}};
}

// The page of a short list that is in order. `place` gives an item's time and id.
template <class Item, class Place>
apps::Page<Item> cut(std::vector<Item> all, const apps::PageRequest& request, const Place& place) {
  const std::tuple after{Timestamp{request.after_micros}, request.after_id};
  std::erase_if(all, [&](const Item& item) { return place(item) <= after; });
  apps::Page<Item> page;
  if (all.size() > request.limit) {
    all.resize(request.limit);
    const auto [time, id] = place(all.back());
    page.next = apps::page_token(time.micros, id);
  }
  page.items = std::move(all);
  return page;
}

// The key, when the caller may change it: nobody handles the keys of those above.
Result<access::AccessKey> key_of(const Call& call, access::KeyStore& keys) {
  access::AccessKey key = TRY(keys.get(text_of(call, "AccessKeyId")));
  if (key.role <= role_of(call.caller)) return key;
  return fail(ErrorKind::kForbidden, "The key may do more than you; ask an administrator");
}

Result<json::object> create_key(const Call& call, access::KeyStore& keys) {
  const json::object& request = structure_of(call, "NewAccessKeyRequest");
  const Role own = role_of(call.caller);
  const Role role = access::role_named(json::string_or(request, "Role")).value_or(std::min(own, Role::kDeveloper));
  if (role > own) return fail(ErrorKind::kForbidden, "A key cannot do more than who makes it", "Role");
  const access::NewKey made = TRY(keys.create(json::string_or(request, "Note"), role));
  return json::object{
      {"NewAccessKeyResponse",
       {{"AccessKey", key_document(TRY(keys.get(made.access_key)))}, {"SecretAccessKey", made.secret_key}}}};
}

void implement_access_keys(contract::Contract& contract, access::KeyStore& keys) {
  contract.implement(kService, "ListAccessKeys", [&keys](const Call& call) -> Result<json::object> {
    const auto place = [](const access::AccessKey& key) { return std::tuple{key.created, key.access_key}; };
    const auto page = cut(TRY(keys.list()), TRY(page_of(call)), place);
    return json::object{{"AccessKeysResponse", page_document(page, key_document)}};
  });
  contract.implement(kService, "CreateAccessKey", [&keys](const Call& call) { return create_key(call, keys); });
  contract.implement(kService, "UpdateAccessKey", [&keys](const Call& call) -> Result<json::object> {
    access::AccessKey key = TRY(key_of(call, keys));
    key.enabled = json::find_bool(structure_of(call, "WriteAccessKeyRequest"), "Enabled").value_or(key.enabled);
    TRY(keys.enable(key.access_key, key.enabled ? access::Enabled::kYes : access::Enabled::kNo));
    return json::object{{"AccessKeyResponse", key_document(key)}};
  });
  contract.implement(kService, "DeleteAccessKey", [&keys](const Call& call) -> Result<json::object> {
    const access::AccessKey key = TRY(key_of(call, keys));
    TRY(keys.remove(key.access_key));
    return json::object{{"AccessKeyResponse", key_document(key)}};
  });
}

void implement_publishable_keys(contract::Contract& contract, const AccountDependencies& with) {
  access::PublishableKeys& keys = with.publishable_keys;
  apps::Applications& applications = with.applications;
  contract.implement(kService, "ListPublishableKeys", [&keys, &applications](const Call& call) -> Result<json::object> {
    const std::string app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    const auto place = [](const access::PublishableKey& key) { return std::tuple{key.created, key.key}; };
    const auto page = cut(TRY(keys.list(app)), TRY(page_of(call)), place);
    return json::object{{"PublishableKeysResponse", page_document(page, publishable_document)}};
  });
  contract.implement(
      kService, "CreatePublishableKey", [&keys, &applications](const Call& call) -> Result<json::object> {
        const std::string app = text_of(call, "ApplicationId");
        TRY(applications.require(app));
        const json::object& request = structure_of(call, "NewPublishableKeyRequest");
        const auto made = TRY(keys.create(app, json::string_or(request, "Note"), texts_of(request, "AllowedOrigins")));
        return json::object{{"PublishableKeyResponse", publishable_document(made)}};
      });
  contract.implement(
      kService, "DeletePublishableKey", [&keys, &applications](const Call& call) -> Result<json::object> {
        const std::string app = text_of(call, "ApplicationId");
        TRY(applications.require(app));
        return json::object{
            {"PublishableKeyResponse", publishable_document(TRY(keys.remove(app, text_of(call, "PublishableKey"))))}};
      });
}

}  // namespace

void implement_keys(contract::Contract& contract, const AccountDependencies& with) {
  implement_access_keys(contract, with.keys);
  implement_publishable_keys(contract, with);
}

}  // namespace rapport::rapport_api
