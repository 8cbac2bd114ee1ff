#pragma once

// The chunks of one run in the work table, as one worker holds them: leased, marked with intent, settled.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "campaigns/rows.h"
#include "campaigns/run_plan.h"

namespace rapport::campaigns {

using Counts = std::map<std::string, std::int64_t, std::less<>>;

struct Chunk {
  std::int64_t number = 0;
  bool intended = false;          // its messages may have been handed over by a worker that died
  std::vector<Member> remaining;  // who are still to get their message
  std::int64_t tries = 0;
  std::int64_t sends_at = 0;   // the moment it is for, in a run in local time; else 0
  Timestamp intent_time = {};  // when its messages were handed over: the time of their events
};

// What came of a chunk.
struct Settlement {
  std::vector<Member> again;  // to be sent later
  std::int64_t back_off = 0;  // micros until they may be
  Counts counts;              // of the others
};

struct Settled {
  const Chunk& chunk;
  const Settlement& outcome;
};

// A message that failed for good.
struct DeadLetter {
  std::string message_id;
  std::string endpoint_id;
  std::string channel;
  std::string reason;
  std::string detail;
  std::int64_t tries = 0;
};

// Of one worker. Not thread-safe. Whoever lost a chunk to another worker learns it from `intend` and `settle`.
class ChunkTable {
 public:
  ChunkTable(const Collaborators& with, const RunPlan& plan);

  // At most `count` that are ready; none when there is nothing to do now. Of a run with MessagesPerSecond as many as
  // may leave within a second from the moment the last ones may have left.
  Result<std::vector<Chunk>> lease(sql::Session& session, std::size_t count);
  // The chunk's remaining members are about to be handed over; those it had besides were filtered. kUnavailable when it
  // was lost.
  Status intend(sql::Session& session, const Chunk& chunk, const Counts& filtered);
  // What came of chunks, in one transaction. Ends the run with its last chunk.
  Status settle(sql::Session& session, std::span<const Settled> chunks);
  Status keep_dead_letters(sql::Session& session, const std::vector<DeadLetter>& letters);
  // Gives back what was leased and not settled.
  Status release();
  // When something can be leased again; nothing when all is done.
  Result<std::optional<Timestamp>> next_ready();

 private:
  Result<bool> settle_chunk(sql::Session& session, const Settled& settled);
  Status advance(sql::Session& session, std::int64_t chunks_done);
  Status add_counts(sql::Session& session, const Counts& counts);
  Result<std::int64_t> allowance(sql::Session& session, Timestamp now, std::size_t count);

  const Collaborators& with_;
  const RunPlan& plan_;
  const std::string owner_;
};

}  // namespace rapport::campaigns
