#include "learn/item_questions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "base/random.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kUsersMax = 10'000;
constexpr std::size_t kListLength = 25;
constexpr std::uint32_t kLengths[] = {5, 10, 25};
constexpr std::array<double, 10> kBinEnds = {1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.1};
using Bins = std::array<CalibrationBin, kBinEnds.size()>;

// A user who is asked for: what is known and what is to be foretold.
struct Asked {
  const HeldOut* held_out = nullptr;
  std::vector<PastEvent> known;  // oldest first
  std::vector<Fact> facts;
  std::unordered_map<std::uint32_t, float> gains;  // of items to be foretold
};

std::vector<Asked> users_to_ask(const Hidden& hidden) {
  const auto& [split, all, user_attributes, rewards] = hidden;
  std::vector<Asked> asked;
  std::vector<std::uint32_t> users;
  std::unordered_map<std::uint32_t, std::size_t> place;
  const std::size_t step = split.held_out.size() / kUsersMax + 1;
  for (std::size_t k = 0; k < split.held_out.size(); k += step) {
    place.emplace(split.held_out[k].user, asked.size());
    asked.push_back({.held_out = &split.held_out[k], .known = {}, .facts = {}, .gains = {}});
    users.push_back(split.held_out[k].user);
  }
  std::vector<std::vector<Fact>> facts = facts_of(user_attributes, users);
  for (std::size_t k = 0; k < asked.size(); ++k) asked[k].facts = std::move(facts[k]);
  for (const Interaction& row : split.known) {
    const auto found = place.find(row.user);
    if (found != place.end()) asked[found->second].known.push_back({row.item, row.time});
  }
  double sum = 0;
  for (const Interaction& row : all) {
    sum += static_cast<double>(row.weight);
    const auto found = place.find(row.user);
    if (found == place.end()) continue;
    Asked& user = asked[found->second];
    if (!std::ranges::binary_search(user.held_out->items, row.item)) continue;
    float& gain = user.gains[row.item];
    gain = std::max(gain, row.weight);
  }
  const double mean = sum > 0 ? sum / static_cast<double>(all.size()) : 1;
  for (Asked& user : asked) {
    std::ranges::stable_sort(user.known, {}, &PastEvent::time);
    for (auto& [item, gain] : user.gains) gain /= static_cast<float>(mean);
  }
  return asked;
}

double discount(std::size_t position) { return 1 / std::log2(static_cast<double>(position) + 2); }

double weighted_gain(const Asked& user, std::span<const std::uint32_t> ranked, std::uint32_t length) {
  std::vector<float> best;
  for (const auto& [item, gain] : user.gains) best.push_back(gain);
  std::ranges::sort(best, std::ranges::greater{});
  double ideal = 0;
  for (std::size_t k = 0; k < std::min<std::size_t>(length, best.size()); ++k) {
    ideal += static_cast<double>(best[k]) * discount(k);
  }
  double reached = 0;
  for (std::size_t k = 0; k < std::min<std::size_t>(length, ranked.size()); ++k) {
    const auto found = user.gains.find(ranked[k]);
    if (found != user.gains.end()) reached += static_cast<double>(found->second) * discount(k);
  }
  return ideal > 0 ? reached / ideal : 0;
}

// The mean, over users whose next items bring anything, of the share of it that the lists name.
double rewards_of(std::span<const Asked> users, std::span<const std::vector<std::uint32_t>> lists,
                  std::span<const float> rewards) {
  double shares = 0;
  std::size_t count = 0;
  for (std::size_t k = 0; k < users.size(); ++k) {
    double all = 0;
    double named = 0;
    for (const std::uint32_t item : users[k].held_out->items) {
      const double reward = item < rewards.size() ? std::max(0.0, static_cast<double>(rewards[item])) : 0;
      all += reward;
      named += std::ranges::find(lists[k], item) == lists[k].end() ? 0 : reward;
    }
    if (all <= 0) continue;
    shares += named / all;
    ++count;
  }
  return count == 0 ? 0 : shares / static_cast<double>(count);
}

