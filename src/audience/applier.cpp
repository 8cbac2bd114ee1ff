#include "audience/applier.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "audience/addresses.h"
#include "audience/keys.h"
#include "base/digest.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

// Of an endpoint's or a user's record, which every read of the endpoint carries along.
constexpr std::size_t kRecordBytesMax = 256 << 10;
// A web SDK recognises this text, in which an older limit stayed.
constexpr std::string_view kTooManyEndpoints = "Exceeded maximum endpoint per user count 10";
constexpr std::array<std::string_view, 6> kEvictable = {"ADM",  "GCM", "APNS", "APNS_VOIP", "APNS_VOIP_SANDBOX",
                                                        "BAIDU"};

constexpr std::array<Field, 9> kWrittenWhole = {Field::kId,           Field::kAddress,        Field::kChannelType,
                                                Field::kCreationDate, Field::kEndpointStatus, Field::kUserId,
                                                Field::kLatitude,     Field::kLongitude,      Field::kUserAttribute};
// One change of so many is written whole: the record's size is checked then, and reads need not put many patches
// together.
constexpr std::uint64_t kPatchesPerWhole = 32;

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

// Attributes cleared by the change stay in the run, with their empty value, so that they clear the user's.
std::string merge_attributes(std::string_view kept, std::string_view changed) {
  if (kept.empty()) return std::string(changed);
  if (changed.empty()) return std::string(kept);
  FieldList list;
  for (const auto run : {kept, changed}) {
    FieldReader reader(run);
    while (const auto view = reader.next()) list.add(view->field, view->name, view->value);
  }
  return list.sorted();
}

std::vector<std::string> endpoints_of(std::string_view user_fields) {
  std::vector<std::string> endpoints;
  for (const auto id : list_of(find_field(user_fields, Field::kUserEndpoints))) endpoints.emplace_back(id);
  return endpoints;
}

std::string list_field(const std::vector<std::string>& endpoints) {
  std::string list;
  for (const auto& id : endpoints) append_text(list, id);
  return single_field(Field::kUserEndpoints, list);
}

ChangeOutcome check_size(std::string_view fields, const std::string& id) {
  if (fields.size() <= kRecordBytesMax) return {};
  return Error{ErrorKind::kInvalid, "Too many attributes, more than 256 KiB; remove some of " + id, ""};
}

}  // namespace

bool may_be_patch(const EndpointChange& change, const ApplyOptions& options) {
  if (!options.active || options.mode != WriteMode::kUpsert || options.membership) return false;
  if (change.id.empty() || !change.user_id.empty() || !change.user_fields.empty()) return false;
  FieldReader reader(change.fields);
  while (const auto view = reader.next()) {
    if (std::ranges::find(kWrittenWhole, view->field) != kWrittenWhole.end()) return false;
  }
  return true;
}

std::optional<HeldAddress> address_given(const EndpointChange& change) {
  const auto channel = find_field(change.fields, Field::kChannelType);
  if (channel.empty()) return std::nullopt;
  return make_address(channel, find_field(change.fields, Field::kAddress));
}

Applier::Applier(WorkingSet& set, const std::string& app, Timestamp now, const ApplyOptions& options)
    : set_(set), app_(app), endpoints_(endpoint_prefix(app)), users_(user_prefix(app)), options_(options), now_(now) {
  if (options.active) active_ = options.active();
  const std::string time = encode_time(now);
  append_field(at_creation_, Field::kCreationDate, {}, time);
  append_field(effective_now_, Field::kEffectiveDate, {}, time);
  at_update_ = effective_now_;
  append_field(at_update_, Field::kEndpointStatus, {}, "ACTIVE");
  at_creation_ += at_update_;
  append_field(at_creation_, Field::kOptOut, {}, "NONE");
  if (const auto* removed = set.peek(removed_names_key(app)); removed && *removed) removed_ = RemovedNames(**removed);
}

ChangeOutcome Applier::apply(const EndpointChange& change) {
  if (removed_.size() == 0) return apply_captured(change);
  EndpointChange captured = change;
  captured.fields = removed_.without(change.fields);
  captured.user_fields = removed_.without(change.user_fields);
  return apply_captured(captured);
}

