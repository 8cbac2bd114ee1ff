#include "behaviors/doers.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/text.h"
#include "behaviors/filter.h"

namespace rapport::behaviors {
namespace {

constexpr std::size_t kFewChanges = 1'000;  // with more, and a tenth of the base, the base is made anew

// No two lists have the same name.
std::string new_name() {
  static std::atomic<std::uint64_t> last{0};
  return fmt::format("did:{}", ++last);
}

}  // namespace

void CriterionDoers::add(const events::Event& event, Timestamp now) {
  const SideNumber number = event.user.empty() ? kEndpoints : kUsers;
  const std::string name = event.user.empty() ? to_lower(event.endpoint) : event.user;
  Actor* actor = nullptr;
  const auto count = [&](const audience::EventFilter& filter, std::uint32_t step) {
    if (!passes(event, filter)) return;
    if (actor == nullptr) actor = &sides_[number].actors[name];
    actor->tally.add(criterion_, event, step);
  };
  count(criterion_.filter, 0);
  for (std::uint32_t step = 0; step < criterion_.then.size(); ++step) count(criterion_.then[step].filter, step + 1);
  if (actor != nullptr) judge(number, name, *actor, now);
}

void CriterionDoers::judge(SideNumber number, const std::string& name, Actor& actor, Timestamp now) {
  Side& side = sides_[number];
  actor.tally.prune(criterion_, now);
  if (const Timestamp at = actor.tally.changes_after(criterion_, now); at < actor.due) {
    actor.due = at;
    due_.push({at, number, name});
  }
  const bool holds = actor.tally.holds(criterion_, now);
  if (holds == side.holding.contains(name)) return;
  ++side.changes;
  if (holds) {
    side.holding.insert(name);
    if (side.left.erase(name) == 0) side.joined.insert(name);
  } else {
    side.holding.erase(name);
    if (side.joined.erase(name) == 0) side.left.insert(name);
  }
}

void CriterionDoers::let_time_pass(Timestamp now) {
  while (!due_.empty() && due_.top().at <= now) {
    const Due due = due_.top();
    due_.pop();
    auto& actors = sides_[due.side].actors;
    const auto found = actors.find(due.name);
    if (found == actors.end()) continue;
    found->second.due = kNeverAgain;
    judge(due.side, due.name, found->second, now);
    if (found->second.tally.empty()) actors.erase(found);
  }
}

audience::Doers::List CriterionDoers::list_of(SideNumber number, const std::vector<std::string>& actors) {
  static const std::vector<std::string> kNobody;
  return std::make_shared<const index::MemberList>(new_name(), number == kEndpoints ? actors : kNobody,
                                                   number == kUsers ? actors : kNobody);
}

const audience::Doers::Part& CriterionDoers::lists_of(SideNumber number) {
  Side& side = sides_[number];
  if (side.handed_out == side.changes) return side.lists;
  const std::size_t changed = side.left.size() + side.joined.size();
  if (!side.lists.base || (changed > kFewChanges && changed > side.holding.size() / 10)) {
    std::vector<std::string> all(side.holding.begin(), side.holding.end());
    std::ranges::sort(all);
    side.lists.base = list_of(number, all);
    side.left.clear();
    side.joined.clear();
  }
  side.lists.left = list_of(number, {side.left.begin(), side.left.end()});
  side.lists.joined = list_of(number, {side.joined.begin(), side.joined.end()});
  side.handed_out = side.changes;
  return side.lists;
}

audience::Doers CriterionDoers::who(Timestamp now) {
  let_time_pass(now);
  return {lists_of(kEndpoints), lists_of(kUsers)};
}

}  // namespace rapport::behaviors
