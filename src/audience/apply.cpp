#include "audience/apply.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "audience/keys.h"
#include "audience/working_set.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kEndpointsOfUserMax = 15;
// Of an endpoint's or a user's record, which every read of the endpoint carries along.
constexpr std::size_t kRecordBytesMax = 256 << 10;
// A web SDK recognises this text, in which the older limit stayed.
constexpr std::string_view kTooManyEndpoints = "Exceeded maximum endpoint per user count 10";
constexpr std::array<std::string_view, 6> kEvictable = {"ADM",  "GCM", "APNS", "APNS_VOIP", "APNS_VOIP_SANDBOX",
                                                        "BAIDU"};

bool is_evictable(std::string_view channel) { return std::ranges::find(kEvictable, channel) != kEvictable.end(); }

std::string record_of(std::string_view fields) {
  std::string record;
  record.reserve(fields.size() + 1);
  record.push_back(kRecordVersion);
  record.append(fields);
  return record;
}

std::string_view fields_or_none(const std::optional<std::string>& record) {
  return record ? fields_of(*record) : std::string_view();
}

std::string single_field(Field field, std::string_view value) {
  std::string run;
  append_field(run, field, {}, value);
  return run;
}

// Cuts the user's attributes, which sort last, off the fields of an endpoint that had no user.
std::string take_user_attributes(std::string& fields) {
  FieldReader reader(fields);
  while (const auto view = reader.next()) {
    if (view->field != Field::kUserAttribute) continue;
    const auto begin = static_cast<std::size_t>(view->whole.data() - fields.data());
    std::string attributes = fields.substr(begin);
    fields.resize(begin);
    return attributes;
  }
  return {};
}

// Applies changes to the records of one working set.
class Applier {
 public:
  Applier(WorkingSet& set, const std::string& app, Timestamp now, const ApplyOptions& options)
      : set_(set), endpoints_(endpoint_prefix(app)), users_(user_prefix(app)), options_(options) {
    const std::string time = encode_time(now);
    append_field(at_creation_, Field::kCreationDate, {}, time);
    append_field(at_update_, Field::kEffectiveDate, {}, time);
    append_field(at_update_, Field::kEndpointStatus, {}, "ACTIVE");
    at_creation_ += at_update_;
    append_field(at_creation_, Field::kOptOut, {}, "NONE");
  }

  ChangeOutcome apply(const EndpointChange& change) {
    if (change.id.empty()) {
      if (change.user_id.empty()) return Error{ErrorKind::kInvalid, "Missing Id or User.UserId", "Id"};
      join(kUserMember, change.user_id, {});
      return {};
    }
    const std::string key_id = to_lower(change.id);
    const std::string key = endpoints_ + key_id;
    const auto* stored = set_.find(key);
    if (stored == nullptr) return {};
    if (!*stored) {
      if (auto refused = check_new(change)) return refused;
    }
    if (!*stored || writes_over(change)) {
      if (auto refused = write(change, key_id, *stored)) return refused;
    }
    join(kEndpointMember, key_id, find_field(fields_or_none(*stored), Field::kChannelType));
    return {};
  }

  void erase(const std::string& key_id) {
    const std::string key = endpoints_ + key_id;
    const auto* stored = set_.find(key);
    if (stored == nullptr || !*stored) return;
    const std::string user(find_field(fields_of(**stored), Field::kUserId));
    if (!user.empty()) leave_user(user, key_id);
    set_.erase(key);
  }

 private:
  static ChangeOutcome check_size(std::string_view fields, const std::string& id) {
    if (fields.size() <= kRecordBytesMax) return {};
    return Error{ErrorKind::kInvalid, "Too many attributes, more than 256 KiB; remove some of " + id, ""};
  }

  // A change that only names an endpoint for a segment does not touch it.
  bool writes_over(const EndpointChange& change) const {
    const bool only_names = options_.membership && change.fields.empty() && change.user_fields.empty();
    return options_.mode == WriteMode::kUpsert && !only_names;
  }

  ChangeOutcome check_new(const EndpointChange& change) const {
    if (options_.new_endpoints == NewEndpoints::kAnyFields) return {};
    for (const auto& [field, name] : {std::pair(Field::kAddress, "Address"), {Field::kChannelType, "ChannelType"}}) {
      if (find_field(change.fields, field).empty()) {
        return Error{ErrorKind::kInvalid, std::string("Missing ") + name + " of the new endpoint " + change.id, name};
      }
    }
    return {};
  }

  ChangeOutcome write(const EndpointChange& change, const std::string& key_id,
                      const std::optional<std::string>& stored) {
    std::string fields = merged_fields(change, stored);
    const std::string old_user(find_field(fields_or_none(stored), Field::kUserId));
    const std::string user(find_field(fields, Field::kUserId));
    if (user.empty()) {
      fields = merge_fields(fields, change.user_fields);
      if (auto refused = check_size(fields, change.id)) return refused;
    } else {
      const std::string kept = take_user_attributes(fields);
      if (auto refused = check_size(fields, change.id)) return refused;
      if (user != old_user || !change.user_fields.empty()) {
        const auto channel = find_field(fields, Field::kChannelType);
        if (auto refused = update_user(user, key_id, channel, kept, change.user_fields)) return refused;
      }
    }
    if (!old_user.empty() && user != old_user) leave_user(old_user, key_id);
    set_.put(endpoints_ + key_id, record_of(fields));
    return {};
  }

