#include "channels/providers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "channels/provider.h"
#include "channels/rate_limit.h"
#include "channels/settings.h"

namespace rapport::channels {
namespace {

constexpr std::string_view kDefaultProvider = "outbox";
constexpr std::string_view kNoProvider = "none";
constexpr std::string_view kEmail = "email";  // always has a provider: the server itself writes e-mails
constexpr double kBurstSeconds = 0.1;         // what a rate gives in this time may leave at once
constexpr double kPatienceSeconds = 10;       // how long a message waits for its place
constexpr std::string_view kCustom = "custom";
constexpr std::array<std::string_view, 11> kKinds = {
    "adm", "apns", "apns_sandbox", "apns_voip", "apns_voip_sandbox", "baidu", "custom", "email", "gcm", "sms", "voice"};

bool is_kind(std::string_view kind) { return std::ranges::find(kKinds, kind) != kKinds.end(); }

using Values = std::map<std::string, std::string>;

// The configuration of each kind.
Result<std::map<std::string, Values>> values_by_kind(const Values& configuration) {
  std::map<std::string, Values> by_kind;
  for (const auto& [key, value] : configuration) {
    const std::size_t dot = key.find('.');
    const std::string kind = key.substr(0, dot);
    if (!is_kind(kind) || dot == std::string::npos) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("The setting channels.{} must begin with one of {}", key, fmt::join(kKinds, ", ")));
    }
    by_kind[kind][key.substr(dot + 1)] = value;
  }
  return by_kind;
}

bool sends(const ProviderKind& provider, std::string_view kind) {
  return provider.kinds.empty() || std::ranges::find(provider.kinds, kind) != provider.kinds.end();
}

std::string names_of(const std::vector<ProviderKind>& all, std::string_view kind) {
  std::vector<std::string_view> names;
  for (const ProviderKind& provider : all) {
    if (sends(provider, kind)) names.push_back(provider.name);
  }
  if (kind != kEmail) names.push_back(kNoProvider);
  return fmt::format("{}", fmt::join(names, ", "));
}

// Opens what the configuration asks for.
class Opening {
 public:
  explicit Opening(const ProviderContext& context) : context_(context) {}

  // Nothing for "none".
  Result<std::shared_ptr<Channel>> open(const std::string& kind, Values values) {
    std::string name(kDefaultProvider);
    if (auto given = values.extract("provider")) name = std::move(given.mapped());
    if (name == kNoProvider && kind != kEmail) return nullptr;
    const double rate = TRY(number_of(values, kind, "rate", 0));
    const double burst = TRY(number_of(values, kind, "burst", rate * kBurstSeconds));
    const double patience = TRY(number_of(values, kind, "patience_seconds", kPatienceSeconds));
    auto channel = TRY(provided(kind, name, std::move(values)));
    if (rate <= 0) return channel;
    return make_limited(std::move(channel), std::make_shared<RateLimit>(rate, burst), patience, real_pace());
  }

 private:
  // A number of our own among the provider's settings.
  static Result<double> number_of(Values& values, const std::string& kind, const std::string& key, double otherwise) {
    const auto given = values.extract(key);
    if (!given) return otherwise;
    const auto number = parse_double(given.mapped());
    if (number && *number >= 0) return *number;
    return fail(ErrorKind::kInvalid,
                fmt::format("The setting channels.{}.{} must be a number: {}", kind, key, given.mapped()));
  }

  Result<std::shared_ptr<Channel>> provided(const std::string& kind, const std::string& name, Values values) {
    const auto provider = std::ranges::find(all_, name, &ProviderKind::name);
    if (provider == all_.end() || !sends(*provider, kind)) {
      return fail(ErrorKind::kInvalid, fmt::format("The setting channels.{}.provider must be one of {}: {}", kind,
                                                   names_of(all_, kind), name));
    }
    if (provider->sharing == ProviderKind::Sharing::kOnePerKind) return open(*provider, kind, std::move(values));
    auto& shared = shared_[name];
    if (!shared) shared = TRY(open(*provider, kind, std::move(values)));
    return shared;
  }

  Result<std::shared_ptr<Channel>> open(const ProviderKind& provider, const std::string& kind, Values values) {
    ProviderContext context = context_;
    context.kind = kind;
    context.values = std::move(values);
    auto channel = provider.open(context);
    if (channel || channel.error().field.empty()) return channel;
    return fail(channel.error().kind,
                fmt::format("The setting channels.{}.{} {}", kind, channel.error().field, channel.error().message));
  }

  const ProviderContext& context_;
  const std::vector<ProviderKind> all_ = provider_kinds();
  std::map<std::string, std::shared_ptr<Channel>> shared_;
};

// "apns_voip" is configured by UpdateApnsVoipChannel.
std::string operation_of(std::string_view kind) {
  std::string name = "Update";
  for (const std::string_view word : split(kind, '_')) {
    name += static_cast<char>(word.front() - 'a' + 'A');
    name += word.substr(1);
  }
  return name + "Channel";
}

}  // namespace

Result<std::unique_ptr<Providers>> Providers::open(const ProviderContext& context, const Values& configuration) {
  auto values = TRY(values_by_kind(configuration));
  Opening opening(context);
  std::map<std::string, std::shared_ptr<Channel>> by_kind;
  for (const std::string_view name : kKinds) {
    const std::string kind(name);
    if (auto channel = TRY(opening.open(kind, std::move(values[kind])))) by_kind[kind] = std::move(channel);
  }
  return std::make_unique<Providers>(context.settings, std::move(by_kind));
}

Providers::Providers(Settings& settings, std::map<std::string, std::shared_ptr<Channel>> by_kind)
    : settings_(settings), by_kind_(std::move(by_kind)) {}

Channel* Providers::of_kind(std::string_view kind) const {
  const auto found = by_kind_.find(std::string(kind));
  return found == by_kind_.end() ? nullptr : found->second.get();
}

Result<Channel*> Providers::find(const std::string& app, std::string_view channel_type) {
  const std::string kind = to_lower(channel_type);
  if (!is_kind(kind)) {
    return fail(ErrorKind::kUnsupported, fmt::format("No message is sent to endpoints of this type: {}", channel_type));
  }
  const auto set_up = kind == kCustom ? fail(ErrorKind::kNotFound, {}) : settings_.get(app, kind);
  if (!set_up && set_up.error().kind != ErrorKind::kNotFound) return std::unexpected(set_up.error());
  if (set_up && !set_up->enabled()) {
    return fail(ErrorKind::kConflict,
                fmt::format("The {} channel is disabled; enable it with {}", channel_type, operation_of(kind)));
  }
  if (!set_up && kind != kEmail && kind != kCustom) {
    return fail(ErrorKind::kConflict,
                fmt::format("The {} channel is not set up; set it up with {}", channel_type, operation_of(kind)));
  }
  if (Channel* channel = of_kind(kind)) return channel;
  return fail(ErrorKind::kUnsupported,
              fmt::format("No provider sends {} messages; set channels.{}.provider to one of {}", channel_type, kind,
                          names_of(provider_kinds(), kind)));
}

}  // namespace rapport::channels
