#include "audience/examination.h"

#include <algorithm>
#include <optional>

#include "audience/addresses.h"
#include "audience/keys.h"
#include "audience/record.h"
#include "audience/working_set.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

using Stored = std::optional<std::string>;

// The fields of a record that can be read to its last byte: rising, with numbers and times of their size.
std::optional<std::string_view> readable_fields(std::string_view record) {
  if (record.empty() || record.front() != kRecordVersion) return std::nullopt;
  const auto run = record.substr(1);
  std::size_t read = 0;
  std::optional<FieldView> before;
  FieldReader reader(run);
  while (const auto view = reader.next()) {
    const bool is_rising =
        !before || before->field < view->field || (before->field == view->field && before->name < view->name);
    const bool is_scalar = view->field == Field::kCreationDate || view->field == Field::kEffectiveDate ||
                           view->field == Field::kLatitude || view->field == Field::kLongitude ||
                           view->field == Field::kMetric;
    if (!is_rising || (is_scalar && view->value.size() != 8)) return std::nullopt;
    read += view->whole.size();
    before = view;
  }
  if (read != run.size()) return std::nullopt;
  return run;
}

std::optional<std::string_view> readable_endpoint(std::string_view record, std::string_view key_id) {
  const auto fields = readable_fields(record);
  if (!fields || to_lower(find_field(*fields, Field::kId)) != key_id) return std::nullopt;
  return fields;
}

std::string_view fields_or_none(const Stored& record) {
  return record ? readable_fields(*record).value_or("") : std::string_view();
}

// Nothing is taken from what may be read again one day.
bool is_unreadable(const Stored& record) { return record && !readable_fields(*record); }

bool lists(std::string_view user_fields, std::string_view key_id) {
  const auto ids = list_of(find_field(user_fields, Field::kUserEndpoints));
  return std::ranges::binary_search(ids, key_id);
}

bool holds(const std::string& app, const Stored& endpoint, std::string_view key) {
  const auto held = held_address(fields_or_none(endpoint));
  return endpoint && held && address_key(app, *held) == key;
}

std::string with_field(std::string_view fields, Field field, std::string_view value) {
  std::string change;
  append_field(change, field, {}, value);
  return std::string(1, kRecordVersion) + merge_fields(fields, change);
}

std::string with_list(std::string_view user_fields, const std::vector<std::string>& ids) {
  std::string list;
  for (const auto& id : ids) append_text(list, id);
  return with_field(user_fields, Field::kUserEndpoints, list);
}

// The look at one record inside an update. What it misses is read for the next try.
class Examination {
 public:
  Examination(WorkingSet& set, const std::string& app, Repair repair) : set_(set), app_(app), repair_(repair) {}

  void endpoint(const std::string& key_id) {
    const std::string key = endpoint_prefix(app_) + key_id;
    const auto* stored = set_.find(key);
    if (stored == nullptr || !*stored) return;
    const auto fields = readable_endpoint(**stored, key_id);
    if (!fields) return found(Problem::kUnreadableEndpoint, key, false);
    if (const std::string user(find_field(*fields, Field::kUserId)); !user.empty()) membership(key_id, user);
    if (const auto held = held_address(*fields)) address(key_id, address_key(app_, *held));
  }

  void user(const std::string& id) {
    const std::string key = user_prefix(app_) + id;
    const auto* stored = set_.find(key);
    if (stored == nullptr || !*stored) return;
    const auto fields = readable_fields(**stored);
    if (!fields) return found(Problem::kUnreadableUser, key, false);
    std::vector<std::string> kept;
    const auto ids = list_of(find_field(*fields, Field::kUserEndpoints));
    for (const auto key_id : ids) {
      const auto* endpoint = set_.find(endpoint_prefix(app_) + std::string(key_id));
      if (endpoint == nullptr) continue;
      const bool is_theirs = find_field(fields_or_none(*endpoint), Field::kUserId) == id;
      if (is_theirs || is_unreadable(*endpoint)) kept.emplace_back(key_id);
    }
    if (!set_.missing().empty()) return;
    for (std::size_t strangers = ids.size() - kept.size(); strangers > 0; --strangers) {
      found(Problem::kUserListsOtherEndpoint, key);
    }
    if (ids.empty()) found(Problem::kUserWithoutEndpoints, key);
    if (!repairs() || (kept.size() == ids.size() && !ids.empty())) return;
    if (kept.empty()) {
      set_.erase(key);
    } else {
      set_.put(key, with_list(*fields, kept));
    }
  }

