#include "audience/people.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "audience/addresses.h"
#include "audience/keys.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

using Match = Person::Match;

enum Stage : std::int64_t { kExact, kUserIds, kEndpointIds, kAddresses, kEnd };

constexpr std::size_t kExaminedMax = 100'000;  // endpoints that one page looks at
// What holds addresses (addresses.h); PUSH stands for all types of push.
constexpr std::array<std::string_view, 6> kAddressKinds = {"EMAIL", "SMS", "VOICE", "PUSH", "CUSTOM", "IN_APP"};

// One page of one search.
class Search {
 public:
  Search(records::Store& store, Endpoints& endpoints, const PeopleSearch& search)
      : store_(store), endpoints_(endpoints), search_(search), text_(search.text), id_(to_lower(search.text)) {}

  Result<PeopleFound> run() {
    std::string after = search_.from.after;
    for (std::int64_t stage = std::clamp<std::int64_t>(search_.from.stage, kExact, kEnd); stage < kEnd; ++stage) {
      const auto stopped = TRY(look(static_cast<Stage>(stage), after));
      if (stopped) {
        found_.next = {stage, *stopped};
        return std::move(found_);
      }
      after.clear();
    }
    found_.complete = true;
    return std::move(found_);
  }

 private:
  // Where it stopped early; nothing when the stage is done.
  Result<std::optional<std::string>> look(Stage stage, const std::string& after) {
    switch (stage) {
      case kExact: TRY(exact()); return std::nullopt;
      case kUserIds: return users(after);
      case kEndpointIds: return by_endpoint_id(after);
      case kAddresses: return by_address(after);
      case kEnd: break;
    }
    return std::nullopt;
  }

  bool full() const { return found_.people.size() >= search_.limit; }

  Status exact() {
    if (text_.empty()) return {};
    if (const auto user = endpoints_.of_user(search_.app, text_)) add(text_, *user, Match::kUserId);
    std::vector<std::string> keys;
    for (const auto kind : kAddressKinds) {
      keys.push_back(address_key(search_.app, {kind, text_}));
      if (id_ != text_) keys.push_back(address_key(search_.app, {kind, id_}));
    }
    std::vector<std::string> ids = {id_};
    for (const auto& holder : TRY(store_.get_many(keys))) {
      if (holder) ids.push_back(*holder);
    }
    const auto endpoints = TRY(endpoints_.get_many(search_.app, ids));
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
      if (endpoints[i]) TRY(add(*endpoints[i], i == 0 ? Match::kEndpointId : Match::kAddress));
    }
    return {};
  }

  Result<std::optional<std::string>> users(const std::string& after) {
    const std::string prefix = user_prefix(search_.app);
    const std::size_t room = search_.limit - std::min(search_.limit, found_.people.size());
    if (room == 0) return after;
    std::vector<std::string> names;
    TRY(store_.scan(prefix + text_, after.empty() ? "" : prefix + after, [&](std::string_view key, std::string_view) {
      names.emplace_back(key.substr(prefix.size()));
      return names.size() < room;
    }));
    for (const auto& name : names) {
      if (name == text_) continue;  // found before
      const auto endpoints = endpoints_.of_user(search_.app, name);
      if (endpoints) {
        add(name, *endpoints, Match::kUserId);
      } else if (endpoints.error().kind != ErrorKind::kNotFound) {
        return std::unexpected(endpoints.error());
      }
    }
    if (names.size() < room) return std::nullopt;
    return names.back();
  }

  Result<std::optional<std::string>> by_endpoint_id(const std::string& after) {
    return each_endpoint(after, id_, [&](const Endpoint& endpoint) -> Status {
      if (endpoint.key_id() == id_ || of_found_user(endpoint)) return {};
      return add(endpoint, Match::kEndpointId);
    });
  }

  Result<std::optional<std::string>> by_address(const std::string& after) {
    if (text_.empty()) return std::nullopt;
    return each_endpoint(after, "", [&](const Endpoint& endpoint) -> Status {
      const bool found_before = endpoint.key_id().starts_with(id_) || of_found_user(endpoint);
      if (found_before || !matches(endpoint, Match::kAddress)) return {};
      const bool held = (endpoint.address() == text_ || endpoint.address() == id_) && endpoint.active();
      return held ? Status() : add(endpoint, Match::kAddress);
    });
  }

  // Found by the user's id, which comes first.
  bool of_found_user(const Endpoint& endpoint) const {
    return !endpoint.user_id().empty() && endpoint.user_id().starts_with(text_);
  }

  template <class Visit>
  Result<std::optional<std::string>> each_endpoint(const std::string& after, const std::string& id_prefix,
                                                   const Visit& visit) {
    std::optional<std::string> stopped;
    Status failure;
    std::size_t examined = 0;
    std::string last = after;
    // Those whose id begins with the prefix follow it; the one that is the prefix was found before.
    TRY(endpoints_.for_each(search_.app, last.empty() ? id_prefix : last, [&](const Endpoint& endpoint) {
      if (!endpoint.key_id().starts_with(id_prefix)) return false;
      if (full() || examined == kExaminedMax) {
        stopped = last;
        return false;
      }
      ++examined;
      last = endpoint.key_id();
      failure = visit(endpoint);
      return failure.has_value();
    }));
    TRY(std::move(failure));
    return stopped;
  }

  bool matches(const Endpoint& endpoint, Match match) const {
    return match == Match::kEndpointId ? endpoint.key_id().starts_with(id_)
                                       : to_lower(endpoint.address()).starts_with(id_);
  }

  // A user is shown once, with the first of the endpoints that match.
  Status add(const Endpoint& endpoint, Match match) {
    const std::string user(endpoint.user_id());
    if (user.empty()) {
      add(user, {endpoint}, match);
      return {};
    }
    const auto all = TRY(endpoints_.of_user(search_.app, user));
    const auto first = std::ranges::find_if(all, [&](const Endpoint& one) { return matches(one, match); });
    if (first != all.end() && first->key_id() == endpoint.key_id()) add(user, all, match);
    return {};
  }

  void add(const std::string& user, const std::vector<Endpoint>& endpoints, Match match) {
    const auto is_same = [&](const Person& person) {
      return user.empty() ? person.endpoints.front().key_id() == endpoints.front().key_id() : person.user == user;
    };
    if (std::ranges::none_of(found_.people, is_same)) found_.people.push_back({user, endpoints, match});
  }

  records::Store& store_;
  Endpoints& endpoints_;
  const PeopleSearch& search_;
  const std::string text_;
  const std::string id_;  // the text in small letters
  PeopleFound found_;
};

}  // namespace

Result<PeopleFound> find_people(records::Store& store, Endpoints& endpoints, const PeopleSearch& search) {
  return Search(store, endpoints, search).run();
}

}  // namespace rapport::audience
