#include "learn/action_dataset.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace rapport::learn {
namespace {

// Groups rows by user with a counting sort, then orders each user's by time.
template <class Row, class Source, class Make>
std::vector<Row> by_user(std::uint32_t users, const std::vector<Source>& sources, std::vector<std::uint64_t>& begins,
                         const Make& make) {
  begins.assign(users + 1ULL, 0);
  for (const Source& source : sources) {
    CHECK(source.user < users);
    ++begins[source.user + 1ULL];
  }
  for (std::uint32_t user = 0; user < users; ++user) begins[user + 1ULL] += begins[user];
  std::vector<Row> rows(sources.size());
  std::vector<std::uint64_t> places(begins.begin(), begins.end() - 1);
  for (std::size_t k = 0; k < sources.size(); ++k) rows[places[sources[k].user]++] = make(k);
  for (std::uint32_t user = 0; user < users; ++user) {
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(begins[user]);
    const auto last = rows.begin() + static_cast<std::ptrdiff_t>(begins[user + 1ULL]);
    std::stable_sort(first, last, [](const Row& a, const Row& b) { return a.time < b.time; });
  }
  return rows;
}

template <class Row>
std::int64_t newest_of(const std::vector<Row>& rows) {
  std::int64_t newest = 0;
  for (const Row& row : rows) newest = std::max(newest, row.time);
  return newest;
}

}  // namespace

ActionTimelines::ActionTimelines(const ActionDataset& dataset) : facts_(dataset.base.users.size()) {
  const std::uint32_t users = dataset.base.users.size();
  const auto& met = dataset.base.interactions;
  CHECK(dataset.event_types_met.empty() || dataset.event_types_met.size() == met.size());
  deeds_ = by_user<PastDeed>(users, met, deed_begins_, [&](std::size_t k) {
    const std::uint32_t event = dataset.event_types_met.empty() ? kUnknownIndex : dataset.event_types_met[k];
    return PastDeed{met[k].item, event, met[k].time};
  });
  const auto& answers = dataset.action_interactions;
  actions_ = by_user<PastAction>(users, answers, action_begins_, [&](std::size_t k) {
    return PastAction{answers[k].action, answers[k].event, answers[k].time};
  });
  newest_action_time_ = newest_of(actions_);
  newest_time_ = std::max(newest_action_time_, newest_of(deeds_));
  for (const AttributeColumn& column : dataset.base.user_attributes.columns()) {
    for (const AttributeValue& value : column.values) {
      for (const std::uint32_t user : value.items) {
        if (!actions(user).empty()) facts_[user].push_back({column.name, value.value});
      }
    }
  }
}

ActionQuery ActionTimelines::before(std::uint32_t user, std::int64_t moment) const {
  return {.history = rows_before(deeds(user), moment, kRememberedDeeds),
          .actions = rows_before(actions(user), moment, kRememberedActions),
          .user = facts(user),
          .now = moment};
}

}  // namespace rapport::learn