  void address(const std::string& key) {
    const auto* stored = set_.find(key);
    if (stored == nullptr || !*stored) return;
    const auto* endpoint = set_.find(endpoint_prefix(app_) + **stored);
    if (endpoint == nullptr || holds(app_, *endpoint, key) || is_unreadable(*endpoint)) return;
    found(Problem::kAddressOfNobody, address_prefix(app_) + "... of " + **stored);
    if (repairs()) set_.erase(key);
  }

  std::vector<Finding> findings;

 private:
  bool repairs() const { return repair_ == Repair::kWhatCanBeRebuilt; }
  void found(Problem problem, const std::string& place, bool can_repair = true) {
    findings.push_back({problem, place, can_repair});
  }

  void membership(const std::string& key_id, const std::string& user) {
    const std::string key = user_prefix(app_) + user;
    const auto* stored = set_.find(key);
    if (stored == nullptr) return;
    if (*stored && !readable_fields(**stored)) return;  // found when the users are looked at
    const auto fields = fields_or_none(*stored);
    if (lists(fields, key_id)) return;
    found(Problem::kUserLacksEndpoint, endpoint_prefix(app_) + key_id);
    if (!repairs()) return;
    std::vector<std::string> ids;
    for (const auto id : list_of(find_field(fields, Field::kUserEndpoints))) ids.emplace_back(id);
    ids.push_back(key_id);
    std::ranges::sort(ids);
    const auto repeated = std::ranges::unique(ids);
    ids.erase(repeated.begin(), repeated.end());
    set_.put(key, with_list(fields, ids));
  }

  void address(const std::string& key_id, const std::string& key) {
    const auto* stored = set_.find(key);
    if (stored == nullptr || *stored == key_id) return;
    std::string keeper = key_id;
    if (*stored) {
      const std::string other_id = **stored;
      const auto* other = set_.find(endpoint_prefix(app_) + other_id);
      if (other == nullptr) return;
      if (holds(app_, *other, key)) {
        found(Problem::kAddressHeldTwice, endpoint_prefix(app_) + key_id);
        keeper = updated(other_id) > updated(key_id) ? other_id : key_id;
        if (repairs()) deactivate(keeper == key_id ? other_id : key_id);
      }
    }
    if (findings.empty() || findings.back().problem != Problem::kAddressHeldTwice) {
      found(Problem::kAddressNotRecorded, endpoint_prefix(app_) + key_id);
    }
    if (repairs()) set_.put(key, keeper);
  }

  Timestamp updated(const std::string& key_id) {
    const auto* stored = set_.find(endpoint_prefix(app_) + key_id);
    return decode_time(find_field(fields_or_none(*stored), Field::kEffectiveDate));
  }

  void deactivate(const std::string& key_id) {
    const std::string key = endpoint_prefix(app_) + key_id;
    set_.put(key, with_field(fields_or_none(*set_.find(key)), Field::kEndpointStatus, "INACTIVE"));
  }

  WorkingSet& set_;
  const std::string& app_;
  const Repair repair_;
};

template <class Look>
Result<std::vector<Finding>> examine(records::Store& store, const std::string& app, Repair repair, std::string key,
                                     const Look& look) {
  std::vector<Finding> findings;
  TRY(transact(store, {.read = {std::move(key)}}, [&](WorkingSet& set) -> Status {
    Examination examination(set, app, repair);
    look(examination);
    findings = std::move(examination.findings);
    return {};
  }));
  return findings;
}

