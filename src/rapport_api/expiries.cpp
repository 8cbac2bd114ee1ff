#include "apps/expiries.h"

#include <algorithm>

#include "base/clock.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

// One kind of resource that can expire: how the wire calls it.
struct Kind {
  std::string_view kind;
  std::string_view operations;  // GetSegmentExpiry
  std::string_view id_member;
  std::string_view type;
};
constexpr Kind kKinds[] = {{apps::kExpiringSegment, "Segment", "SegmentId", "SEGMENT"},
                           {apps::kExpiringCampaign, "Campaign", "CampaignId", "CAMPAIGN"}};

// The moment that a request names, by its date or by the seconds from now.
Result<Timestamp> due_of(const json::object& request, Timestamp now) {
  const auto date = json::find_string(request, "ExpirationDate");
  const auto seconds = json::find_integer(request, "TimeToLiveSeconds");
  if (date.has_value() == seconds.has_value()) {
    return fail(ErrorKind::kInvalid, "Give either ExpirationDate or TimeToLiveSeconds", "ExpiryRequest");
  }
  if (seconds) return now + *seconds * kMicrosPerSecond;
  const auto due = parse_iso8601(*date);
  if (due) return *due;
  return fail(ErrorKind::kInvalid, "ExpirationDate must be a date in ISO 8601 form: " + std::string(*date),
              "ExpirationDate");
}

json::object output(const Kind& kind, const apps::Expiring& resource, Timestamp due, Timestamp now) {
  const std::int64_t left = std::max<std::int64_t>(0, due - now) / kMicrosPerSecond;
  return {{"ExpiryResponse",
           {{"ApplicationId", resource.app},
            {"ResourceType", kind.type},
            {"ResourceId", resource.id},
            {"ExpirationDate", format_iso8601(due)},
            {"TimeToLiveSeconds", left}}}};
}

}  // namespace

void implement_expiries(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  apps::Expiries& expiries = with.expiries;
  const Clock& clock = with.clock;
  for (const Kind& kind : kKinds) {
    const auto implement = [&](std::string_view verb, auto due_after) {
      const std::string operation = std::string(verb) + std::string(kind.operations) + "Expiry";
      implement_in_app(contract, with, operation,
                       [&clock, kind, due_after](const Call& call, App app) -> Result<json::object> {
                         const apps::Expiring resource{kind.kind, app, text_of(call, kind.id_member)};
                         return output(kind, resource, TRY(due_after(call, resource)), clock.now());
                       });
    };
    implement("Get", [&expiries](const Call&, const apps::Expiring& resource) { return expiries.get(resource); });
    implement("Delete", [&expiries](const Call&, const apps::Expiring& resource) { return expiries.erase(resource); });
    implement("Put", [&](const Call& call, const apps::Expiring& resource) -> Result<Timestamp> {
      const Timestamp due = TRY(due_of(structure_of(call, "ExpiryRequest"), clock.now()));
      TRY(expiries.put(resource, due));
      return due;
    });
  }
}

}  // namespace rapport::rapport_api