ChangeOutcome Applier::apply_captured(const EndpointChange& change) {
  if (change.id.empty()) {
    if (change.user_id.empty()) return Error{ErrorKind::kInvalid, "Missing Id or User.UserId", "Id"};
    join(kUserMember, change.user_id, {});
    return {};
  }
  const std::string key_id = to_lower(change.id);
  const std::string key = endpoints_ + key_id;
  if (may_be_patch(change, options_) && set_.peek(key) == nullptr && patches(change)) {
    set_.patch(key, unite_changes(effective_now_, change.fields));
    return {};
  }
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

void Applier::erase(const std::string& key_id) {
  const std::string key = endpoints_ + key_id;
  const auto* stored = set_.find(key);
  if (stored == nullptr || !*stored) return;
  const std::string fields(fields_of(**stored));
  const std::string user(find_field(fields, Field::kUserId));
  if (!user.empty()) leave_user(user, key_id);
  move_address(fields, {}, key_id);
  set_.erase(key);
}

std::optional<std::string> Applier::address_to_read(const EndpointChange& change) {
  const auto given = address_given(change);
  if (!given) return std::nullopt;
  const auto* stored = set_.find(endpoints_ + to_lower(change.id));
  if (stored == nullptr || (*stored && !writes_over(change))) return std::nullopt;
  const bool holds = *stored && held_address(fields_of(**stored)) == given;
  const bool shall_hold = find_field(change.fields, Field::kEndpointStatus) != "INACTIVE";
  if (holds == shall_hold) return std::nullopt;
  return address_key(app_, *given);
}

bool Applier::patches(const EndpointChange& change) const {
  const std::string key_id = to_lower(change.id);
  const bool is_whole = stable_hash(key_id, static_cast<std::uint64_t>(now_.micros)) % kPatchesPerWhole == 0;
  return !is_whole && active_->has(key_id);
}

// A change that only names an endpoint for a segment does not touch it.
bool Applier::writes_over(const EndpointChange& change) const {
  const bool only_names = options_.membership && change.fields.empty() && change.user_fields.empty();
  return options_.mode == WriteMode::kUpsert && !only_names;
}

ChangeOutcome Applier::check_new(const EndpointChange& change) const {
  if (options_.new_endpoints == NewEndpoints::kAnyFields) return {};
  for (const auto& [field, name] : {std::pair(Field::kAddress, "Address"), {Field::kChannelType, "ChannelType"}}) {
    if (find_field(change.fields, field).empty()) {
      return Error{ErrorKind::kInvalid, std::string("Missing ") + name + " of the new endpoint " + change.id, name};
    }
  }
  return {};
}

ChangeOutcome Applier::write(const EndpointChange& change, const std::string& key_id,
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
      const auto attributes = merge_attributes(kept, change.user_fields);
      if (auto refused = update_user(user, key_id, channel, attributes)) return refused;
    }
  }
  if (!old_user.empty() && user != old_user) leave_user(old_user, key_id);
  move_address(fields_or_none(stored), fields, key_id);
  set_.put(endpoints_ + key_id, record_of(fields));
  return {};
}

std::string Applier::merged_fields(const EndpointChange& change, const std::optional<std::string>& stored) const {
  if (stored) return merge_fields(merge_fields(fields_of(*stored), at_update_), change.fields);
  return merge_fields(single_field(Field::kId, change.id) + at_creation_, change.fields);
}

ChangeOutcome Applier::update_user(const std::string& user, const std::string& key_id, std::string_view channel,
                                   std::string_view attributes) {
  const auto* stored = set_.find(users_ + user);
  if (stored == nullptr) return {};
  const std::string_view fields = fields_or_none(*stored);
  if (auto refused = check_size(merge_fields(fields, attributes), user)) return refused;
  std::vector<std::string> endpoints = endpoints_of(fields);
  const auto place = std::ranges::lower_bound(endpoints, key_id);
  if (place == endpoints.end() || *place != key_id) {
    endpoints.insert(place, key_id);
    const auto endpoints_max = options_.endpoints_per_user_max;
    if (endpoints_max > 0 && endpoints.size() > endpoints_max && !evict(endpoints, key_id, channel)) {
      return Error{ErrorKind::kInvalid, std::string(kTooManyEndpoints), ""};
    }
  }
  set_.put(users_ + user, record_of(merge_fields(fields, list_field(endpoints) + std::string(attributes))));
  return {};
}

// Takes the user's push endpoint that was updated longest ago from the user. False when there is none to take.
bool Applier::evict(std::vector<std::string>& endpoints, const std::string& newcomer, std::string_view channel) {
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
  deactivate(oldest, single_field(Field::kUserId, {}));
  std::erase(endpoints, oldest);
  return true;
}

void Applier::leave_user(const std::string& user, const std::string& key_id) {
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

void Applier::move_address(std::string_view old_fields, std::string_view new_fields, const std::string& key_id) {
  const auto before = held_address(old_fields);
  const auto after = held_address(new_fields);
  if (before == after) return;
  if (before) free_address(address_key(app_, *before), key_id);
  if (after) take_address(*after, key_id);
}

void Applier::take_address(const HeldAddress& address, const std::string& key_id) {
  const auto key = address_key(app_, address);
  const auto* stored = set_.find(key);
  if (stored == nullptr) return;
  if (const auto holder = stored->value_or(key_id); holder != key_id) {
    const auto* other = set_.find(endpoints_ + holder);
    if (other == nullptr) return;
    if (*other && held_address(fields_of(**other)) == address) {
      const std::string inactive = single_field(Field::kEndpointStatus, "INACTIVE");
      set_.put(endpoints_ + holder, record_of(merge_fields(fields_of(**other), inactive)));
    }
  }
  set_.put(key, key_id);
}

void Applier::free_address(const std::string& key, const std::string& key_id) {
  const auto* stored = set_.find(key);
  if (stored != nullptr && *stored == key_id) set_.erase(key);
}

void Applier::deactivate(const std::string& key_id, std::string_view change) {
  const std::string fields(fields_or_none(*set_.find(endpoints_ + key_id)));
  const auto next = merge_fields(fields, single_field(Field::kEndpointStatus, "INACTIVE") + std::string(change));
  move_address(fields, next, key_id);
  set_.put(endpoints_ + key_id, record_of(next));
}

void Applier::join(char kind, std::string_view id, std::string_view channel) {
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

}  // namespace rapport::audience
