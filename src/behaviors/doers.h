#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "audience/event_criterion.h"
#include "base/clock.h"
#include "behaviors/tally.h"
#include "events/event.h"

namespace rapport::behaviors {

// Everybody who did something that one criterion counts, and those of whom it holds. Not thread-safe.
class CriterionDoers {
 public:
  explicit CriterionDoers(audience::EventCriterion criterion) : criterion_(std::move(criterion)) {}

  void add(const events::Event& event, Timestamp now);
  audience::Doers who(Timestamp now);

 private:
  // Of endpoints or of users: the list as handed out, and who came and went since.
  struct Actor {
    Tally tally;
    Timestamp due = kNeverAgain;  // when it is judged again, at the latest
  };
  struct Side {
    std::unordered_map<std::string, Actor> actors;
    std::unordered_set<std::string> holding;
    std::set<std::string> left;
    std::set<std::string> joined;
    audience::Doers::Part lists;
    std::uint64_t changes = 1;  // so far; the lists are of `handed_out` of them
    std::uint64_t handed_out = 0;
  };
  enum SideNumber : std::uint8_t { kEndpoints, kUsers };
  struct Due {
    Timestamp at;
    SideNumber side;
    std::string name;
    bool operator>(const Due& other) const { return at > other.at; }
  };

  void judge(SideNumber number, const std::string& name, Actor& actor, Timestamp now);
  void let_time_pass(Timestamp now);
  const audience::Doers::Part& lists_of(SideNumber number);
  audience::Doers::List list_of(SideNumber number, const std::vector<std::string>& actors);

  audience::EventCriterion criterion_;
  Side sides_[2];
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace rapport::behaviors
