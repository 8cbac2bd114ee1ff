#pragma once

// Who of a chunk gets a message, and which.

#include <optional>
#include <vector>

#include "audience/endpoint.h"
#include "campaigns/caps.h"
#include "campaigns/chunks.h"
#include "campaigns/composer.h"

namespace rapport::campaigns {

// Whom a message is for.
struct Prepared {
  Member member;
  audience::Endpoint endpoint;
};

// Somebody who was meant to get a message and will not, which is told as an event.
struct Skipped {
  Member member;
  audience::Endpoint endpoint;
  std::string_view reason;
};

// Somebody whom the campaign's holdout keeps from a message, which is told as an event.
struct HeldOut {
  Member member;
  audience::Endpoint endpoint;
};

struct Screened {
  std::vector<Prepared> prepared;
  std::vector<channels::Outgoing> messages;  // parallel to those they are for
  std::vector<Skipped> skipped;
  std::vector<HeldOut> held_out;
  Counts filtered;
};

// Of one run. Thread-safe.
class Screening {
 public:
  Screening(const Collaborators& with, std::shared_ptr<const RunPlan> plan);

  // Reads the endpoints as they are now; an endpoint that opted out since the run was planned gets nothing. Reserves
  // places under the caps.
  Result<Screened> screen(const Chunk& chunk);

  // The same at a moment to come, of endpoints parallel to the chunk's members: nothing is reserved, hooks and
  // recommenders are not asked, and who needs one of them is taken to get what the message says without. No messages.
  Result<Screened> foresee(const Chunk& chunk, std::vector<std::optional<audience::Endpoint>> endpoints,
                           Timestamp now) const;

  const Composer& composer() const { return composer_; }

 private:
  struct Candidate;
  std::string_view too_late(const Chunk& chunk, const Member& member, Timestamp now) const;
  std::vector<Candidate> candidates(const Chunk& chunk, std::vector<std::optional<audience::Endpoint>> endpoints,
                                    Timestamp now, Screened& screened) const;
  bool has_caps() const;
  std::vector<Claim> claims(const std::vector<Candidate>& candidates) const;
  void keep_granted(std::vector<Candidate>& candidates, const std::vector<Verdict>& verdicts, Screened& screened) const;
  void drop_unsupported(std::vector<Candidate>& candidates, Screened& screened) const;
  void recommend(std::vector<Candidate>& candidates, Screened& screened) const;
  void filter_by_hook(std::vector<Candidate>& candidates, Screened& screened) const;

  const Collaborators& with_;
  std::shared_ptr<const RunPlan> plan_;
  Composer composer_;
};

}  // namespace rapport::campaigns
