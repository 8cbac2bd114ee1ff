#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "records/store.h"
#include "sql/database.h"

namespace rapport::audience {

enum class Problem {
  kUnreadableEndpoint,      // cannot be repaired
  kUnreadableUser,          // cannot be repaired
  kUnreadableMember,        // cannot be repaired
  kUserLacksEndpoint,       // an endpoint names a user whose list does not have it
  kUserListsOtherEndpoint,  // a user's list has an endpoint that is gone or names another user
  kUserWithoutEndpoints,    // a user's record with an empty list
  kAddressNotRecorded,      // an active endpoint that its address' record does not name
  kAddressHeldTwice,        // two active endpoints with one address; the one updated last keeps it
  kAddressOfNobody,         // an address' record that names an endpoint which does not hold it
  kMembersOfNoSegment,
  kRecordsOfNoApplication,
  kSegmentOfNoApplication,  // rows of the database
};
std::string_view describe(Problem problem);

// What was looked at and found. `examples`: the first few places.
struct RecordCheck {
  struct Found {
    std::uint64_t count = 0;
    std::vector<std::string> examples;
  };
  std::uint64_t endpoints = 0;
  std::uint64_t users = 0;
  std::uint64_t addresses = 0;
  std::uint64_t members = 0;
  std::map<Problem, Found> problems;
  std::uint64_t left = 0;  // problems that are still there

  void add(Problem problem, std::string_view place, bool is_repaired);
};

enum class Repair { kNothing, kWhatCanBeRebuilt };

// Reads every record of every application once and holds them against each other and the database. A problem is looked
// at again, alone, before it counts, so others may write meanwhile (over PostgreSQL). Keeps little in memory.
Result<RecordCheck> check_records(sql::Database& database, records::Store& store, Repair repair);

}  // namespace rapport::audience
