#include "analytics/campaign_results.h"

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analytics/counts.h"

namespace rapport::analytics {
namespace {

using event_store::Aggregate;
using event_store::Conditions;
using event_store::Field;
using event_store::Key;
using event_store::Measure;
using event_store::Query;
using event_store::Row;
using event_store::Test;
using Texts = std::vector<std::string>;

constexpr std::size_t kEveryRow = 1'000'000'000;
const Texts kPlaced = {"_campaign.send", "_campaign.holdout"};
const Texts kOpened = {"_email.open", "_campaign.opened_notification"};
const Texts kClicked = {"_email.click"};
const Texts kFeedback = {"_email.delivered", "_SMS.SUCCESS", "_email.open", "_campaign.opened_notification",
                         "_email.click"};

Key attribute(std::string_view name) { return {Field::kAttribute, std::string(name)}; }
Measure events_of(const Texts& types) { return {.where = {{{{Field::kType}, Test::kAnyOf, types}}}}; }

// What is known of a person.
struct Person {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();  // when the first message was due, in micros
  std::uint32_t channel = 0;                                      // its, in the list of names
  std::uint32_t arms = 0;                                         // bits, in the list of names
  bool sent = false;
  bool delivered = false;
  bool opened = false;
  bool clicked = false;
  bool converted = false;
};

// Texts by small numbers.
class Names {
 public:
  std::uint32_t number_of(const std::string& name) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) return static_cast<std::uint32_t>(found - names_.begin());
    names_.push_back(name);
    return static_cast<std::uint32_t>(names_.size() - 1);
  }
  const std::string& at(std::size_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
};

class Census {
 public:
  Census(event_store::Store& store, const ResultsQuestion& question) : store_(store), question_(question) {}

  Result<CampaignResults> take() {
    TRY(place());
    TRY(hear());
    TRY(see_conversions());
    return add_up();
  }

 private:
  Query query(const Texts& types) const {
    return {.app = question_.app,
            .range = question_.range,
            .types = types,
            .where = {{attribute("campaign_id"), Test::kAnyOf, {question_.campaign}}},
            .limit = kEveryRow};
  }

  static std::string text(const Row& row, std::size_t group) { return row.groups[group].value_or(""); }

  // An endpoint's person is its user, or itself where no message named one.
  std::size_t person_of(const std::string& endpoint, const std::string& user) {
    const auto next = static_cast<std::uint32_t>(people_.size());
    const auto known = endpoints_.find(endpoint);
    if (user.empty()) {
      if (known != endpoints_.end()) return known->second;
      people_.emplace_back();
      return endpoints_[endpoint] = next;
    }
    const auto [found, is_new] = users_.try_emplace(user, next);
    if (is_new) people_.emplace_back();
    endpoints_[endpoint] = found->second;
    return found->second;
  }

  // Who was to get a message or was held out, when, and by which treatment.
  Status place() {
    Query placed = query(kPlaced);
    placed.group_by = {
        {Field::kEndpoint}, {Field::kUser}, {Field::kType}, attribute("treatment_id"), attribute("delivery_type")};
    placed.measures = {{.aggregate = Aggregate::kFirst}, measure_of(Count::kAttempted), measure_of(Count::kReached)};
    placed.measures[2].aggregate = Aggregate::kCount;
    std::vector<Row> of_endpoint;  // rows come by endpoint
    TRY(store_.for_each_row(placed, [&](const Row& row) {
      if (!of_endpoint.empty() && of_endpoint.front().groups[0] != row.groups[0]) place(of_endpoint);
      of_endpoint.push_back(row);
      return true;
    }));
    place(of_endpoint);
    return {};
  }

  void place(std::vector<Row>& of_endpoint) {
    std::ranges::stable_partition(of_endpoint, [](const Row& row) { return !text(row, 1).empty(); });
    for (const Row& row : of_endpoint) place(row);
    of_endpoint.clear();
  }