// The keys that the records of a page point to, each with the record's place in the page; read in one go.
class Pointers {
 public:
  void add(std::size_t place, std::string key) {
    places_.push_back(place);
    keys_.push_back(std::move(key));
  }
  Status read(records::Store& store) {
    if (!keys_.empty()) values_ = TRY(store.get_many(keys_));
    return {};
  }
  // Calls fits(place, key, value), and collects the places where it says no.
  template <class Fits>
  std::vector<std::size_t> misfits(const Fits& fits) const {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!fits(places_[i], keys_[i], values_[i])) places.push_back(places_[i]);
    }
    return places;
  }

 private:
  std::vector<std::size_t> places_;
  std::vector<std::string> keys_;
  records::Values values_;
};

std::vector<std::size_t> joined(std::vector<std::size_t> one, const std::vector<std::size_t>& two) {
  one.insert(one.end(), two.begin(), two.end());
  std::ranges::sort(one);
  const auto repeated = std::ranges::unique(one);
  one.erase(repeated.begin(), repeated.end());
  return one;
}

}  // namespace

Result<std::vector<std::size_t>> suspect_endpoints(records::Store& store, const std::string& app,
                                                   std::span<const RecordView> page) {
  const auto prefix_size = endpoint_prefix(app).size();
  std::vector<std::size_t> suspects;
  Pointers users;
  Pointers addresses;
  for (std::size_t i = 0; i < page.size(); ++i) {
    const auto fields = readable_endpoint(page[i].value, page[i].key.substr(prefix_size));
    if (!fields) {
      suspects.push_back(i);
      continue;
    }
    if (const auto user = find_field(*fields, Field::kUserId); !user.empty()) {
      users.add(i, user_prefix(app).append(user));
    }
    if (const auto held = held_address(*fields)) addresses.add(i, address_key(app, *held));
  }
  TRY(users.read(store));
  TRY(addresses.read(store));
  const auto key_id = [&](std::size_t place) { return page[place].key.substr(prefix_size); };
  suspects = joined(std::move(suspects), users.misfits([&](std::size_t place, std::string_view, const Stored& user) {
    return lists(fields_or_none(user), key_id(place));
  }));
  return joined(std::move(suspects), addresses.misfits([&](std::size_t place, std::string_view, const Stored& holder) {
    return holder && *holder == key_id(place);
  }));
}

Result<std::vector<std::size_t>> suspect_users(records::Store& store, const std::string& app,
                                               std::span<const RecordView> page) {
  const auto prefix_size = user_prefix(app).size();
  std::vector<std::size_t> suspects;
  Pointers endpoints;
  for (std::size_t i = 0; i < page.size(); ++i) {
    const auto ids = list_of(find_field(readable_fields(page[i].value).value_or(""), Field::kUserEndpoints));
    if (ids.empty()) suspects.push_back(i);
    for (const auto id : ids) endpoints.add(i, endpoint_prefix(app).append(id));
  }
  TRY(endpoints.read(store));
  return joined(std::move(suspects),
                endpoints.misfits([&](std::size_t place, std::string_view, const Stored& endpoint) {
                  return find_field(fields_or_none(endpoint), Field::kUserId) == page[place].key.substr(prefix_size);
                }));
}

Result<std::vector<std::size_t>> suspect_addresses(records::Store& store, const std::string& app,
                                                   std::span<const RecordView> page) {
  Pointers endpoints;
  for (std::size_t i = 0; i < page.size(); ++i) endpoints.add(i, endpoint_prefix(app).append(page[i].value));
  TRY(endpoints.read(store));
  return endpoints.misfits([&](std::size_t place, std::string_view, const Stored& endpoint) {
    return holds(app, endpoint, page[place].key);
  });
}

Result<std::vector<Finding>> examine_endpoint(records::Store& store, const std::string& app, const std::string& key_id,
                                              Repair repair) {
  return examine(store, app, repair, endpoint_prefix(app) + key_id,
                 [&](Examination& examination) { examination.endpoint(key_id); });
}

Result<std::vector<Finding>> examine_user(records::Store& store, const std::string& app, const std::string& user,
                                          Repair repair) {
  return examine(store, app, repair, user_prefix(app) + user,
                 [&](Examination& examination) { examination.user(user); });
}

Result<std::vector<Finding>> examine_address(records::Store& store, const std::string& app, const std::string& key,
                                             Repair repair) {
  return examine(store, app, repair, key, [&](Examination& examination) { examination.address(key); });
}

}  // namespace rapport::audience
