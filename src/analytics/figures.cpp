#include "analytics/figures.h"

#include <algorithm>

namespace rapport::analytics {
namespace {

using enum Count;
using enum Messages;
using Value = std::optional<double>;

constexpr unsigned bit(Grouping grouping) { return static_cast<unsigned>(grouping); }
constexpr unsigned kPlain = bit(Grouping::kNone);
constexpr unsigned kPlainAndDate = kPlain | bit(Grouping::kDate);
constexpr unsigned kCampaign = bit(Grouping::kCampaign);
constexpr unsigned kActivity = bit(Grouping::kCampaignActivity);
constexpr unsigned kCountry = bit(Grouping::kCountry);

double at(const Counts& counts, Count count) { return counts[static_cast<std::size_t>(count)]; }

Value ratio(double part, double whole) { return whole > 0 ? Value(part / whole) : Value(); }
// A count that is nothing says so only beside a base that is something.
Value beside(double value, double base) { return base > 0 || value > 0 ? Value(value) : Value(); }
Value some(double value) { return beside(value, 0); }

// A soft bounce counts while the message was neither delivered nor bounced hard.
double soft_bounced(const Counts& c) { return at(c, kMailUnsettled) - at(c, kMailSettled); }

double mail_came_through(const Counts& c) {
  return std::max(0.0, at(c, kMailSent) - soft_bounced(c) - at(c, kMailHardBounced) - at(c, kMailRejected));
}

// Where an app does not tell what it received, what was sent stands for it.
double push_delivered(const Counts& c) { return at(c, kPushReceived) > 0 ? at(c, kPushReceived) : at(c, kPushSent); }

Value delivery_rate(const Counts& c) { return ratio(at(c, kDelivered), at(c, kAttempted)); }
Value attempted(const Counts& c) { return some(at(c, kAttempted)); }
Value unique_deliveries(const Counts& c) { return some(at(c, kReached)); }
Value not_bounced(const Counts& c) { return beside(at(c, kAttempted) - at(c, kMailHardBounced), at(c, kAttempted)); }
Value mail_open_rate(const Counts& c) { return ratio(at(c, kMailOpened), at(c, kMailDelivered)); }
Value push_open_rate(const Counts& c) { return ratio(at(c, kPushOpened), push_delivered(c)); }
Value hard_bounce_rate(const Counts& c) { return ratio(at(c, kMailHardBounced), at(c, kMailSent)); }
Value clicks(const Counts& c) { return beside(at(c, kMailClicked), at(c, kAttempted)); }
Value mail_opens(const Counts& c) { return beside(at(c, kMailOpened), at(c, kMailSent)); }
Value push_opens(const Counts& c) { return beside(at(c, kPushOpened), at(c, kPushSent)); }
Value sms_spend(const Counts& c) { return beside(at(c, kSmsPrice), at(c, kSmsSent)); }

template <Count kCount>
Value beside_mail(const Counts& c) {
  return beside(at(c, kCount), at(c, kMailSent));
}
template <Count kCount>
Value beside_sms(const Counts& c) {
  return beside(at(c, kCount), at(c, kSmsSent));
}
Value mail_delivered(const Counts& c) { return beside(mail_came_through(c), at(c, kMailSent)); }
Value mail_delivery_rate(const Counts& c) { return ratio(mail_came_through(c), at(c, kMailSent)); }
Value mail_soft_bounced(const Counts& c) { return beside(soft_bounced(c), at(c, kMailSent)); }
Value complaint_rate(const Counts& c) { return ratio(at(c, kMailComplaints), at(c, kMailSent)); }
Value sms_delivery_rate(const Counts& c) { return ratio(at(c, kSmsDelivered), at(c, kSmsSent)); }
Value sms_errors(const Counts& c) { return some(at(c, kSmsFailed)); }
Value sms_average_price(const Counts& c) { return ratio(at(c, kSmsPrice), at(c, kSmsSent)); }
Value sms_average_price_by_parts(const Counts& c) { return ratio(at(c, kSmsPrice), at(c, kSmsSentParts)); }

std::vector<Figure> make_figures() {
  const std::vector<Count> came_through = {kMailSent, kMailHardBounced, kMailRejected, kMailSoftEvents};
  const auto mail = [](std::string_view name, Count count, Value (*value)(const Counts&)) {
    return Figure{kTransactional, name, kPlainAndDate, {count, kMailSent}, value};
  };
  const auto sms = [](std::string_view name, unsigned groupings, Count count, Value (*value)(const Counts&)) {
    return Figure{kTransactional, name, groupings, {count, kSmsSent}, value};
  };
  return {
      {kOfCampaigns, "successful-delivery-rate", kPlainAndDate, {kDelivered, kAttempted}, delivery_rate},
      {kOfCampaigns, "unique-deliveries", kPlainAndDate | kCampaign, {kReached}, unique_deliveries},
      {kOfCampaigns, "successful-deliveries", kCampaign, {kAttempted, kMailHardBounced}, not_bounced},
      {kOfCampaigns, "email-open-rate", kPlain | kCampaign, {kMailOpened, kMailDelivered}, mail_open_rate},
      {kOfCampaigns, "push-open-rate", kPlain | kCampaign, {kPushOpened, kPushReceived, kPushSent}, push_open_rate},

      mail("txn-emails-sent", kMailSent, beside_mail<kMailSent>),
      {kTransactional, "txn-emails-delivered", kPlainAndDate, came_through, mail_delivered},
      {kTransactional, "txn-emails-delivery-rate", kPlainAndDate, came_through, mail_delivery_rate},
      mail("txn-emails-hard-bounced", kMailHardBounced, beside_mail<kMailHardBounced>),
      mail("txn-emails-soft-bounced", kMailSoftEvents, mail_soft_bounced),
      mail("txn-emails-opened", kMailOpened, beside_mail<kMailOpened>),
      mail("txn-emails-unique-opens", kMailOpeners, beside_mail<kMailOpeners>),
      mail("txn-emails-clicked", kMailClicked, beside_mail<kMailClicked>),
      mail("txn-emails-unique-clicks", kMailClickers, beside_mail<kMailClickers>),
      mail("txn-emails-with-complaints", kMailComplaints, beside_mail<kMailComplaints>),
      mail("txn-emails-complaint-rate", kMailComplaints, complaint_rate),

      sms("txn-sms-sent", kPlainAndDate | kCountry, kSmsSent, beside_sms<kSmsSent>),
      sms("txn-sms-sent-by-parts", kPlain | kCountry, kSmsSentParts, beside_sms<kSmsSentParts>),
      sms("txn-sms-delivered", kPlainAndDate | kCountry, kSmsDelivered, beside_sms<kSmsDelivered>),
      sms("txn-sms-delivered-by-parts", kPlain | kCountry, kSmsDeliveredParts, beside_sms<kSmsDeliveredParts>),
      sms("txn-sms-delivery-rate", kPlainAndDate, kSmsDelivered, sms_delivery_rate),
      {kTransactional, "txn-sms-error-distribution", bit(Grouping::kError), {kSmsFailed}, sms_errors},
      sms("txn-sms-average-price", kCountry, kSmsPrice, sms_average_price),
      {kTransactional,
       "txn-sms-average-price-by-parts",
       kCountry,
       {kSmsPrice, kSmsSentParts},
       sms_average_price_by_parts},
      sms("txn-sms-total-price", kCountry, kSmsPrice, sms_spend),

      {kOfOneCampaign, "successful-delivery-rate", kPlainAndDate | kActivity, {kDelivered, kAttempted}, delivery_rate},
      {kOfOneCampaign, "unique-deliveries", kPlainAndDate | kActivity, {kReached}, unique_deliveries},
      {kOfOneCampaign, "email-open-rate", kPlain | kActivity, {kMailOpened, kMailDelivered}, mail_open_rate},
      {kOfOneCampaign, "push-open-rate", kPlain | kActivity, {kPushOpened, kPushReceived, kPushSent}, push_open_rate},
      {kOfOneCampaign, "hard-bounce-rate", kPlain | kActivity, {kMailHardBounced, kMailSent}, hard_bounce_rate},
      {kOfOneCampaign, "sms-spend", kPlain, {kSmsPrice, kSmsSent}, sms_spend},
      {kOfOneCampaign, "successful-deliveries", kActivity, {kAttempted, kMailHardBounced}, not_bounced},
      {kOfOneCampaign, "attempted-deliveries", kActivity, {kAttempted}, attempted},
      {kOfOneCampaign, "clicks", kActivity, {kMailClicked, kAttempted}, clicks},
      {kOfOneCampaign, "direct-email-opens", kActivity, {kMailOpened, kMailSent}, mail_opens},
      {kOfOneCampaign, "direct-push-opens", kActivity, {kPushOpened, kPushSent}, push_opens},
  };
}

}  // namespace

std::span<const Figure> figures() {
  static const std::vector<Figure> kFigures = make_figures();
  return kFigures;
}

std::string_view suffix_of(Grouping grouping) {
  switch (grouping) {
    case Grouping::kNone: return "";
    case Grouping::kDate: return "-grouped-by-date";
    case Grouping::kCampaign: return "-grouped-by-campaign";
    case Grouping::kCampaignActivity: return "-grouped-by-campaign-activity";
    case Grouping::kCountry: return "-grouped-by-country";
    case Grouping::kError: return "";
  }
  return "";
}

}  // namespace rapport::analytics