  std::string merged_fields(const EndpointChange& change, const std::optional<std::string>& stored) const {
    if (stored) return merge_fields(merge_fields(fields_of(*stored), at_update_), change.fields);
    return merge_fields(single_field(Field::kId, change.id) + at_creation_, change.fields);
  }

  // Makes sure that the user has the endpoint, and gives the user the attributes.
  ChangeOutcome update_user(const std::string& user, const std::string& key_id, std::string_view channel,
                            std::string_view kept_attributes, std::string_view changed_attributes) {
    const auto* stored = set_.find(users_ + user);
    if (stored == nullptr) return {};
    const std::string_view fields = fields_or_none(*stored);
    const std::string attributes = merge_attributes(kept_attributes, changed_attributes);
    if (auto refused = check_size(merge_fields(fields, attributes), user)) return refused;
    std::vector<std::string> endpoints = endpoints_of(fields);
    const auto place = std::ranges::lower_bound(endpoints, key_id);
    if (place == endpoints.end() || *place != key_id) {
      endpoints.insert(place, key_id);
      if (endpoints.size() > kEndpointsOfUserMax && !evict(endpoints, key_id, channel)) {
        return Error{ErrorKind::kInvalid, std::string(kTooManyEndpoints), ""};
      }
    }
    set_.put(users_ + user, record_of(merge_fields(fields, list_field(endpoints) + attributes)));
    return {};
  }

  // Attributes cleared by the change stay in the run, with their empty value, so that they clear the user's.
  static std::string merge_attributes(std::string_view kept, std::string_view changed) {
    if (kept.empty()) return std::string(changed);
    if (changed.empty()) return std::string(kept);
    FieldList list;
    for (const auto run : {kept, changed}) {
      FieldReader reader(run);
      while (const auto view = reader.next()) list.add(view->field, view->name, view->value);
    }
    return list.sorted();
  }

  static std::vector<std::string> endpoints_of(std::string_view user_fields) {
    std::vector<std::string> endpoints;
    for (const auto id : list_of(find_field(user_fields, Field::kUserEndpoints))) endpoints.emplace_back(id);
    return endpoints;
  }

  static std::string list_field(const std::vector<std::string>& endpoints) {
    std::string list;
    for (const auto& id : endpoints) append_text(list, id);
    return single_field(Field::kUserEndpoints, list);
  }

  // Takes the user's push endpoint that was updated longest ago from the user. False when there is none to take.
  bool evict(std::vector<std::string>& endpoints, const std::string& newcomer, std::string_view channel) {
    if (!is_evictable(channel)) return false;
    std::string oldest;
    Timestamp oldest_time;
    for (const auto& id : endpoints) {
      if (id == newcomer) continue;
      const auto* stored = set_.find(endpoints_ + id);
      if (stored == nullptr) continue;
      const auto fields = fields_or_none(*stored);
      if (!is_evictable(find_field(fields, Field::kChannelType))) continue;
      const auto time = decode_time(find_field(fields, Field::kEffectiveDate));
      if (oldest.empty() || time < oldest_time) {
        oldest = id;
        oldest_time = time;
      }
    }
    if (oldest.empty()) return !set_.missing().empty();
    std::string change = single_field(Field::kEndpointStatus, "INACTIVE") + single_field(Field::kUserId, {});
    set_.put(endpoints_ + oldest, record_of(merge_fields(fields_or_none(*set_.find(endpoints_ + oldest)), change)));
    std::erase(endpoints, oldest);
    return true;
  }

  void leave_user(const std::string& user, const std::string& key_id) {
    const auto* stored = set_.find(users_ + user);
    if (stored == nullptr || !*stored) return;
    const std::string_view fields = fields_of(**stored);
    auto endpoints = endpoints_of(fields);
    std::erase(endpoints, key_id);
    if (endpoints.empty()) {
      set_.erase(users_ + user);
    } else {
      set_.put(users_ + user, record_of(merge_fields(fields, list_field(endpoints))));
    }
  }

  void join(char kind, std::string_view id, std::string_view channel) {
    if (!options_.membership) return;
    std::string key = options_.membership->prefix;
    key.push_back(kind);
    key.append(id);
    const Member member{options_.membership->version, channel};
    if (member.version == 1) {
      set_.put_unread(std::move(key), encode_member(member));
    } else if (const auto* stored = set_.find(key); stored != nullptr && !*stored) {
      set_.put(key, encode_member(member));
    }
  }

  WorkingSet& set_;
  std::string endpoints_;
  std::string users_;
  const ApplyOptions& options_;
  std::string at_creation_;  // what a new endpoint starts from, after its id
  std::string at_update_;    // what every write sets unless it says otherwise
};

WorkingKeys keys_of(const std::string& app, std::span<const EndpointChange> changes, const ApplyOptions& options) {
  const std::string endpoints = endpoint_prefix(app);
  const std::string users = user_prefix(app);
  WorkingKeys keys;
  keys.read.reserve(changes.size() * 3);
  for (const auto& change : changes) {
    const bool is_user = change.id.empty();
    const std::string key_id = to_lower(change.id);
    if (!is_user) {
      keys.read.push_back(endpoints + key_id);
      if (!change.user_id.empty()) keys.read.push_back(users + change.user_id);
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
  TRY(transact(store, keys_of(app, changes, options), [&](WorkingSet& set) -> Status {
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
