#include "campaigns/delivery.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"
#include "campaigns/composer.h"
#include "campaigns/cutter.h"
#include "campaigns/rows.h"
#include "campaigns/runs.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

constexpr std::int64_t kLeaseMicros = 600 * kMicrosPerSecond;
constexpr std::int64_t kChunksPerLease = 4;
constexpr std::int64_t kTriesMax = 4;  // of a chunk whose messages were refused for now
constexpr std::int64_t kFirstBackOffMicros = 2 * kMicrosPerSecond;

using Counts = std::map<std::string, std::int64_t>;

struct Chunk {
  std::int64_t number = 0;
  bool intended = false;  // its messages may have been handed over by a worker that died
  std::vector<Member> remaining;
  std::vector<Member> delivered;
  std::int64_t tries = 0;
  std::int64_t sends_at = 0;
};

// A chunk's messages, ready, and what was decided on the way.
struct Composed {
  std::vector<channels::Outgoing> messages;
  Counts filtered;
};

// What came of a chunk.
struct Settlement {
  std::vector<Member> again;  // to be sent later
  std::vector<Member> delivered;
  std::int64_t sent = 0;
  std::int64_t permanent = 0;
  Counts counts;

  void take(const channels::Receipt& receipt, const Member& endpoint, bool last_try) {
    using channels::Outcome;
    if (receipt.outcome == Outcome::kNotSent || (receipt.outcome == Outcome::kTemporaryFailure && !last_try)) {
      again.push_back(endpoint);
      return;
    }
    ++sent;
    ++counts["SENT"];
    ++counts[std::string(channels::to_string(receipt.outcome))];
    if (receipt.outcome == Outcome::kDelivered) delivered.push_back(endpoint);
    if (receipt.outcome == Outcome::kPermanentFailure) ++permanent;
  }
};

class Delivery {
 public:
  Delivery(const Collaborators& with, jobs::Context& context, const std::shared_ptr<const RunPlan>& plan)
      : with_(with), context_(context), activity_(plan->activity), composer_(plan) {}

  Status run() {
    while (!context_.should_stop()) {
      std::vector<Chunk> chunks = TRY(lease());
      if (chunks.empty()) return wait_for_rest();
      const Status sent = send_all(chunks);
      if (!sent || context_.should_stop()) {
        TRY(with_.database.write(kReleaseOwned, {owner_, with_.clock.now().micros}));
        TRY(sent);
      }
    }
    return fail(ErrorKind::kUnavailable, "Stopped while delivering the run");
  }

 private:
  Result<std::vector<Chunk>> lease() {
    std::vector<Chunk> chunks;
    TRY(with_.database.write([&](sql::Session& session) -> Status {
      chunks.clear();
      const std::int64_t now = with_.clock.now().micros;
      const std::string statement = fmt::format("{}{}{}", kLeaseChunks, session.skip_locked(), kLeaseChunksEnd);
      const sql::Answer leased =
          TRY(session.execute(statement, {owner_, now + kLeaseMicros, activity_.id, now, kChunksPerLease}));
      for (const sql::Row& row : leased.rows) {
        chunks.push_back({
          .number = row.integer(0), .intended = row.text(1) == "intent",
          .remaining = TRY(members_from_text(row.text(2)))
          , .delivered = TRY(members_from_text(row.text(3)))
          , .tries = row.integer(4), .sends_at = row.integer(5)
        });
      }
      return {};
    }));
    std::ranges::sort(chunks, {}, &Chunk::number);
    return chunks;
  }

  // One commit a chunk: the outcome of the one before goes with the intent of the next.
  Status send_all(std::vector<Chunk>& chunks) {
    const Chunk* previous = nullptr;
    Settlement outcome;
    for (Chunk& chunk : chunks) {
      if (context_.should_stop()) break;
      Composed composed;
      if (!chunk.intended) composed = TRY(compose(chunk));
      TRY(with_.database.write([&](sql::Session& session) -> Status {
        if (previous != nullptr) TRY(settle(session, *previous, outcome));
        return chunk.intended ? Status{} : intend(session, chunk, composed.filtered);
      }));
      outcome = chunk.intended ? recover(chunk) : send(chunk, composed.messages);
      previous = &chunk;
    }
    if (previous == nullptr) return {};
    return with_.database.write([&](sql::Session& session) { return settle(session, *previous, outcome); });
  }

