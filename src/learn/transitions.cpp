#include "learn/transitions.h"

#include <algorithm>

#include "learn/parallel.h"

namespace rapport::learn {
namespace {

struct Neighbour {
  std::uint32_t item = 0;
  float ahead = 0;
  float behind = 0;
};

// Counts the row of one item at a time; one a thread.
class RowCounter {
 public:
  RowCounter(const Histories& histories, const TransitionParameters& parameters)
      : histories_(histories),
        parameters_(parameters),
        ahead_(histories.item_count()),
        behind_(histories.item_count()) {
    for (std::uint32_t apart = 1; apart <= parameters.window; ++apart) {
      closeness_.push_back(1.0F / static_cast<float>(apart));
    }
  }

  std::vector<Neighbour> count(std::uint32_t item) {
    for (const Meeting& meeting : histories_.meetings(item)) {
      const auto history = histories_.of(meeting.user);
      const std::size_t after = std::min<std::size_t>(closeness_.size(), history.size() - 1 - meeting.place);
      const auto weights = histories_.weights_of(meeting.user);
      const auto weight = [&](std::size_t place) { return weights.empty() ? 1 : weights[place]; };
      for (std::size_t k = 0; k < after; ++k) {
        const std::size_t place = meeting.place + 1 + k;
        add(ahead_, history[place], weight(place) * closeness_[k]);
      }
      const std::size_t before = std::min<std::size_t>(closeness_.size(), meeting.place);
      for (std::size_t k = 0; k < before; ++k) {
        const std::size_t place = meeting.place - 1 - k;
        add(behind_, history[place], weight(place) * closeness_[k]);
      }
    }
    std::vector<Neighbour> row;
    for (const std::uint32_t other : touched_) {
      row.push_back({other, ahead_[other], behind_[other]});
      ahead_[other] = behind_[other] = 0;
    }
    touched_.clear();
    keep_strongest(row);
    return row;
  }

 private:
  void add(std::vector<float>& sums, std::uint32_t other, float closeness) {
    if (ahead_[other] == 0 && behind_[other] == 0) touched_.push_back(other);
    sums[other] += closeness;
  }
  void keep_strongest(std::vector<Neighbour>& row) const {
    if (row.size() > parameters_.row_limit) {
      const auto stronger = [](const Neighbour& a, const Neighbour& b) {
        const float left = a.ahead + a.behind;
        const float right = b.ahead + b.behind;
        return left > right || (left == right && a.item < b.item);
      };
      std::ranges::nth_element(row, row.begin() + parameters_.row_limit, stronger);
      row.resize(parameters_.row_limit);
    }
    std::ranges::sort(row, {}, &Neighbour::item);
  }

  const Histories& histories_;
  TransitionParameters parameters_;
  std::vector<float> closeness_;
  std::vector<float> ahead_;
  std::vector<float> behind_;
  std::vector<std::uint32_t> touched_;
};

}  // namespace

TransitionTable count_transitions(const Histories& histories, const TransitionParameters& parameters,
                                  const TrainingControl& control) {
  const unsigned workers = worker_count(control);
  std::vector<RowCounter> counters(workers, RowCounter(histories, parameters));
  std::vector<std::vector<Neighbour>> rows(histories.item_count());
  parallel_for(workers, rows.size(), control.stop, [&](std::size_t item, unsigned worker) {
    rows[item] = counters[worker].count(static_cast<std::uint32_t>(item));
  });
  TransitionTable table;
  for (std::vector<Neighbour>& row : rows) {
    for (const Neighbour& neighbour : row) {
      table.items.push_back(neighbour.item);
      table.ahead.push_back(neighbour.ahead);
      table.behind.push_back(neighbour.behind);
    }
    table.begins.push_back(table.items.size());
    row = {};
  }
  return table;
}

}  // namespace rapport::learn
