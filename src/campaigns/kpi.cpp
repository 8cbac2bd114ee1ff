#include <array>
#include <set>
#include <unordered_set>

#include "campaigns/campaigns.h"
#include "campaigns/rows.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

enum class Grouping { kNone, kDate, kActivity };

// What the run's messages came to, and the documented figures made of it.
struct Figures {
  double sent = 0;
  double delivered = 0;
  double hard_bounced = 0;
  std::unordered_set<std::string> endpoints;  // delivered to; filled only when the figure needs it
};

using Figure = double (*)(const Figures&);

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

struct Kpi {
  std::string_view name;
  Grouping grouping;
  std::string_view value_key;
  Figure figure;  // null: no data is gathered for it yet, so it has no rows
};

constexpr Figure kDeliveryRate = [](const Figures& f) { return ratio(f.delivered, f.sent); };
constexpr Figure kBounceRate = [](const Figures& f) { return ratio(f.hard_bounced, f.sent); };
constexpr Figure kAttempted = [](const Figures& f) { return f.sent; };
constexpr Figure kSuccessful = [](const Figures& f) { return f.sent - f.hard_bounced; };
constexpr Figure kUnique = [](const Figures& f) { return static_cast<double>(f.endpoints.size()); };

constexpr std::array kKpis = {
    Kpi{"attempted-deliveries-grouped-by-campaign-activity", Grouping::kActivity, "AttemptedDeliveries", kAttempted},
    Kpi{"clicks-grouped-by-campaign-activity", Grouping::kActivity, "Clicks", nullptr},
    Kpi{"direct-email-opens-grouped-by-campaign-activity", Grouping::kActivity, "DirectEmailOpens", nullptr},
    Kpi{"direct-push-opens-grouped-by-campaign-activity", Grouping::kActivity, "DirectPushOpens", nullptr},
    Kpi{"email-open-rate", Grouping::kNone, "EmailOpenRate", nullptr},
    Kpi{"email-open-rate-grouped-by-campaign-activity", Grouping::kActivity, "EmailOpenRate", nullptr},
    Kpi{"hard-bounce-rate", Grouping::kNone, "HardBounceRate", kBounceRate},
    Kpi{"hard-bounce-rate-grouped-by-campaign-activity", Grouping::kActivity, "HardBounceRate", kBounceRate},
    Kpi{"push-open-rate", Grouping::kNone, "PushOpenRate", nullptr},
    Kpi{"push-open-rate-grouped-by-campaign-activity", Grouping::kActivity, "PushOpenRate", nullptr},
    Kpi{"sms-spend", Grouping::kNone, "SmsSpend", nullptr},
    Kpi{"successful-deliveries-grouped-by-campaign-activity", Grouping::kActivity, "SuccessfulDeliveries", kSuccessful},
    Kpi{"successful-delivery-rate", Grouping::kNone, "SuccessfulDeliveryRate", kDeliveryRate},
    Kpi{"successful-delivery-rate-grouped-by-campaign-activity", Grouping::kActivity, "SuccessfulDeliveryRate",
        kDeliveryRate},
    Kpi{"successful-delivery-rate-grouped-by-date", Grouping::kDate, "SuccessfulDeliveryRate", kDeliveryRate},
    Kpi{"unique-deliveries", Grouping::kNone, "UniqueDeliveries", kUnique},
    Kpi{"unique-deliveries-grouped-by-campaign-activity", Grouping::kActivity, "UniqueDeliveries", kUnique},
    Kpi{"unique-deliveries-grouped-by-date", Grouping::kDate, "UniqueDeliveries", kUnique},
};

Result<Kpi> find_kpi(std::string_view name) {
  for (const Kpi& kpi : kKpis) {
    if (kpi.name == name) return kpi;
  }
  return fail(ErrorKind::kInvalid,
              "Unknown KPI for a campaign; use one like successful-delivery-rate: " + std::string(name), "KpiName");
}

std::string group_of(Grouping grouping, const std::string& activity, Timestamp at) {
  switch (grouping) {
    case Grouping::kNone: return {};
    case Grouping::kActivity: return activity;
    case Grouping::kDate: return format_date(at);
  }
  return {};
}

std::string key_of(Grouping grouping) {
  switch (grouping) {
    case Grouping::kNone: return {};
    case Grouping::kActivity: return "CampaignActivityId";
    case Grouping::kDate: return "Date";
  }
  return {};
}

}  // namespace

Result<std::vector<KpiRow>> Campaigns::kpi(const std::string& app, const std::string& campaign, std::string_view name,
                                           const KpiRange& range) {
  const Kpi kpi = TRY(find_kpi(name));
  TRY(get(app, campaign));
  std::vector<KpiRow> rows;
  if (kpi.figure == nullptr) return rows;
  std::map<std::string, Figures> groups;
  const bool distinct = kpi.figure == kUnique;
  const sql::Answer found = TRY(with_.database.read(distinct ? kChunkDelivered : kChunkFigures,
                                                    {campaign, range.start.micros, range.end.micros}));
  for (const sql::Row& row : found.rows) {
    const Timestamp at{row.integer(distinct ? 1 : 4)};
    Figures& figures = groups[group_of(kpi.grouping, row.text(0), at)];
    if (distinct) {
      for (Member& member : TRY(members_from_text(row.text(2)))) figures.endpoints.insert(std::move(member.key_id));
    } else {
      figures.sent += static_cast<double>(row.integer(1));
      figures.delivered += static_cast<double>(row.integer(2));
      figures.hard_bounced += static_cast<double>(row.integer(3));
    }
  }
  for (const auto& [group, figures] : groups) {
    if (figures.sent == 0 && figures.endpoints.empty()) continue;
    rows.push_back({key_of(kpi.grouping), group, std::string(kpi.value_key), kpi.figure(figures)});
  }
  return rows;
}

}  // namespace rapport::campaigns