  // Keeps in `remaining` those that get a message.
  Result<Composed> compose(Chunk& chunk) {
    std::vector<std::string> ids;
    ids.reserve(chunk.remaining.size());
    for (const Member& member : chunk.remaining) ids.push_back(member.key_id);
    const auto endpoints = TRY(with_.endpoints.get_many(activity_.app, ids));
    const Timestamp now = with_.clock.now();
    Composed composed;
    composed.messages.reserve(endpoints.size());
    std::vector<Member> remaining;
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
      auto made = compose(endpoints[i], chunk.remaining[i], chunk.sends_at, now);
      if (const auto* reason = std::get_if<std::string_view>(&made)) {
        ++composed.filtered[std::string(*reason)];
        continue;
      }
      remaining.push_back(std::move(chunk.remaining[i]));
      composed.messages.push_back(std::get<channels::Outgoing>(std::move(made)));
    }
    chunk.remaining = std::move(remaining);
    return composed;
  }

  std::variant<channels::Outgoing, std::string_view> compose(const std::optional<audience::Endpoint>& endpoint,
                                                             const Member& member, std::int64_t sends_at,
                                                             Timestamp now) const {
    if (!endpoint) return kFilteredOut;
    if (const std::string_view reason = composer_.refusal(*endpoint, sends_at); !reason.empty()) return reason;
    if (composer_.is_quiet(*endpoint, now)) return kQuietTime;
    return composer_.compose(*endpoint, member);
  }

  Status intend(sql::Session& session, const Chunk& chunk, const Counts& filtered) {
    const sql::Answer kept =
        TRY(session.execute(kIntendChunk, {activity_.id, chunk.number, owner_, members_to_text(chunk.remaining),
                                           with_.clock.now().micros}));
    if (kept.changed == 0) return fail(ErrorKind::kUnavailable, "Another worker took the chunk over");
    return add_counts(session, filtered);
  }

  Settlement send(const Chunk& chunk, const std::vector<channels::Outgoing>& messages) {
    const std::vector<channels::Receipt> receipts = with_.email.send(messages);
    Settlement outcome;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      outcome.take(receipts[i], chunk.remaining[i], chunk.tries + 1 >= kTriesMax);
    }
    return outcome;
  }

  Settlement recover(const Chunk& chunk) {
    std::vector<std::string> ids;
    ids.reserve(chunk.remaining.size());
    for (const Member& member : chunk.remaining) ids.push_back(composer_.message_id(member));
    const std::vector<channels::Receipt> receipts = with_.email.recover(ids);
    Settlement outcome;
    for (std::size_t i = 0; i < ids.size(); ++i) outcome.take(receipts[i], chunk.remaining[i], true);
    return outcome;
  }

  Status settle(sql::Session& session, const Chunk& chunk, const Settlement& outcome) {
    const std::int64_t now = with_.clock.now().micros;
    std::vector<Member> delivered = chunk.delivered;
    delivered.insert(delivered.end(), outcome.delivered.begin(), outcome.delivered.end());
    const bool done = outcome.again.empty();
    const std::int64_t back_off = chunk.intended ? 0 : kFirstBackOffMicros << chunk.tries;
    const sql::Answer kept =
        TRY(session.execute(kSettleChunk, {activity_.id, chunk.number, owner_, std::string(done ? "done" : "open"),
                                           members_to_text(outcome.again), members_to_text(delivered), outcome.sent,
                                           static_cast<std::int64_t>(outcome.delivered.size()), outcome.permanent, now,
                                           done ? kNever : now + back_off}));
    if (kept.changed == 0) return {};  // taken over: its new holder counts it
    TRY(add_counts(session, outcome.counts));
    if (!done) return {};
    const sql::Answer advanced = TRY(session.execute(kAdvanceActivity, {activity_.id, std::int64_t{1}}));
    if (advanced.rows.empty()) return {};
    const sql::Row& run = advanced.rows.front();
    const bool is_open = run.integer(2) != 0;
    if (is_open || run.integer(0) < run.integer(1)) return {};
    return end_run(session, activity_, nullptr, with_.clock.now());
  }

  Status add_counts(sql::Session& session, const Counts& counts) {
    for (const auto& [name, value] : counts) TRY(add_count(session, activity_.id, name, value));
    return {};
  }

  // Chunks that are with another worker, or that wait for their next try, get a job of their own for later.
  Status wait_for_rest() {
    const sql::Answer next = TRY(with_.database.read(kNextReady, {activity_.id}));
    if (next.rows.empty() || next.rows.front().is_null(0)) return {};
    const Timestamp at{std::max(next.rows.front().integer(0), with_.clock.now().micros + kMicrosPerSecond / 10)};
    const Result<jobs::Job> submitted = with_.queue.submit({.kind = "campaign.deliver",
                                                            .owner = activity_.app,
                                                            .input = {{"ActivityId", activity_.id}},
                                                            .id = fmt::format("{}-{}", activity_.id, at.micros),
                                                            .not_before = at,
                                                            .attempts_max = 1'000});
    if (!submitted && submitted.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(submitted.error());
    return {};
  }

  const Collaborators& with_;
  jobs::Context& context_;
  const Activity activity_;
  const Composer composer_;
  const std::string owner_ = random_id();
};

}  // namespace

Status deliver_run(const Collaborators& with, jobs::Context& context) {
  const auto plan = load_plan(with, json::string_or(context.job().input, "ActivityId"));
  if (!plan && plan.error().kind == ErrorKind::kNotFound) return {};  // it went with its campaign
  TRY(plan);
  if ((*plan)->activity.ended) return {};
  return Delivery(with, context, *plan).run();
}

}  // namespace rapport::campaigns
