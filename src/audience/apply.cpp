#include "audience/apply.h"

#include "audience/addresses.h"
#include "audience/applier.h"
#include "audience/keys.h"
#include "audience/working_set.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

WorkingKeys keys_of(const std::string& app, std::span<const EndpointChange> changes, const ApplyOptions& options) {
  const std::string endpoints = endpoint_prefix(app);
  const std::string users = user_prefix(app);
  WorkingKeys keys;
  keys.read.reserve(changes.size() * 3);
  for (const auto& change : changes) {
    const bool is_user = change.id.empty();
    const std::string key_id = to_lower(change.id);
    if (!is_user) {
      (may_be_patch(change, options) ? keys.unread : keys.read).push_back(endpoints + key_id);
      if (!change.user_id.empty()) keys.read.push_back(users + change.user_id);
      if (const auto address = address_given(change)) keys.unread.push_back(address_key(app, *address));
    }
    if (!options.membership) continue;
    auto& members = options.membership->version > 1 ? keys.read : keys.unread;
    members.push_back(options.membership->prefix + (is_user ? kUserMember : kEndpointMember) +
                      (is_user ? change.user_id : key_id));
  }
  return keys;
}

}  // namespace

Result<std::vector<ChangeOutcome>> apply_changes(records::Store& store, const std::string& app, Timestamp now,
                                                 std::span<const EndpointChange> changes, const ApplyOptions& options) {
  std::vector<ChangeOutcome> outcomes;
  auto keys = keys_of(app, changes, options);
  // Most changes leave the endpoint's address with it: what is stored tells which have to look.
  keys.read_as_well = [&](WorkingSet& set) {
    Applier applier(set, app, now, options);
    std::vector<std::string> more{removed_names_key(app)};
    for (const auto& change : changes) {
      if (may_be_patch(change, options)) {
        if (!applier.patches(change)) more.push_back(endpoint_prefix(app) + to_lower(change.id));
      } else if (auto address = applier.address_to_read(change)) {
        more.push_back(*std::move(address));
      }
    }
    return more;
  };
  TRY(transact(store, std::move(keys), [&](WorkingSet& set) -> Status {
    outcomes.clear();
    outcomes.reserve(changes.size());
    Applier applier(set, app, now, options);
    for (const auto& change : changes) {
      outcomes.push_back(applier.apply(change));
      if (outcomes.back() && options.on_refusal == OnRefusal::kRefuseAll) return std::unexpected(*outcomes.back());
    }
    return {};
  }));
  return outcomes;
}

Status erase_endpoints(records::Store& store, const std::string& app, std::span<const std::string> key_ids) {
  WorkingKeys keys;
  for (const auto& key_id : key_ids) keys.read.push_back(endpoint_prefix(app) + key_id);
  return transact(store, std::move(keys), [&](WorkingSet& set) -> Status {
    const ApplyOptions options;
    Applier applier(set, app, {}, options);
    for (const auto& key_id : key_ids) applier.erase(key_id);
    return {};
  });
}

std::string encode_member(const Member& member) {
  std::string value = encode_time({member.version});
  value.append(member.channel_type);
  return value;
}

Member decode_member(std::string_view value) {
  if (value.size() < 8) return {};
  return {decode_time(value.substr(0, 8)).micros, value.substr(8)};
}

}  // namespace rapport::audience
