#include "learn/action_offers.h"

#include <algorithm>
#include <map>

namespace rapport::learn {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kSameOfferSeconds = 3'600;

// The offers of one action to one user, from its rows by time.
class OffersOfPair {
 public:
  OffersOfPair(std::int64_t period, std::int64_t newest) : period_(period), newest_(newest) {}

  void add(std::uint32_t user, const PastAction& row) {
    if (row.event == ActionEvent::kViewed) {
      if (offers_.empty() || row.time - offers_.back().moment.time > kSameOfferSeconds) open(user, row);
      unanswered_ = true;
      return;
    }
    const bool answers = unanswered_ && !offers_.empty() && row.time - offers_.back().moment.time <= period_;
    if (!answers) open(user, row);
    unanswered_ = false;
    if (row.event != ActionEvent::kTaken) return;
    for (auto offer = offers_.rbegin(); offer != offers_.rend(); ++offer) {
      if (row.time - offer->moment.time > period_) break;
      offer->taken = true;
    }
  }
  const std::vector<Offer>& offers() const { return offers_; }

 private:
  void open(std::uint32_t user, const PastAction& row) {
    offers_.push_back({{user, row.action, row.time}, false, row.time + period_ <= newest_});
  }

  std::int64_t period_;
  std::int64_t newest_;
  std::vector<Offer> offers_;
  bool unanswered_ = false;
};

struct Counts {
  std::uint32_t taken = 0;
  std::uint32_t others = 0;

  void add(bool is_taken) { ++(is_taken ? taken : others); }
  bool reaches(const OfferMinimum& minimum) const { return taken >= minimum.taken && others >= minimum.others; }
};

}  // namespace

std::vector<Offer> find_offers(const ActionTimelines& timelines, std::uint32_t user_count, int period_days) {
  std::vector<Offer> offers;
  for (std::uint32_t user = 0; user < user_count; ++user) {
    std::map<std::uint32_t, OffersOfPair> pairs;
    for (const PastAction& row : timelines.actions(user)) {
      pairs.try_emplace(row.action, period_days * kSecondsPerDay, timelines.newest_time()).first->second.add(user, row);
    }
    const std::size_t first = offers.size();
    for (const auto& [action, pair] : pairs) {
      offers.insert(offers.end(), pair.offers().begin(), pair.offers().end());
    }
    std::stable_sort(offers.begin() + static_cast<std::ptrdiff_t>(first), offers.end(),
                     [](const Offer& a, const Offer& b) { return a.moment.time < b.moment.time; });
  }
  return offers;
}

std::vector<Offer> settled_offers(const std::vector<Offer>& offers, std::uint32_t action_count,
                                  const OfferMinimum& minimum) {
  std::vector<Counts> complete(action_count);
  for (const Offer& offer : offers) {
    if (offer.complete) complete[offer.moment.action].add(offer.taken);
  }
  std::vector<Offer> settled;
  for (const Offer& offer : offers) {
    if (offer.complete || !complete[offer.moment.action].reaches(minimum)) settled.push_back(offer);
  }
  return settled;
}

std::vector<std::uint8_t> actions_with_data(const ActionDataset& dataset, int window_days,
                                            const OfferMinimum& minimum) {
  std::int64_t newest = 0;
  for (const ActionInteraction& row : dataset.action_interactions) newest = std::max(newest, row.time);
  std::vector<Counts> counts(dataset.actions.size());
  for (const ActionInteraction& row : dataset.action_interactions) {
    if (newest - row.time > window_days * kSecondsPerDay) continue;
    counts[row.action].add(row.event == ActionEvent::kTaken);
  }
  std::vector<std::uint8_t> enough;
  for (const Counts& count : counts) enough.push_back(count.reaches(minimum) ? 1 : 0);
  return enough;
}

}  // namespace rapport::learn
