#include "analytics/kpis.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

#include "analytics/figures.h"
#include "base/text.h"

namespace rapport::analytics {
namespace {

using event_store::Condition;
using event_store::Conditions;
using event_store::Field;
using event_store::Key;
using event_store::Query;
using event_store::Test;
using Groups = std::vector<std::optional<std::string>>;

constexpr std::array kGroupings = {Grouping::kNone,     Grouping::kDate,
                                   Grouping::kCampaign, Grouping::kCampaignActivity,
                                   Grouping::kCountry,  Grouping::kError};

struct Kpi {
  const Figure* figure;
  Grouping grouping;
};

std::map<std::string, Kpi, std::less<>> kpis_of(std::initializer_list<Messages> messages) {
  std::map<std::string, Kpi, std::less<>> kpis;
  for (const Figure& figure : figures()) {
    if (std::ranges::find(messages, figure.messages) == messages.end()) continue;
    for (const Grouping grouping : kGroupings) {
      if ((figure.groupings & static_cast<unsigned>(grouping)) == 0) continue;
      kpis.emplace(std::string(figure.name).append(suffix_of(grouping)), Kpi{&figure, grouping});
    }
  }
  return kpis;
}

const auto& of_applications() {
  static const auto kKpis = kpis_of({Messages::kOfCampaigns, Messages::kTransactional});
  return kKpis;
}
const auto& of_campaigns() {
  static const auto kKpis = kpis_of({Messages::kOfOneCampaign});
  return kKpis;
}

// `txn-emails-sent` is TxnEmailsSent.
std::string key_of(std::string_view name) {
  std::string key;
  for (const std::string_view word : split(name, '-')) {
    key += static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
    key += word.substr(1);
  }
  return key;
}

Key attribute(std::string_view name) { return {Field::kAttribute, std::string(name)}; }

struct GroupKey {
  std::string_view name;  // in the answer
  Key key;
};

std::optional<GroupKey> group_of(Grouping grouping) {
  switch (grouping) {
    case Grouping::kNone: return {};
    case Grouping::kDate: return GroupKey{"Date", {Field::kDay}};
    case Grouping::kCampaign: return GroupKey{"CampaignId", attribute("campaign_id")};
    case Grouping::kCampaignActivity: return GroupKey{"CampaignActivityId", attribute("campaign_activity_id")};
    case Grouping::kCountry: return GroupKey{"CountryCode", attribute("iso_country_code")};
    case Grouping::kError: return GroupKey{"RecordStatus", attribute("record_status")};
  }
  return {};
}

Conditions conditions_of(Messages messages, const std::string& campaign) {
  switch (messages) {
    case Messages::kOfCampaigns: return {{attribute("campaign_id"), Test::kExists}};
    case Messages::kOfOneCampaign: return {{attribute("campaign_id"), Test::kAnyOf, {campaign}}};
    case Messages::kTransactional:
      return {{attribute("campaign_id"), Test::kMissing}, {attribute("journey_id"), Test::kMissing}};
  }
  return {};
}

// Adds what one question answers to the counts of each group.
Status add_counts(event_store::Store& store, Query query, std::span<const Count> counts,
                  std::map<Groups, Counts>& groups) {
  query.types = counted_types(counts);
  query.measures.clear();
  for (const Count count : counts) query.measures.push_back(measure_of(count));
  for (const event_store::Row& row : TRY(store.measure(query))) {
    Counts& found = groups[row.groups];
    for (std::size_t i = 0; i < counts.size(); ++i) found[static_cast<std::size_t>(counts[i])] = row.values[i];
  }
  return {};
}

bool has_soft_bounces(const std::map<Groups, Counts>& groups) {
  return std::ranges::any_of(
      groups, [](const auto& group) { return group.second[static_cast<std::size_t>(Count::kMailSoftEvents)] > 0; });
}

// Which soft bounces were settled later is dear to find out, and asked only when there are any.
Result<std::map<Groups, Counts>> counts_of(event_store::Store& store, const Query& query, const Figure& figure) {
  std::map<Groups, Counts> groups;
  TRY(add_counts(store, query, figure.counts, groups));
  if (has_soft_bounces(groups)) {
    constexpr std::array kSettling = {Count::kMailUnsettled, Count::kMailSettled};
    TRY(add_counts(store, query, kSettling, groups));
  }
  return groups;
}

Result<std::vector<KpiRow>> rows_of(event_store::Store& store, const Kpi& kpi, Query query) {
  const auto group = group_of(kpi.grouping);
  if (group) {
    query.group_by = {group->key};
    query.where.push_back({group->key, Test::kExists});
  }
  std::vector<KpiRow> rows;
  for (const auto& [values, counts] : TRY(counts_of(store, query, *kpi.figure))) {
    const auto value = kpi.figure->value(counts);
    if (!value) continue;
    KpiRow& row = rows.emplace_back(KpiRow{{}, key_of(kpi.figure->name), *value});
    if (group) row.groups.emplace_back(group->name, values.front().value_or(""));
  }
  return rows;
}

template <class Kpis>
Result<Kpi> find(const Kpis& kpis, std::string_view name) {
  const auto found = kpis.find(name);
  if (found != kpis.end()) return found->second;
  return fail(ErrorKind::kInvalid, "There is no such KPI, use one like successful-delivery-rate: " + std::string(name),
              "KpiName");
}

template <class Kpis>
std::vector<std::string> names_of(const Kpis& kpis) {
  std::vector<std::string> names;
  for (const auto& [name, kpi] : kpis) names.push_back(name);
  return names;
}

}  // namespace

Result<std::vector<KpiRow>> Kpis::of_application(const std::string& app, std::string_view name,
                                                 const event_store::TimeRange& range) const {
  const Kpi kpi = TRY(find(of_applications(), name));
  return rows_of(store_, kpi, {.app = app, .range = range, .where = conditions_of(kpi.figure->messages, "")});
}

Result<std::vector<KpiRow>> Kpis::of_campaign(const std::string& app, const std::string& campaign,
                                              std::string_view name, const event_store::TimeRange& range) const {
  const Kpi kpi = TRY(find(of_campaigns(), name));
  return rows_of(store_, kpi, {.app = app, .range = range, .where = conditions_of(kpi.figure->messages, campaign)});
}

std::vector<std::string> application_kpis() { return names_of(of_applications()); }
std::vector<std::string> campaign_kpis() { return names_of(of_campaigns()); }

}  // namespace rapport::analytics
