#include "campaigns/screening.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "base/log.h"
#include "campaigns/hooks.h"

namespace rapport::campaigns {
namespace {

constexpr std::size_t kUsualDocumentBytes = 16'384;  // in memory
constexpr std::int64_t kEventPatienceMicros = 300 * kMicrosPerSecond;

void skip(Screened& screened, const Member& member, const audience::Endpoint& endpoint, std::string_view reason) {
  ++screened.filtered[std::string(reason)];
  screened.skipped.push_back({member, endpoint, reason});
}

}  // namespace

struct Screening::Candidate {
  Member member;
  audience::Endpoint endpoint;
  bool is_quiet = false;
  std::optional<json::object> definition = {};  // what the run's hook answered
  std::optional<json::object> changed = {};     // the document as the hook or a recommender changed it
};

Screening::Screening(const Collaborators& with, std::shared_ptr<const RunPlan> plan)
    : with_(with), plan_(plan), composer_(std::move(plan)) {}

// A run stops sending after its MaximumDuration; the answer to an event is worth nothing after five minutes.
std::string_view Screening::too_late(const Chunk& chunk, const Member& member, Timestamp now) const {
  if (!member.event.empty()) return now - member.event_time > kEventPatienceMicros ? kExpired : std::string_view();
  const std::int64_t seconds = plan_->limits.maximum_duration;
  if (seconds == 0) return {};
  const Timestamp began{std::max(plan_->activity.started.value_or(now).micros, chunk.sends_at)};
  return now - began > seconds * kMicrosPerSecond ? kExpired : std::string_view();
}

std::vector<Screening::Candidate> Screening::candidates(const Chunk& chunk,
                                                        std::vector<std::optional<audience::Endpoint>> endpoints,
                                                        Timestamp now, Screened& screened) const {
  std::vector<Candidate> candidates;
  candidates.reserve(endpoints.size());
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const Member& member = chunk.remaining[i];
    if (!endpoints[i]) {
      ++screened.filtered[std::string(kFilteredOut)];
      continue;
    }
    if (const std::string_view reason = composer_.refusal(*endpoints[i], chunk.sends_at); !reason.empty()) {
      ++screened.filtered[std::string(reason)];
      if (composer_.is_held_out(*endpoints[i], chunk.sends_at)) screened.held_out.push_back({member, *endpoints[i]});
    } else if (const std::string_view late = too_late(chunk, member, now); !late.empty()) {
      skip(screened, member, *endpoints[i], late);
    } else {
      const bool is_quiet = composer_.is_quiet(*endpoints[i], now);
      candidates.push_back({.member = member, .endpoint = *std::move(endpoints[i]), .is_quiet = is_quiet});
    }
  }
  return candidates;
}

bool Screening::has_caps() const {
  return plan_->limits.daily > 0 || plan_->limits.total > 0 || plan_->treatment.schedule.quiet_time;
}

std::vector<Claim> Screening::claims(const std::vector<Candidate>& candidates) const {
  std::vector<Claim> claims;
  claims.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    claims.push_back({candidate.member.key_id, composer_.message_id(candidate.member), candidate.is_quiet});
  }
  return claims;
}

// Keeps those who may get a message.
void Screening::keep_granted(std::vector<Candidate>& candidates, const std::vector<Verdict>& verdicts,
                             Screened& screened) const {
  std::vector<Candidate> kept;
  kept.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    Candidate& candidate = candidates[i];
    if (verdicts[i] == Verdict::kCampaignCap) {
      skip(screened, candidate.member, candidate.endpoint, kCampaignCap);
    } else if (candidate.is_quiet) {
      skip(screened, candidate.member, candidate.endpoint, kQuietTime);
    } else if (verdicts[i] == Verdict::kDailyCap) {
      skip(screened, candidate.member, candidate.endpoint, kDailyCap);
    } else {
      kept.push_back(std::move(candidate));
    }
  }
  candidates = std::move(kept);
}

// Keeps those whose channel has a provider and is set up.
void Screening::drop_unsupported(std::vector<Candidate>& candidates, Screened& screened) const {
  std::map<std::string, bool, std::less<>> supported;
  std::erase_if(candidates, [&](const Candidate& candidate) {
    const std::string_view type = candidate.endpoint.channel_type();
    auto known = supported.find(type);
    if (known == supported.end()) {
      const bool found = delivers_by_hook(*plan_, type) || with_.providers.find(plan_->activity.app, type).has_value();
      known = supported.emplace(type, found).first;
    }
    if (!known->second) skip(screened, candidate.member, candidate.endpoint, kUnsupportedChannel);
    return !known->second;
  });
}

// Keeps those whom the hook answers with. A call that fails takes only its own endpoints along.
void Screening::filter_by_hook(std::vector<Candidate>& candidates, Screened& screened) const {
  const std::string target = filter_hook_of(*plan_);
  if (target.empty()) return;
  std::vector<Candidate> kept;
  for (std::size_t first = 0; first < candidates.size(); first += kHookEndpointsMax) {
    const std::span batch(candidates.begin() + static_cast<std::ptrdiff_t>(first),
                          std::min(kHookEndpointsMax, candidates.size() - first));
    std::vector<const audience::Endpoint*> endpoints;
    for (const Candidate& candidate : batch) endpoints.push_back(&candidate.endpoint);
    const auto answer = with_.hook(target, filter_payload(*plan_, endpoints));
    if (!answer)
      log_warning("campaigns", "The hook of a run failed: {}: {}", answer.error().message, plan_->activity.id);
    for (Candidate& candidate : batch) {
      if (!answer) {
        skip(screened, candidate.member, candidate.endpoint, kHookFailure);
        continue;
      }
      const json::object* definition = json::find_object(*answer, candidate.endpoint.id());
      if (definition == nullptr) {
        skip(screened, candidate.member, candidate.endpoint, kHookFiltered);
        continue;
      }
      candidate.definition = *definition;
      candidate.changed = with_changes(candidate.endpoint.document(), *definition);
      kept.push_back(std::move(candidate));
    }
  }
  candidates = std::move(kept);
}

