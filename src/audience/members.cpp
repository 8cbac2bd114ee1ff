#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "audience/keys.h"
#include "audience/segments.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kPageMembers = 500;
// Stands between a user and one of the user's endpoints in a position; ids hold no control characters.
constexpr char kUserSeparator = '\t';

// A member to be visited: where, and which endpoint.
struct Visit {
  std::string position;
  std::string key_id;
};

struct MemberPage {
  std::vector<std::string> names;  // `e<key id>` or `u<user>`
  bool last = false;
};

bool is_member(const std::optional<std::string>& record, std::int64_t version) {
  return record && decode_member(*record).version <= version;
}

// Reads imported members page by page and turns users into endpoints.
class ImportedMembers {
 public:
  ImportedMembers(records::Store& store, Endpoints& endpoints, const SegmentRef& ref)
      : store_(store), endpoints_(endpoints), ref_(ref), prefix_(member_prefix(ref.app, ref.segment)) {}

  Status for_each(std::string_view after, const Segments::MemberVisitor& visit) {
    std::string position(after.substr(0, after.find(kUserSeparator)));
    if (position.size() < after.size()) {
      // Inside a user: what is left of the user's endpoints comes first.
      if (!TRY(visit_names({position}, after, visit))) return {};
    }
    while (true) {
      const auto page = TRY(read_page(position));
      if (!TRY(visit_names(page.names, after, visit))) return {};
      if (page.last) return {};
      position = page.names.back();
    }
  }

 private:
  Result<MemberPage> read_page(const std::string& position) {
    MemberPage page;
    std::size_t read = 0;
    TRY(store_.scan(prefix_, position.empty() ? "" : prefix_ + position,
                    [&](std::string_view key, std::string_view value) {
                      if (decode_member(value).version <= ref_.version) {
                        page.names.emplace_back(key.substr(prefix_.size()));
                        ++read;
                      }
                      return read < kPageMembers;
                    }));
    page.last = read < kPageMembers;
    return page;
  }

  // False when the visitor wants no more.
  Result<bool> visit_names(const std::vector<std::string>& names, std::string_view after,
                           const Segments::MemberVisitor& visit) {
    const auto visits = TRY(visits_of(names));
    std::vector<std::string> key_ids;
    key_ids.reserve(visits.size());
    for (const auto& member : visits) key_ids.push_back(member.key_id);
    const auto found = TRY(endpoints_.get_many(ref_.app, key_ids));
    for (std::size_t i = 0; i < visits.size(); ++i) {
      if (!found[i] || visits[i].position <= after) continue;
      if (!visit(visits[i].position, *found[i])) return false;
    }
    return true;
  }

  Result<std::vector<Visit>> visits_of(const std::vector<std::string>& names) {
    std::vector<std::string> users;
    for (const auto& name : names) {
      if (name.front() == kUserMember) users.push_back(name.substr(1));
    }
    std::vector<Visit> visits;
    visits.reserve(names.size());
    for (const auto& name : names) {
      if (name.front() == kEndpointMember) visits.push_back({name, name.substr(1)});
    }
    if (users.empty()) return visits;
    const auto ids = TRY(endpoints_.ids_of_users(ref_.app, users));
    std::vector<Visit> of_users;
    for (std::size_t i = 0; i < users.size(); ++i) {
      for (const auto& id : ids[i]) of_users.push_back({kUserMember + users[i] + kUserSeparator + id, id});
    }
    TRY(drop_direct_members(of_users));
    visits.insert(visits.end(), std::make_move_iterator(of_users.begin()), std::make_move_iterator(of_users.end()));
    return visits;
  }

  // An endpoint that is a member itself is visited as such, not again through its user.
  Status drop_direct_members(std::vector<Visit>& of_users) {
    std::vector<std::string> keys;
    keys.reserve(of_users.size());
    for (const auto& visit : of_users) keys.push_back(prefix_ + kEndpointMember + visit.key_id);
    const auto direct = TRY(store_.get_many(keys));
    std::size_t index = 0;
    std::erase_if(of_users, [&](const Visit&) { return is_member(direct[index++], ref_.version); });
    return {};
  }

  records::Store& store_;
  Endpoints& endpoints_;
  const SegmentRef& ref_;
  std::string prefix_;
};

}  // namespace

Status Segments::for_each_member(const SegmentRef& ref, std::string_view after, const MemberVisitor& visit) {
  const auto evaluator = TRY(Evaluator::create(ref, evaluator_sources(), clock_.now()));
  const SegmentRef exact{ref.app, ref.segment, evaluator.segment().version};
  if (evaluator.segment().type == SegmentType::kImport) {
    return ImportedMembers(store_, endpoints_, exact).for_each(after, visit);
  }
  Status failed;
  TRY(endpoints_.for_each(ref.app, after, [&](const Endpoint& endpoint) {
    const auto inside = evaluator.contains(endpoint);
    if (!inside) failed = std::unexpected(inside.error());
    return inside && (!*inside || visit(endpoint.key_id(), endpoint));
  }));
  return failed;
}

Result<std::int64_t> Segments::count_members(const SegmentRef& ref) {
  std::int64_t count = 0;
  TRY(for_each_member(ref, "", [&](std::string_view, const Endpoint&) {
    ++count;
    return true;
  }));
  return count;
}

Result<bool> Segments::has_member(const SegmentRef& ref, const Endpoint& endpoint) {
  return TRY(Evaluator::create(ref, evaluator_sources(), clock_.now()))
  .contains(endpoint);
}

Result<bool> Segments::is_imported_member(const SegmentRef& ref, const Endpoint& endpoint) {
  const std::string prefix = member_prefix(ref.app, ref.segment);
  std::vector<std::string> keys = {prefix + kEndpointMember + endpoint.key_id()};
  if (!endpoint.user_id().empty()) keys.push_back(prefix + kUserMember + std::string(endpoint.user_id()));
  const auto found = TRY(store_.get_many(keys));
  return std::ranges::any_of(found, [&](const auto& record) { return is_member(record, ref.version); });
}

Result<MemberSummary> Segments::summarise(const SegmentRef& ref) {
  MemberSummary summary;
  TRY(store_.scan(member_prefix(ref.app, ref.segment), "", [&](std::string_view, std::string_view value) {
    const auto member = decode_member(value);
    if (member.version > ref.version) return true;
    ++summary.size;
    if (!member.channel_type.empty()) ++summary.by_channel[std::string(member.channel_type)];
    return true;
  }));
  return summary;
}

}  // namespace rapport::audience