  void place(const Row& row) {
    const bool held_out = text(row, 2) == "_campaign.holdout";
    Person& person = people_[person_of(text(row, 0), text(row, 1))];
    const std::uint32_t arm = arms_.number_of(held_out ? std::string() : text(row, 3));
    person.arms |= std::uint32_t{1} << std::min(arm, 31U);
    const auto first = static_cast<std::int64_t>(row.values[0]);
    if (first < person.first) {
      person.first = first;
      person.channel = channels_.number_of(text(row, 4));
    }
    person.sent |= row.values[1] > 0;
    person.delivered |= row.values[2] > 0;
  }

  // What channels and recipients told of the messages.
  Status hear() {
    Query told = query(kFeedback);
    told.range.end = event_store::TimeRange().end;  // an app tells of it when it happens
    told.group_by = {{Field::kEndpoint}};
    told.measures = {{}, events_of(kOpened), events_of(kClicked)};
    return store_.for_each_row(told, [&](const Row& row) {
      const auto found = endpoints_.find(text(row, 0));
      if (found == endpoints_.end()) return true;  // its message was due at another time
      Person& person = people_[found->second];
      person.delivered = true;
      person.clicked |= row.values[2] > 0;
      person.opened |= row.values[1] > 0 || row.values[2] > 0;
      return true;
    });
  }

  Status see_conversions() {
    if (question_.conversion.empty() || people_.empty()) return {};
    const auto by_first = [](const Person& a, const Person& b) { return a.first < b.first; };
    const auto [first, last] = std::ranges::minmax_element(people_, by_first);
    Query done{.app = question_.app,
               .range = {{first->first + 1}, {last->first + question_.window}},
               .types = {question_.conversion},
               .measures = {{.aggregate = Aggregate::kCount}},
               .group_by = {{Field::kEndpoint}, {Field::kUser}, {Field::kTime}},
               .limit = kEveryRow};
    return store_.for_each_row(done, [&](const Row& row) {
      const auto time = std::stoll(text(row, 2));
      if (const auto user = users_.find(text(row, 1)); user != users_.end()) convert(people_[user->second], time);
      const auto endpoint = endpoints_.find(text(row, 0));
      if (endpoint != endpoints_.end()) convert(people_[endpoint->second], time);
      return true;
    });
  }

  void convert(Person& person, std::int64_t time) const {
    person.converted |= time > person.first && time - person.first <= question_.window;
  }

  CampaignResults add_up() const {
    CampaignResults results;
    std::uint32_t held_out = 0;
    for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
      if (arms_.at(arm).empty()) held_out = std::uint32_t{1} << arm;
    }
    for (const Person& person : people_) {
      const bool is_mixed = (person.arms & (person.arms - 1)) != 0;
      const std::string date = format_date({person.first});
      results.mixed += is_mixed;
      if (person.arms == held_out) {
        const Proportion one{person.converted, 1};
        add(results.holdout, one);
        add(results.days[date].holdout, one);
        continue;
      }
      const Funnel funnel{.targeted = 1,
                          .sent = person.sent,
                          .delivered = person.sent && person.delivered,
                          .opened = person.sent && person.opened,
                          .clicked = person.sent && person.clicked,
                          .converted = person.converted};
      results.all += funnel;
      results.channels[channels_.at(person.channel)] += funnel;
      results.days[date].funnel += funnel;
      for (std::size_t arm = 0; arm < arms_.size() && !is_mixed; ++arm) {
        if (person.arms == std::uint32_t{1} << arm) results.treatments[arms_.at(arm)] += funnel;
      }
    }
    return results;
  }

  static void add(Proportion& sum, const Proportion& one) {
    sum.count += one.count;
    sum.of += one.of;
  }

  event_store::Store& store_;
  const ResultsQuestion& question_;
  std::vector<Person> people_;
  std::unordered_map<std::string, std::uint32_t> users_;
  std::unordered_map<std::string, std::uint32_t> endpoints_;
  Names arms_;  // the treatments; the holdout has no name
  Names channels_;
};

}  // namespace

Funnel& Funnel::operator+=(const Funnel& other) {
  targeted += other.targeted;
  sent += other.sent;
  delivered += other.delivered;
  opened += other.opened;
  clicked += other.clicked;
  converted += other.converted;
  return *this;
}

Result<CampaignResults> campaign_results(event_store::Store& store, const ResultsQuestion& question) {
  return Census(store, question).take();
}

}  // namespace rapport::analytics
