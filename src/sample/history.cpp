#include "sample/history.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/random.h"
#include "campaigns/reasons.h"

namespace rapport::sample {
namespace {

using bingewatch::Film;
using bingewatch::Viewer;
using bingewatch::World;

constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;
constexpr double kDelivered = 0.975;
constexpr double kClicked = 0.22;        // of those who opened
constexpr double kWatchesAnyway = 0.06;  // a film of the kind within the days after
constexpr double kWatchesAfterOpening = 0.14;
constexpr double kWatchesAfterClicking = 0.55;
constexpr std::size_t kPieceEvents = 2'000;
constexpr std::uint32_t kSessionsOneIn = 3;
constexpr std::uint32_t kRentedOneIn = 50;  // the other films are part of the membership

bool is_of(const Film& film, std::string_view genre) {
  return genre.empty() || std::ranges::find(film.genres, genre) != film.genres.end();
}

Timestamp within_hours(Timestamp from, double hours_mean, Random& random) {
  const double hours = hours_mean * (0.1 + 2 * random.uniform() * random.uniform());
  return from + static_cast<std::int64_t>(hours * static_cast<double>(kMicrosPerHour));
}

Reached play_one(const CampaignContent& content, const Member& member, int treatment, Timestamp now, Random& random) {
  Reached one{.viewer = member.viewer, .treatment = treatment};
  const Timestamp sent = sent_at(content, now);
  double watches = kWatchesAnyway;
  one.delivered = treatment >= 0 && random.uniform() < kDelivered;
  const double open_rate = treatment == 1 ? content.other_open_rate : content.open_rate;
  if (one.delivered && random.uniform() < open_rate) {
    one.opened = within_hours(sent, 8, random);
    watches = kWatchesAfterOpening;
    if (random.uniform() < kClicked) {
      one.clicked = one.opened + 40 * kMicrosPerSecond;
      watches = kWatchesAfterClicking;
    }
  }
  const Timestamp from = one.opened.micros > 0 ? one.opened : sent;
  if (random.uniform() < watches) one.watched = within_hours(from, 20, random);
  return one;
}

int treatment_of(std::span<const campaigns::Treatment> treatments, int cohort) {
  for (const auto& treatment : treatments) {
    if (treatment.cohorts.contains(cohort)) return treatment.number;
  }
  return -1;
}

events::Event event_of(const std::string& app, const Viewer& viewer, std::string type, Timestamp time) {
  events::Event event;
  event.app = app;
  event.endpoint = email_endpoint(viewer);
  event.user = viewer.id;
  event.type = std::move(type);
  event.time = time;
  event.arrival = time;
  return event;
}

events::Event watched_event(const std::string& app, const Viewer& viewer, const Film& film, Timestamp time, int stars) {
  events::Event event = event_of(app, viewer, "film.watched", time);
  if (has_phone(viewer)) event.endpoint = phone_endpoint(viewer);
  event.session_id = viewer.id + "-" + std::to_string(time.micros / kMicrosPerSecond);
  event.id = "watched-" + film.id + "-" + event.session_id;
  event.attributes = {
      {"FilmId", film.id}, {"Title", film.title}, {"Genre", film.genres.front()}, {"Device", viewer.platform}};
  event.metrics = {{"Stars", stars}, {"Minutes", 70 + static_cast<double>(stable_hash(film.id) % 70)}};
  return event;
}

// Paying for a film, a minute before it is watched: what campaigns hope for.
events::Event rented_event(const events::Event& watched) {
  events::Event event = watched;
  event.type = "film.rented";
  event.id = "rented-" + watched.id;
  event.time = event.arrival = watched.time - 60 * kMicrosPerSecond;
  event.metrics = {{"Price", 2.5 + static_cast<double>(stable_hash(watched.id) % 4)}};
  return event;
}

// Hands events on in pieces.
class Pieces {
 public:
  explicit Pieces(const Publish& publish) : publish_(publish) {}
  Status add(events::Event event) {
    events_.push_back(std::move(event));
    return events_.size() < kPieceEvents ? Status() : flush();
  }
  Status flush() { return events_.empty() ? Status() : publish_(std::exchange(events_, {})); }

 private:
  const Publish& publish_;
  std::vector<events::Event> events_;
};

// The events of one message.
class Telling {
 public:
  Telling(const std::string& app, const RecordedCampaign& recorded, Timestamp sent, Pieces& pieces)
      : app_(app), recorded_(recorded), sent_(sent), pieces_(pieces) {}

  Status tell(const Viewer& viewer, const Reached& one) {
    if (one.treatment < 0) return add(viewer, one, "_campaign.holdout", sent_, {{"delivery_type", "EMAIL"}});
    const std::string status = one.delivered ? "SUCCESS" : "FAILURE_PERMANENT";
    TRY(add(viewer, one, "_campaign.send", sent_, {{"delivery_type", "EMAIL"}, {"campaign_send_status", status}}));
    TRY(add(viewer, one, "_email.send", sent_, {{"feedback", "received"}}));
    if (!one.delivered) return add(viewer, one, "_email.hardbounce", sent_, {{"feedback", "hardbounce"}});
    TRY(add(viewer, one, "_email.delivered", sent_, {{"feedback", "delivered"}}));
    if (one.opened.micros > 0) TRY(add(viewer, one, "_email.open", one.opened, {{"feedback", "opened"}}));
    if (one.clicked.micros == 0) return {};
    return add(viewer, one, "_email.click", one.clicked, {{"feedback", "https://bingewatch.example/"}});
  }

 private:
  using Attributes = std::vector<std::pair<std::string, std::string>>;

