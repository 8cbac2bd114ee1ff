#pragma once

// analytics: the figures of what messages came to: the documented KPIs of applications and campaigns, asked of the
// event store.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "event_store/store.h"

namespace rapport::analytics {

// One row of a KPI: the key and value of each of its groups, in their order (none for the plain names), and the figure.
struct KpiRow {
  std::vector<std::pair<std::string, std::string>> groups;
  std::string key;  // UniqueDeliveries
  double value = 0;
};

// The KPIs by their documented names (`txn-emails-sent-grouped-by-date`). Times are those of the events: what became of
// an e-mail counts when it was sent. A group without data has no row. kInvalid for a name that is none. Thread-safe.
class Kpis {
 public:
  explicit Kpis(event_store::Store& store) : store_(store) {}

  Result<std::vector<KpiRow>> of_application(const std::string& app, std::string_view name,
                                             const event_store::TimeRange& range) const;
  Result<std::vector<KpiRow>> of_campaign(const std::string& app, const std::string& campaign, std::string_view name,
                                          const event_store::TimeRange& range) const;

 private:
  event_store::Store& store_;
};

std::vector<std::string> application_kpis();
std::vector<std::string> campaign_kpis();

}  // namespace rapport::analytics
