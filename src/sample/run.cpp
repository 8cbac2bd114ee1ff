#include "sample/run.h"

#include <algorithm>
#include <array>
#include <utility>

#include "audience/change.h"
#include "audience/segment_search.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "campaigns/past.h"

namespace rapport::sample {
namespace {

constexpr std::int64_t kDays = 90;
constexpr std::size_t kBatchViewers = 500;
constexpr std::uint32_t kViewersPerFilm = 6;
constexpr std::uint32_t kFilmsMin = 120;
constexpr std::uint32_t kFilmsMax = 1'200;
constexpr std::string_view kSender = "hello@bingewatch.example";
constexpr std::string_view kIdentity = "arn:aws:ses:us-east-1:000000000000:identity/bingewatch.example";
constexpr double kOptedOut = 0.04;
constexpr double kInactive = 0.02;
constexpr double kSaveEvery = 0.1;  // of a step

bingewatch::Options world_options(const SampleRequest& request, Timestamp now) {
  const std::int64_t last = now.micros / kMicrosPerSecond;
  return {.viewers = request.users,
          .films = std::clamp(request.users / kViewersPerFilm, kFilmsMin, kFilmsMax),
          .first_time = last - kDays * 86'400,
          .last_time = last};
}

// Fine when it is there already, from a run before.
Status unless_there(const Status& made) {
  return made || made.error().kind == ErrorKind::kAlreadyExists ? Status() : made;
}

std::string device_token(const std::string& user) { return to_hex(sha256("bingewatch/" + user)); }

json::object user_of(const bingewatch::Viewer& viewer) {
  return {{"UserId", viewer.id},
          {"UserAttributes",
           {{"FirstName", json::array{viewer.first_name}}, {"Membership", json::array{viewer.membership}}}}};
}

json::object endpoint_of(const bingewatch::Viewer& viewer, std::size_t films, std::int64_t last_seen) {
  return {{"OptOut", "NONE"},
          {"User", user_of(viewer)},
          {"Location", {{"Country", viewer.place.country}, {"City", viewer.place.city}}},
          {"Demographic",
           {{"Platform", viewer.platform}, {"Timezone", viewer.place.timezone}, {"Locale", viewer.place.locale}}},
          {"Metrics", {{"FilmsWatched", films}}},
          {"EffectiveDate", format_iso8601({last_seen * kMicrosPerSecond})}};
}

}  // namespace

SampleRun::SampleRun(const Collaborators& with, jobs::Context& context)
    : with_(with),
      context_(context),
      request_(request_of(context.job().input)),
      now_(context.job().created),
      progress_(SampleProgress::from(context.job().checkpoint)) {}

Status SampleRun::run() {
  world_ = bingewatch::make_world(world_options(request_, now_));
  using Make = Status (SampleRun::*)();
  constexpr std::array<Make, kSteps.size()> kMakers = {
      &SampleRun::make_application, &SampleRun::make_audience,  &SampleRun::make_templates, &SampleRun::make_segments,
      &SampleRun::record_campaigns, &SampleRun::publish_events, &SampleRun::make_datasets};
  while (progress_.step < kSteps.size()) {
    if (!progress_.application.empty()) TRY(with_.applications.require(progress_.application));
    TRY((this->*kMakers[progress_.step])());
    if (context_.should_stop()) return {};
    TRY(finish_step());
  }
  return {};
}

Status SampleRun::finish_step() {
  ++progress_.step;
  progress_.share = 0;
  const auto document = progress_.document();
  return context_.save(document, document);
}

Status SampleRun::advance(double share) {
  if (share - progress_.share < kSaveEvery) return {};
  progress_.share = share;
  const auto document = progress_.document();
  return context_.save(document, document);
}

std::string SampleRun::name_of(std::string_view what) const {
  return to_lower(request_.name) + "-" + std::string(what);
}

Status SampleRun::make_application() {
  if (progress_.application.empty()) {
    progress_.application = TRY(with_.applications.create(request_.name, {}))
    .id;
    const auto document = progress_.document();
    TRY(context_.save(document, document));
  }
  const json::object settings = {{"FromAddress", kSender}, {"Identity", kIdentity}, {"Enabled", true}};
  TRY(with_.channel_settings.put(progress_.application, "email", settings, "sample"));
  return {};
}

// One e-mail endpoint each, and one for the application on whose phone it is.
Status SampleRun::make_audience() {
  std::vector<std::size_t> films(world_.viewers.size(), 0);
  std::vector<std::int64_t> last_seen(world_.viewers.size(), now_.micros / kMicrosPerSecond - kDays * 86'400);
  for (const auto& row : world_.watched) {
    ++films[row.viewer];
    last_seen[row.viewer] = std::max(last_seen[row.viewer], row.time);
  }
  Random random(stable_hash(request_.name));
  std::vector<audience::EndpointChange> changes;
  for (std::size_t i = 0; i < world_.viewers.size(); ++i) {
    const auto& viewer = world_.viewers[i];
    json::object document = endpoint_of(viewer, films[i], last_seen[i]);
    document["ChannelType"] = "EMAIL";
    document["Address"] = viewer.id + "@bingewatch.example";
    if (random.uniform() < kOptedOut) document["OptOut"] = "ALL";
    if (random.uniform() < kInactive) document["EndpointStatus"] = "INACTIVE";
    changes.push_back(TRY(audience::change_of(email_endpoint(viewer), document)));
    if (has_phone(viewer)) {
      json::object phone = endpoint_of(viewer, films[i], last_seen[i]);
      phone["ChannelType"] = viewer.platform == "iOS" ? "APNS" : "GCM";
      phone["Address"] = device_token(viewer.id);
      changes.push_back(TRY(audience::change_of(phone_endpoint(viewer), phone)));
    }
    if (changes.size() < kBatchViewers && i + 1 < world_.viewers.size()) continue;
    TRY(with_.endpoints.apply(progress_.application, std::exchange(changes, {}),
                              {.on_refusal = audience::OnRefusal::kRefuseAll}));
    TRY(advance(static_cast<double>(i + 1) / static_cast<double>(world_.viewers.size())));
  }
  return {};
}

Status SampleRun::make_templates() {
  for (const TemplateContent& content : kTemplates) {
    const auto document = TRY(json::parse(content.content));
    TRY(unless_there(with_.templates.create({name_of(content.name), content.type}, document.as_object(), {})));
  }
  return {};
}

Result<std::string> SampleRun::segment_of(std::string_view name) {
  std::string id;
  TRY(with_.database.read([&](sql::Session& session) -> Status {
    const auto found =
        TRY(audience::search_segments(session, {.app = progress_.application, .text = std::string(name)}));
    const auto same = std::ranges::find(found.segments, name, &audience::SegmentSummary::name);
    id = same == found.segments.end() ? "" : same->id;
    return {};
  }));
  return id;
}

Status SampleRun::make_segments() {
  for (const SegmentContent& content : kSegments) {
    if (!TRY(segment_of(content.name)).empty()) continue;
    auto definition = TRY(json::parse(content.definition));
    TRY(with_.segments.create(progress_.application, {std::string(content.name), std::move(definition.as_object())},
                              {}));
  }
  return {};
}

Result<std::vector<Member>> SampleRun::members() {
  std::vector<Member> members;
  std::vector<std::string> ids;
  for (std::uint32_t i = 0; i < world_.viewers.size(); ++i) {
    ids.push_back(email_endpoint(world_.viewers[i]));
    if (ids.size() < kBatchViewers && i + 1 < world_.viewers.size()) continue;
    const auto endpoints = TRY(with_.endpoints.get_many(progress_.application, ids));
    const auto first = static_cast<std::uint32_t>(i + 1 - ids.size());
    for (std::uint32_t k = 0; k < endpoints.size(); ++k) {
      if (!endpoints[k]) continue;
      members.push_back({first + k, endpoints[k]->cohort(), endpoints[k]->active(), endpoints[k]->opted_out()});
    }
    ids.clear();
  }
  return members;
}

Status SampleRun::record_campaigns() {
  const auto everybody = TRY(members());
  const std::string prefix = to_lower(request_.name) + "-";
  std::vector<campaigns::PastCampaign> past;
  for (const CampaignContent& content : kCampaigns) {
    campaigns::PastCampaign campaign {
      .app = progress_.application, .id = random_id(),
      .request = request_of(content, prefix, TRY(segment_of(content.segment)), sent_at(content, now_)),
      .created = sent_at(content, now_) - kMicrosPerDay, .runs = {}
    };
    const auto treatments = TRY(campaigns::read_treatments(campaign.request));
    const auto outcome = play(content, treatments, in_segment(content, world_, everybody, now_), now_);
    RecordedCampaign recorded{campaign.id, {}};
    for (std::size_t t = 0; t < treatments.size(); ++t) {
      campaign.runs.push_back({.id = random_id(),
                               .treatment = static_cast<std::int64_t>(t),
                               .started = outcome.sent,
                               .ended = outcome.sent + 90 * kMicrosPerSecond,
                               .counts = outcome.counts[t]});
      recorded.runs.push_back(campaign.runs.back().id);
    }
    past.push_back(std::move(campaign));
    progress_.campaigns.push_back(std::move(recorded));
  }
  // With the step, so that a campaign is never there twice.
  SampleProgress after = progress_;
  ++after.step;
  const auto document = after.document();
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    for (const auto& campaign : past) TRY(campaigns::record(session, campaign));
    return context_.save(session, document, document);
  }));
  return {};
}

Status SampleRun::publish_events() {
  const std::string& app = progress_.application;
  std::size_t published = 0;
  const double expected = 1.5 * static_cast<double>(world_.watched.size() + 1);
  const Publish publish = [&](const std::vector<events::Event>& events) -> Status {
    if (context_.should_stop()) return fail(ErrorKind::kUnavailable, "The sample goes on later");
    TRY(with_.events.publish(events));
    published += events.size();
    return advance(std::min(1.0, static_cast<double>(published) / expected));
  };
  TRY(tell_watched(app, world_, publish));
  const auto everybody = TRY(members());
  for (std::size_t i = 0; i < kCampaigns.size() && i < progress_.campaigns.size(); ++i) {
    const CampaignContent& content = kCampaigns[i];
    const auto treatments = TRY(campaigns::read_treatments(request_of(content, "", "", sent_at(content, now_))));
    const auto outcome = play(content, treatments, in_segment(content, world_, everybody, now_), now_);
    TRY(tell_campaign(app, world_, content, progress_.campaigns[i], outcome, publish));
  }
  return {};
}

}  // namespace rapport::sample