void calibrate(std::span<const float> scores, const std::vector<std::uint32_t>& truth, Bins& bins) {
  const float highest = *std::ranges::max_element(scores);
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score - highest));
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    const double probability = std::exp(static_cast<double>(scores[item] - highest)) / sum;
    const auto bin = static_cast<std::size_t>(std::ranges::upper_bound(kBinEnds, probability) - kBinEnds.begin());
    bins[bin].predicted += probability;
    bins[bin].observed += std::ranges::binary_search(truth, item) ? 1 / static_cast<double>(truth.size()) : 0;
    ++bins[bin].count;
  }
}

std::vector<CalibrationBin> joined(const std::vector<Bins>& of_workers) {
  Bins sums{};
  for (const Bins& bins : of_workers) {
    for (std::size_t k = 0; k < bins.size(); ++k) {
      sums[k].predicted += bins[k].predicted;
      sums[k].observed += bins[k].observed;
      sums[k].count += bins[k].count;
    }
  }
  std::vector<CalibrationBin> result;
  for (CalibrationBin& bin : sums) {
    if (bin.count == 0) continue;
    bin.predicted /= static_cast<double>(bin.count);
    bin.observed /= static_cast<double>(bin.count);
    result.push_back(bin);
  }
  return result;
}

}  // namespace

Question question_of(std::string_view recipe_type) {
  return recipe_type == "RELATED_ITEMS" ? Question::kNewestItem : Question::kHistory;
}

Answers ask_held_out(const ItemModel& model, Question question, const Hidden& hidden, const TrainingControl& control) {
  const std::vector<Asked> users = users_to_ask(hidden);
  const std::uint32_t items = model.items().size();
  const unsigned workers = worker_count(control);
  std::vector<std::vector<float>> scores(workers, std::vector<float>(items));
  std::vector<Bins> bins(workers, Bins{});
  std::vector<std::vector<std::uint32_t>> lists(users.size());
  parallel_for(workers, users.size(), control.stop, [&](std::size_t k, unsigned worker) {
    ItemQuery query{.history = users[k].known, .user = users[k].facts};
    if (question == Question::kNewestItem && !users[k].known.empty()) {
      query = {.history = {}, .user = {}, .item = users[k].known.back().item};
    }
    model.score(query, scores[worker]);
    lists[k] = top_items(scores[worker], kListLength, {});
    if (question == Question::kHistory) calibrate(scores[worker], users[k].held_out->items, bins[worker]);
  });
  const std::vector<float> popularity(model.popularity().begin(), model.popularity().end());
  const std::vector<std::uint32_t> popular = top_items(popularity, kListLength, {});
  Random random(1);
  ItemEvaluation of_model(items);
  ItemEvaluation of_popularity(items);
  ItemEvaluation of_chance(items);
  Answers answers;
  for (std::size_t k = 0; k < users.size(); ++k) {
    const std::vector<std::uint32_t>& truth = users[k].held_out->items;
    std::vector<std::uint32_t> drawn(kListLength);
    for (std::uint32_t& item : drawn) item = static_cast<std::uint32_t>(random.below(items));
    of_model.add(truth, lists[k]);
    of_popularity.add(truth, popular);
    of_chance.add(truth, drawn);
    for (const std::uint32_t length : kLengths) {
      answers.weighted_gain[length] += weighted_gain(users[k], lists[k], length) / static_cast<double>(users.size());
    }
  }
  answers.metrics = of_model.metrics();
  answers.popularity_metrics = of_popularity.metrics();
  answers.random_metrics = of_chance.metrics();
  answers.calibration = joined(bins);
  answers.rewards = rewards_of(users, lists, hidden.rewards);
  return answers;
}

}  // namespace rapport::learn
