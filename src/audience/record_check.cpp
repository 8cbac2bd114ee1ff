#include "audience/record_check.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "audience/apply.h"
#include "audience/examination.h"
#include "audience/keys.h"
#include "audience/record.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kPageRecords = 1000;
constexpr std::size_t kExamplesMax = 5;

// An application whose deletion is under way still has records: the server finishes that when it starts.
constexpr std::string_view kFindApplication =
    "SELECT id FROM applications WHERE id = $1 UNION ALL "
    "SELECT application FROM application_erasures WHERE application = $1";
constexpr std::string_view kFindSegment = "SELECT id FROM segments WHERE app = $1 AND id = $2";
constexpr std::string_view kStraySegments =
    "SELECT segments.app, segments.id FROM segments LEFT JOIN applications ON applications.id = segments.app "
    "WHERE applications.id IS NULL";
constexpr std::string_view kDropSegment = "DELETE FROM segments WHERE app = $1 AND id = $2";
constexpr std::string_view kDropVersions = "DELETE FROM segment_versions WHERE app = $1 AND segment = $2";

struct Record {
  std::string key;
  std::string value;
};

// The part of a key up to the n-th slash, with it; empty when there are not so many.
std::string_view head_of(std::string_view key, int slashes) {
  std::size_t end = 0;
  for (; slashes > 0; --slashes) {
    end = key.find('/', end);
    if (end == key.npos) return {};
    ++end;
  }
  return key.substr(0, end);
}

std::string_view app_in(std::string_view head) { return head.substr(2, head.size() - 3); }

class Checker {
 public:
  Checker(sql::Database& database, records::Store& store, Repair repair)
      : database_(database), store_(store), repair_(repair) {}

  Result<RecordCheck> run() {
    TRY(check_kind("e/", [&](std::span<const Record> page) { return check_endpoints(page); }));
    TRY(check_kind("u/", [&](std::span<const Record> page) { return check_users(page); }));
    TRY(check_kind("a/", [&](std::span<const Record> page) { return check_addresses(page); }));
    TRY(check_kind("m/", [&](std::span<const Record> page) { return check_members(page); }));
    TRY(check_segment_rows());
    return std::move(report_);
  }

 private:
  using PageCheck = std::function<Status(std::span<const Record> page)>;

  // Pages of records of one application each.
  Status check_kind(const std::string& kind, const PageCheck& check) {
    std::string after;
    while (true) {
      std::vector<Record> page;
      TRY(store_.scan({.prefix = kind, .after = after}, [&](std::string_view key, std::string_view value) {
        const bool is_next = !page.empty() && head_of(page.front().key, 2) != head_of(key, 2);
        if (!is_next) page.push_back({std::string(key), std::string(value)});
        return !is_next && page.size() < kPageRecords;
      }));
      if (page.empty()) return {};
      after = page.back().key;
      const std::string head(head_of(after, 2));
      if (head.empty()) {
        report_.add(Problem::kRecordsOfNoApplication, after, false);
      } else if (TRY(exists(kFindApplication, {std::string(app_in(head))}))) {
        TRY(check(page));
      } else {
        report_.add(Problem::kRecordsOfNoApplication, head, repairs());
        if (repairs()) TRY(store_.erase_prefix(head));
        after = end_of_head(head);
      }
    }
  }

  // A key above all those that begin with it and hold printable text.
  static std::string end_of_head(const std::string& head) { return head + std::string(8, '\xff'); }

  Result<bool> exists(std::string_view statement, std::vector<sql::Value> parameters) {
    bool found = false;
    TRY(database_.read([&](sql::Session& session) -> Status {
      found = !TRY(session.execute(statement, std::span<const sql::Value>(parameters)))
      .rows.empty();
      return {};
    }));
    return found;
  }

  Status check_endpoints(std::span<const Record> page) {
    report_.endpoints += page.size();
    const std::string head(head_of(page.front().key, 2));
    const std::string app(app_in(head));
    for (const auto& index : TRY(suspect_endpoints(store_, app, views_of(page)))) {
      TRY(note(examine_endpoint(store_, app, page[index].key.substr(head.size()), repair_)));
    }
    return {};
  }

  Status check_users(std::span<const Record> page) {
    report_.users += page.size();
    const std::string head(head_of(page.front().key, 2));
    const std::string app(app_in(head));
    for (const auto& index : TRY(suspect_users(store_, app, views_of(page)))) {
      TRY(note(examine_user(store_, app, page[index].key.substr(head.size()), repair_)));
    }
    return {};
  }