  // Opening and clicking are of the time of the message, and arrive when they happen.
  Status add(const Viewer& viewer, const Reached& one, const std::string& type, Timestamp arrival, Attributes more) {
    events::Event event = event_of(app_, viewer, type, sent_);
    const std::string& run = recorded_.runs[static_cast<std::size_t>(std::max(one.treatment, 0))];
    event.arrival = arrival;
    event.id = to_hex(sha256(run + "/" + event.endpoint).substr(0, 16)) + type;
    event.attributes = {{"campaign_id", recorded_.id}, {"campaign_activity_id", run}};
    if (one.treatment >= 0) event.attributes.emplace_back("treatment_id", std::to_string(one.treatment));
    for (auto& attribute : more) event.attributes.push_back(std::move(attribute));
    return pieces_.add(std::move(event));
  }

  const std::string& app_;
  const RecordedCampaign& recorded_;
  const Timestamp sent_;
  Pieces& pieces_;
};

}  // namespace

std::string email_endpoint(const Viewer& viewer) { return "email-" + viewer.id; }
std::string phone_endpoint(const Viewer& viewer) { return "phone-" + viewer.id; }
bool has_phone(const Viewer& viewer) { return viewer.platform != "Web"; }

Timestamp sent_at(const CampaignContent& content, Timestamp now) {
  const std::int64_t day = (now - content.days_ago * kMicrosPerDay).micros / kMicrosPerDay * kMicrosPerDay;
  return {day + 17 * kMicrosPerHour};
}

std::vector<Member> in_segment(const CampaignContent& content, const World& world, std::span<const Member> members,
                               Timestamp now) {
  constexpr int kFilmsMin = 3;  // as the segment of fans asks
  std::vector<int> seen(world.viewers.size(), content.genre.empty() ? kFilmsMin : 0);
  const auto sent = sent_at(content, now).micros / kMicrosPerSecond;
  for (const auto& row : world.watched) {
    if (row.time < sent && world.films[row.film].genres.front() == content.genre) ++seen[row.viewer];
  }
  std::vector<Member> found;
  std::ranges::copy_if(members, std::back_inserter(found),
                       [&](const Member& member) { return seen[member.viewer] >= kFilmsMin; });
  return found;
}

Outcome play(const CampaignContent& content, std::span<const campaigns::Treatment> treatments,
             std::span<const Member> members, Timestamp now) {
  Random random(stable_hash(content.name));
  Outcome outcome{.sent = sent_at(content, now), .reached = {}, .counts = {}};
  outcome.counts.resize(treatments.size());
  for (auto& counts : outcome.counts) counts[std::string(campaigns::kProduced)] = std::ssize(members);
  const auto count_all = [&](std::string_view name, int but) {
    for (std::size_t t = 0; t < outcome.counts.size(); ++t) {
      if (static_cast<int>(t) != but) ++outcome.counts[t][std::string(name)];
    }
  };
  for (const Member& member : members) {
    if (!member.active || member.opted_out) {
      count_all(member.active ? campaigns::kOptOut : campaigns::kInactive, -1);
      continue;
    }
    const int treatment = treatment_of(treatments, member.cohort);
    count_all(campaigns::kTreatmentHoldout, treatment);
    const Reached one = play_one(content, member, treatment, now, random);
    outcome.reached.push_back(one);
    if (treatment < 0) continue;
    auto& counts = outcome.counts[static_cast<std::size_t>(treatment)];
    ++counts["SENT"];
    ++counts[one.delivered ? "DELIVERED" : "PERMANENT_FAILURE"];
  }
  return outcome;
}

Status tell_watched(const std::string& app, const World& world, const Publish& publish) {
  Pieces pieces(publish);
  for (std::size_t i = 0; i < world.watched.size(); ++i) {
    const auto& row = world.watched[i];
    const Viewer& viewer = world.viewers[row.viewer];
    const Timestamp time{row.time * kMicrosPerSecond};
    events::Event watched = watched_event(app, viewer, world.films[row.film], time, row.stars);
    if (i % kSessionsOneIn == 0) {
      events::Event session = event_of(app, viewer, "_session.start", time - 60 * kMicrosPerSecond);
      session.endpoint = watched.endpoint;
      session.session_id = watched.session_id;
      session.session_start = session.time;
      session.id = "session-" + watched.session_id;
      TRY(pieces.add(std::move(session)));
    }
    if (i % kRentedOneIn == 0) TRY(pieces.add(rented_event(watched)));
    TRY(pieces.add(std::move(watched)));
  }
  return pieces.flush();
}

Status tell_campaign(const std::string& app, const World& world, const CampaignContent& content,
                     const RecordedCampaign& recorded, const Outcome& outcome, const Publish& publish) {
  Pieces pieces(publish);
  std::vector<std::uint32_t> films;
  for (std::uint32_t film = 0; film < world.films.size(); ++film) {
    if (is_of(world.films[film], content.genre)) films.push_back(film);
  }
  Telling telling(app, recorded, outcome.sent, pieces);
  for (const Reached& one : outcome.reached) {
    const Viewer& viewer = world.viewers[one.viewer];
    TRY(telling.tell(viewer, one));
    if (one.watched.micros > 0 && !films.empty()) {
      const Film& film = world.films[films[stable_hash(viewer.id + recorded.id) % films.size()]];
      events::Event watched = watched_event(app, viewer, film, one.watched, 4);
      TRY(pieces.add(rented_event(watched)));
      TRY(pieces.add(std::move(watched)));
    }
  }
  return pieces.flush();
}

}  // namespace rapport::sample