// Puts recommended items into the documents of those whose message names some; who gets none gets no message.
void Screening::recommend(std::vector<Candidate>& candidates, Screened& screened) const {
  if (std::ranges::none_of(candidates, [&](const Candidate& candidate) {
        return composer_.needs_recommendations(candidate.endpoint);
      })) {
    return;
  }
  std::vector<json::object> documents(candidates.size());
  std::vector<messages::Recipient> recipients(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (!composer_.needs_recommendations(candidate.endpoint)) continue;
    documents[i] = candidate.changed ? *candidate.changed : candidate.endpoint.document();
    recipients[i] = {candidate.endpoint.channel_type(), &documents[i]};
  }
  auto recommended =
      messages::recommend(plan_->composition, recipients, with_.recommendations,
                          {{"ApplicationId", plan_->activity.app}, {"CampaignId", plan_->activity.campaign}});
  std::vector<Candidate> kept;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto document = recommended.find(i);
    if (document != recommended.end() && !document->second) {
      const Error& error = document->second.error();
      if (error.kind == ErrorKind::kNotFound) {
        skip(screened, candidates[i].member, candidates[i].endpoint, kRecommenderFiltered);
        continue;
      }
      log_warning("campaigns", "Recommendations failed: {}", error.message);
      skip(screened, candidates[i].member, candidates[i].endpoint, kRecommendationFailure);
      continue;
    }
    if (document != recommended.end()) candidates[i].changed = std::move(*document->second);
    kept.push_back(std::move(candidates[i]));
  }
  candidates = std::move(kept);
}

Result<Screened> Screening::screen(const Chunk& chunk) {
  Screened screened;
  std::vector<std::string> ids;
  ids.reserve(chunk.remaining.size());
  for (const Member& member : chunk.remaining) ids.push_back(member.key_id);
  const Activity& run = plan_->activity;
  auto chosen = candidates(chunk, TRY(with_.endpoints.get_many(run.app, ids)), with_.clock.now(), screened);
  drop_unsupported(chosen, screened);
  if (has_caps()) {
    const auto verdicts =
        TRY(Caps(with_.records).reserve(run.app, run.campaign, plan_->limits, claims(chosen), with_.clock.now()));
    keep_granted(chosen, verdicts, screened);
  }
  filter_by_hook(chosen, screened);
  recommend(chosen, screened);
  screened.prepared.reserve(chosen.size());
  screened.messages.reserve(chosen.size());
  std::array<unsigned char, kUsualDocumentBytes> buffer;
  json::Arena arena(buffer.data(), buffer.size());
  for (Candidate& candidate : chosen) {
    arena.release();
    auto made = composer_.compose(
        candidate.endpoint, candidate.changed ? *candidate.changed : composer_.document(candidate.endpoint, &arena),
        candidate.member, candidate.definition ? &*candidate.definition : nullptr);
    if (const auto* reason = std::get_if<std::string_view>(&made)) {
      skip(screened, candidate.member, candidate.endpoint, *reason);
      continue;
    }
    if (with_.tracking != nullptr) {
      with_.tracking->prepare(std::get<channels::Outgoing>(made), channels::Purpose::kMarketing,
                              plan_->activity.started.value_or(plan_->activity.scheduled));
    }
    screened.prepared.push_back({std::move(candidate.member), std::move(candidate.endpoint)});
    screened.messages.push_back(std::get<channels::Outgoing>(std::move(made)));
  }
  return screened;
}

Result<Screened> Screening::foresee(const Chunk& chunk, std::vector<std::optional<audience::Endpoint>> endpoints,
                                    Timestamp now) const {
  Screened screened;
  auto chosen = candidates(chunk, std::move(endpoints), now, screened);
  drop_unsupported(chosen, screened);
  if (has_caps()) {
    const Activity& run = plan_->activity;
    const auto verdicts = TRY(Caps(with_.records).foresee(run.app, run.campaign, plan_->limits, claims(chosen), now));
    keep_granted(chosen, verdicts, screened);
  }
  const bool asks_hook = !filter_hook_of(*plan_).empty();
  for (Candidate& candidate : chosen) {
    if (!asks_hook && !composer_.needs_recommendations(candidate.endpoint)) {
      const auto made = composer_.compose(candidate.endpoint, composer_.document(candidate.endpoint), candidate.member);
      if (const auto* reason = std::get_if<std::string_view>(&made)) {
        skip(screened, candidate.member, candidate.endpoint, *reason);
        continue;
      }
    }
    screened.prepared.push_back({std::move(candidate.member), std::move(candidate.endpoint)});
  }
  return screened;
}

}  // namespace rapport::campaigns