  Status check_addresses(std::span<const Record> page) {
    report_.addresses += page.size();
    const std::string app(app_in(head_of(page.front().key, 2)));
    for (const auto& index : TRY(suspect_addresses(store_, app, views_of(page)))) {
      TRY(note(examine_address(store_, app, page[index].key, repair_)));
    }
    return {};
  }

  Status check_members(std::span<const Record> page) {
    for (const auto& [key, value] : page) {
      const auto head = head_of(key, 3);
      if (head != segment_head_) {
        segment_head_ = head;
        const auto app = app_in(head_of(key, 2));
        const auto segment = head.substr(std::min(head.size(), app.size() + 3));
        is_stray_ = head.empty() ||
                    !TRY(exists(kFindSegment, {std::string(app), std::string(segment.substr(0, segment.size() - 1))}));
        if (is_stray_) report_.add(Problem::kMembersOfNoSegment, head, repairs());
        if (is_stray_ && repairs()) TRY(store_.erase_prefix(head));
      }
      if (is_stray_) continue;
      ++report_.members;
      const auto kind = key.size() > head.size() + 1 ? key[head.size()] : '\0';
      const bool is_readable = value.size() >= 8 && decode_member(value).version >= 1;
      if (!is_readable || (kind != kEndpointMember && kind != kUserMember)) {
        report_.add(Problem::kUnreadableMember, key, false);
      }
    }
    return {};
  }

  Status check_segment_rows() {
    std::vector<std::pair<std::string, std::string>> stray;
    TRY(database_.read([&](sql::Session& session) -> Status {
      stray.clear();
      for (const auto& row : TRY(session.execute(kStraySegments)).rows) stray.emplace_back(row.text(0), row.text(1));
      return {};
    }));
    for (const auto& [app, segment] : stray) {
      report_.add(Problem::kSegmentOfNoApplication, app + "/" + segment, repairs());
      if (!repairs()) continue;
      TRY(database_.write([&](sql::Session& session) -> Status {
        TRY(session.execute(kDropVersions, {app, segment}));
        TRY(session.execute(kDropSegment, {app, segment}));
        return {};
      }));
    }
    return {};
  }

  static std::vector<RecordView> views_of(std::span<const Record> page) {
    std::vector<RecordView> views;
    views.reserve(page.size());
    for (const auto& [key, value] : page) views.push_back({key, value});
    return views;
  }

  Status note(Result<std::vector<Finding>> findings) {
    const auto found = TRY(std::move(findings));
    for (const auto& finding : found) report_.add(finding.problem, finding.place, repairs() && finding.can_repair);
    return {};
  }

  bool repairs() const { return repair_ == Repair::kWhatCanBeRebuilt; }

  sql::Database& database_;
  records::Store& store_;
  const Repair repair_;
  RecordCheck report_;
  std::string segment_head_;  // of the member looked at last
  bool is_stray_ = false;
};

}  // namespace

std::string_view describe(Problem problem) {
  switch (problem) {
    case Problem::kUnreadableEndpoint: return "endpoints that cannot be read";
    case Problem::kUnreadableUser: return "users that cannot be read";
    case Problem::kUnreadableMember: return "segment members that cannot be read";
    case Problem::kUserLacksEndpoint: return "endpoints missing in their user's list";
    case Problem::kUserListsOtherEndpoint: return "endpoints in the list of a user that is not theirs";
    case Problem::kUserWithoutEndpoints: return "users without endpoints";
    case Problem::kAddressNotRecorded: return "active endpoints missing in the index of addresses";
    case Problem::kAddressHeldTwice: return "active endpoints whose address another active endpoint has";
    case Problem::kAddressOfNobody: return "entries of the index of addresses without their endpoint";
    case Problem::kMembersOfNoSegment: return "segments that are gone but have members";
    case Problem::kRecordsOfNoApplication: return "applications that are gone but have records";
    case Problem::kSegmentOfNoApplication: return "segments of applications that are gone";
  }
  return "";
}

void RecordCheck::add(Problem problem, std::string_view place, bool is_repaired) {
  auto& found = problems[problem];
  ++found.count;
  if (found.examples.size() < kExamplesMax) found.examples.emplace_back(place);
  if (!is_repaired) ++left;
}

Result<RecordCheck> check_records(sql::Database& database, records::Store& store, Repair repair) {
  return Checker(database, store, repair).run();
}

}  // namespace rapport::audience
