#include "campaigns/chunks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"
#include "campaigns/cutter.h"
#include "campaigns/runs.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

constexpr std::int64_t kLeaseMicros = 600 * kMicrosPerSecond;

}  // namespace

ChunkTable::ChunkTable(const Collaborators& with, const RunPlan& plan)
    : with_(with), plan_(plan), owner_(random_id()) {}

// How many chunks may be leased. Takes the allowance of a second, in the transaction that leases.
Result<std::int64_t> ChunkTable::allowance(sql::Session& session, Timestamp now, std::size_t count) {
  const std::int64_t rate = plan_.limits.messages_per_second;
  if (rate == 0) return static_cast<std::int64_t>(count);
  const sql::Answer next = TRY(session.execute(kNextReady, {plan_.activity.id}));
  if (next.rows.empty() || next.rows.front().is_null(0) || next.rows.front().integer(0) > now.micros) return 0;
  const sql::Answer taken =
      TRY(session.execute(kTakeSecond, {plan_.activity.id, now.micros, now.micros + kMicrosPerSecond}));
  if (taken.changed == 0) return 0;
  return std::max<std::int64_t>(1, rate / static_cast<std::int64_t>(chunk_size(plan_.limits)));
}

Result<std::vector<Chunk>> ChunkTable::lease(sql::Session& session, std::size_t count) {
  std::vector<Chunk> chunks;
  const Timestamp now = with_.clock.now();
  const std::int64_t most = TRY(allowance(session, now, count));
  if (most == 0) return chunks;
  const std::string statement = fmt::format("{}{}{}", kLeaseChunks, session.skip_locked(), kLeaseChunksEnd);
  const sql::Answer leased =
      TRY(session.execute(statement, {owner_, now.micros + kLeaseMicros, plan_.activity.id, now.micros, most}));
  for (const sql::Row& row : leased.rows) {
    const sql::Answer members = TRY(session.execute(kGetMembers, {plan_.activity.id, row.integer(0)}));
    if (members.rows.empty()) return fail(ErrorKind::kInternal, "A chunk has no members");
    chunks.push_back({
      .number = row.integer(0), .intended = row.text(1) == "intent",
      .remaining = TRY(members_from_text(members.rows.front().text(0)))
      , .tries = row.integer(2), .sends_at = row.integer(3), .intent_time = { row.integer(4) }
    });
  }
  std::ranges::sort(chunks, {}, &Chunk::number);
  return chunks;
}

Status ChunkTable::intend(sql::Session& session, const Chunk& chunk, const Counts& filtered) {
  const sql::Answer kept =
      TRY(session.execute(kIntendChunk, {plan_.activity.id, chunk.number, owner_, chunk.intent_time.micros}));
  if (kept.changed == 0) return fail(ErrorKind::kUnavailable, "Another worker took the chunk over");
  if (filtered.empty()) return {};
  TRY(session.execute(kSetMembers, {plan_.activity.id, chunk.number, members_to_text(chunk.remaining)}));
  return add_counts(session, filtered);
}

Status ChunkTable::settle(sql::Session& session, std::span<const Settled> chunks) {
  Counts counts;
  std::int64_t done = 0;
  for (const Settled& settled : chunks) {
    if (!TRY(settle_chunk(session, settled))) continue;
    for (const auto& [name, value] : settled.outcome.counts) counts[name] += value;
    if (settled.outcome.again.empty()) ++done;
  }
  TRY(add_counts(session, counts));
  return done == 0 ? Status() : advance(session, done);
}

// False when the chunk was taken over: its new holder counts it.
Result<bool> ChunkTable::settle_chunk(sql::Session& session, const Settled& settled) {
  const auto& [chunk, outcome] = settled;
  const std::int64_t now = with_.clock.now().micros;
  const bool done = outcome.again.empty();
  const sql::Answer kept =
      TRY(session.execute(kSettleChunk, {plan_.activity.id, chunk.number, owner_, std::string(done ? "done" : "open"),
                                         now, done ? kNever : now + outcome.back_off}));
  if (kept.changed == 0) return false;
  if (done) {
    TRY(session.execute(kDeleteMembers, {plan_.activity.id, chunk.number}));
  } else {
    TRY(session.execute(kSetMembers, {plan_.activity.id, chunk.number, members_to_text(outcome.again)}));
  }
  return true;
}

Status ChunkTable::advance(sql::Session& session, std::int64_t chunks_done) {
  const sql::Answer advanced = TRY(session.execute(kAdvanceActivity, {plan_.activity.id, chunks_done}));
  if (advanced.rows.empty()) return {};
  const sql::Row& run = advanced.rows.front();
  const bool is_open = run.integer(2) != 0;
  if (is_open || run.integer(0) < run.integer(1)) return {};
  return end_run(session, plan_.activity, nullptr, with_.clock.now());
}

Status ChunkTable::keep_dead_letters(sql::Session& session, const std::vector<DeadLetter>& letters) {
  for (const DeadLetter& letter : letters) {
    TRY(session.execute(kInsertDeadLetter, {letter.message_id, plan_.activity.app, plan_.activity.campaign,
                                            plan_.activity.id, letter.endpoint_id, letter.channel, letter.reason,
                                            letter.detail, letter.tries, with_.clock.now().micros}));
  }
  return {};
}

Status ChunkTable::release() {
  TRY(with_.database.write(kReleaseOwned, {owner_, with_.clock.now().micros}));
  return {};
}

Result<std::optional<Timestamp>> ChunkTable::next_ready() {
  const sql::Answer next = TRY(with_.database.read(kNextReady, {plan_.activity.id}));
  if (next.rows.empty() || next.rows.front().is_null(0)) return std::nullopt;
  Timestamp at{next.rows.front().integer(0)};
  if (plan_.limits.messages_per_second > 0) {
    const sql::Answer second = TRY(with_.database.read(kGetNextSend, {plan_.activity.id}));
    if (!second.rows.empty()) at.micros = std::max(at.micros, second.rows.front().integer(0));
  }
  return at;
}

Status ChunkTable::add_counts(sql::Session& session, const Counts& counts) {
  for (const auto& [name, value] : counts) TRY(add_count(session, plan_.activity.id, name, value));
  return {};
}

}  // namespace rapport::campaigns
