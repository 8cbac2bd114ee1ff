#include "learn/action_world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "base/random.h"

namespace rapport::learn {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kOfferDays = 70;  // actions are offered in the last so many days
constexpr std::array<std::string_view, 4> kCategories = {"Fashion", "Books", "Sport", "Kitchen"};
constexpr std::uint32_t kSport = 2;
constexpr std::array<std::string_view, 3> kChannels = {"advert", "friend", "store"};
constexpr double kFavouriteShare = 0.7;

struct OfferedAction {
  std::string_view id;
  std::string_view type;
  std::array<double, kShoppers> propensities;  // by shopper
};
constexpr std::array<OfferedAction, 6> kActions = {{
    {"join-loyalty", "membership", {0.60, 0.25, 0.10}},
    {"subscribe-newsletter", "contact", {0.20, 0.50, 0.30}},
    {"download-app", "contact", {0.30, 0.15, 0.50}},
    {"review-purchase", "community", {0.40, 0.20, 0.05}},
    {"upgrade-plus", "membership", {0.30, 0.08, 0.03}},
    {"refer-friend", "community", {0.15, 0.10, 0.20}},
}};
constexpr std::uint32_t kDownloadApp = 2;
constexpr std::uint32_t kUpgradePlus = 4;

double moved(double propensity, double logit) {
  return 1 / (1 + std::exp(-(std::log(propensity / (1 - propensity)) + logit)));
}

struct Person {
  Shopper shopper = Shopper::kNew;
  double age = 0;
  std::uint32_t channel = 0;
  std::uint32_t favourite = 0;
  std::int64_t joined = 0;
};

class Generator {
 public:
  explicit Generator(const ActionWorldOptions& options) : options_(options), random_(options.seed) {}

  ActionWorld make() {
    add_catalogue();
    for (std::uint32_t user = 0; user < options_.users; ++user) add_user(user);
    return std::move(world_);
  }

 private:
  void add_catalogue() {
    ActionDataset& data = world_.data;
    for (std::uint32_t item = 0; item < options_.items; ++item) {
      data.base.items.add("i" + std::to_string(item + 1));
      data.base.attributes.add("CATEGORY", kCategories[item % kCategories.size()], item);
    }
    for (const std::string_view type : {"View", "Purchase"}) data.event_types.add(type);
    for (const OfferedAction& action : kActions) {
      data.action_attributes.add("TYPE", action.type, data.actions.add(action.id));
    }
    data.user_numbers = {"AGE"};
  }

  void add_user(std::uint32_t user) {
    world_.data.base.users.add("u" + std::to_string(user + 1));
    Person person;
    person.shopper = static_cast<Shopper>(user % kShoppers);
    person.age = 18 + std::floor(random_.uniform() * 50);
    person.channel = static_cast<std::uint32_t>(random_.below(kChannels.size()));
    person.favourite = static_cast<std::uint32_t>(random_.below(kCategories.size()));
    const bool is_new = person.shopper == Shopper::kNew;
    person.joined = options_.last_time - static_cast<std::int64_t>((is_new ? 1 + 68 * random_.uniform() : 300) * kDay);
    const std::string age = std::to_string(static_cast<int>(person.age));
    world_.facts.push_back({{"AGE", age}, {"CHANNEL", std::string(kChannels[person.channel])}});
    for (const Fact& fact : world_.facts.back()) world_.data.base.user_attributes.add(fact.column, fact.value, user);
    world_.shoppers.push_back(person.shopper);
    world_.ask_at.push_back(is_new ? person.joined + kDay / 2 : options_.last_time);
    add_interactions(user, person);
    add_offers(user, person);
  }

  void add_interactions(std::uint32_t user, const Person& person) {
    constexpr std::array<double, kShoppers> kDaysApart = {2, 20, 0.2};
    const double apart = kDaysApart[static_cast<std::size_t>(person.shopper)];
    std::int64_t time = person.joined;
    int left = person.shopper == Shopper::kNew ? static_cast<int>(random_.below(4)) : 1'000'000;
    while (true) {
      time += static_cast<std::int64_t>(-std::log1p(-random_.uniform()) * apart * kDay);
      if (time >= options_.last_time || left-- == 0) return;
      const bool favourite = random_.uniform() < kFavouriteShare;
      const auto category =
          favourite ? person.favourite : static_cast<std::uint32_t>(random_.below(kCategories.size()));
      const auto shelf = static_cast<std::uint32_t>(random_.below(options_.items / kCategories.size()));
      const auto item = shelf * static_cast<std::uint32_t>(kCategories.size()) + category;
      world_.data.base.interactions.push_back({user, item, time});
      world_.data.event_types_met.push_back(random_.uniform() < 0.3 ? 1 : 0);
    }
  }

  double propensity(const Person& person, std::uint32_t action) const {
    double logit = 0;
    if (action == kDownloadApp) logit += person.age < 35 ? 0.8 : -0.4;
    if (action == kDownloadApp && person.channel == 0) logit += 0.6;
    if (action == kUpgradePlus && person.favourite == kSport) logit += 1.2;
    return moved(kActions[action].propensities[static_cast<std::size_t>(person.shopper)], logit);
  }

  void add_offers(std::uint32_t user, const Person& person) {
    std::vector<std::uint32_t> actions;
    for (std::uint32_t action = 0; action < kActions.size(); ++action) {
      world_.propensities.push_back(propensity(person, action));
      actions.push_back(action);
    }
    for (std::uint32_t k = 0; k < std::min<std::size_t>(options_.offers_of_user, actions.size()); ++k) {
      std::swap(actions[k], actions[k + random_.below(actions.size() - k)]);
      offer(user, person, actions[k]);
    }
  }

  // New shoppers are met within two days of coming, the others at any time.
  void offer(std::uint32_t user, const Person& person, std::uint32_t action) {
    const bool is_new = person.shopper == Shopper::kNew;
    const double days = random_.uniform() * (is_new ? 2 : static_cast<double>(kOfferDays));
    const std::int64_t begin = is_new ? person.joined : options_.last_time - kOfferDays * kDay;
    const std::int64_t time = begin + static_cast<std::int64_t>(days * kDay);
    add_answer({user, action, ActionEvent::kViewed, time});
    if (random_.uniform() < propensity(person, action)) {
      const auto later = static_cast<std::int64_t>(random_.uniform() * random_.uniform() * 5 * kDay);
      add_answer({user, action, ActionEvent::kTaken, time + 60 + later});
    } else if (random_.uniform() < 0.6) {
      add_answer({user, action, ActionEvent::kNotTaken, time + 30});
    }
  }

  void add_answer(const ActionInteraction& row) {
    if (row.time < options_.last_time) world_.data.action_interactions.push_back(row);
  }

  const ActionWorldOptions& options_;
  Random random_;
  ActionWorld world_;
};

}  // namespace

ActionWorld make_action_world(const ActionWorldOptions& options) { return Generator(options).make(); }

}  // namespace rapport::learn
