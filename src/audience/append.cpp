#include <algorithm>
#include <set>
#include <utility>

#include "audience/keys.h"
#include "audience/segment_rows.h"
#include "audience/segments.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kIdsMax = 10'000;

Result<std::vector<EndpointChange>> changes_of(const Joiners& joiners) {
  if (joiners.endpoints.size() + joiners.users.size() > kIdsMax) {
    return fail(ErrorKind::kInvalid, "At most 10000 ids can be appended at once; import larger lists", "EndpointIds");
  }
  std::vector<EndpointChange> changes;
  std::set<std::string> key_ids;
  for (const auto& id : joiners.endpoints) {
    TRY(check_endpoint_id(id));
    if (!key_ids.insert(to_lower(id)).second) continue;
    changes.push_back({.id = id, .fields = {}, .user_id = {}, .user_fields = {}});
  }
  for (const auto& user : std::set(joiners.users.begin(), joiners.users.end())) {
    TRY(check_user_id(user));
    changes.push_back({.id = {}, .fields = {}, .user_id = user, .user_fields = {}});
  }
  return changes;
}

std::string member_name(const EndpointChange& change) {
  return change.id.empty() ? kUserMember + change.user_id : kEndpointMember + to_lower(change.id);
}

void count_in(json::object& definition, const std::vector<std::string>& channels) {
  auto& import = definition["ImportDefinition"];
  if (!import.is_object()) import.emplace_object();
  auto& members = import.get_object();
  const auto size = json::find_integer(members, "Size").value_or(0);
  members["Size"] = size + static_cast<std::int64_t>(channels.size());
  auto& counts = members["ChannelCounts"];
  if (!counts.is_object()) counts.emplace_object();
  for (const auto& channel : channels) {
    if (channel.empty()) continue;
    const auto count = json::find_integer(counts.get_object(), channel).value_or(0);
    counts.get_object()[channel] = count + 1;
  }
}

}  // namespace

Result<Appended> Segments::append(const std::string& app, const std::string& id, const Joiners& joiners) {
  auto changes = TRY(changes_of(joiners));
  Appended appended {
    TRY(get({app, id}))
    , 0, {}
  };
  if (appended.segment.type != SegmentType::kImport) {
    return fail(ErrorKind::kInvalid, "Only an imported segment can be appended to: " + id, "SegmentId");
  }
  const auto known = TRY(drop_members(appended.segment, changes));
  std::vector<std::string> channels;  // of those who join; empty for a user
  std::erase_if(changes, [&](const EndpointChange& change) {
    if (change.id.empty()) {
      channels.emplace_back();
      return false;
    }
    const auto found = known.find(to_lower(change.id));
    if (found == known.end()) {
      appended.unknown.push_back(change.id);
    } else {
      channels.push_back(found->second);
    }
    return found == known.end();
  });
  if (changes.empty()) return appended;
  // The version is seen once it is published; a call that was cut off before may be made again.
  TRY(database_.write([&](sql::Session& session) -> Status {
    appended.segment = TRY(start_import(session, {.app = app, .id = id, .definition = appended.segment.definition}));
    return {};
  }));
  ApplyOptions options{.mode = WriteMode::kCreateMissing, .new_endpoints = NewEndpoints::kNeedAddress};
  options.membership = MembershipTarget{member_prefix(app, id), appended.segment.version};
  TRY(endpoints_.apply(app, changes, options));
  TRY(database_.write([&](sql::Session& session) -> Status {
    const auto latest = TRY(load_segment(session, {app, id}));
    appended.segment.definition = latest.definition;
    count_in(appended.segment.definition, channels);
    const auto version = std::max(latest.version, appended.segment.version);
    TRY(finish_import(session, {app, id, appended.segment.version}, appended.segment.definition));
    return finish_import(session, {app, id, version}, appended.segment.definition);
  }));
  appended.added = static_cast<std::int64_t>(channels.size());
  return appended;
}

// Takes those out of `changes` who are members, and gives the channels of the endpoints that are there by their ids.
Result<std::map<std::string, std::string>> Segments::drop_members(const Segment& segment,
                                                                  std::vector<EndpointChange>& changes) {
  const std::string prefix = member_prefix(segment.app, segment.id);
  std::vector<std::string> keys;
  for (const auto& change : changes) keys.push_back(prefix + member_name(change));
  const auto stored = TRY(store_.get_many(keys));
  std::size_t index = 0;
  std::erase_if(changes, [&](const EndpointChange&) {
    const auto& member = stored[index++];
    return member && decode_member(*member).version <= segment.version;
  });
  std::vector<std::string> ids;
  for (const auto& change : changes) {
    if (!change.id.empty()) ids.push_back(change.id);
  }
  std::map<std::string, std::string> channels;
  for (const auto& endpoint : TRY(endpoints_.get_many(segment.app, ids))) {
    if (endpoint) channels.emplace(endpoint->key_id(), endpoint->channel_type());
  }
  return channels;
}

}  // namespace rapport::audience
