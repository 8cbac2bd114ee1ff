#pragma once

// Turns an endpoint into the message it gets, or into the reason why it gets none. Pure: no I/O.

#include <string>
#include <string_view>
#include <variant>

#include "audience/endpoint.h"
#include "campaigns/reasons.h"
#include "campaigns/rows.h"
#include "campaigns/run_plan.h"
#include "channels/channel.h"

namespace rapport::campaigns {

// Of one run. Immutable: may be used from several threads at once.
class Composer {
 public:
  explicit Composer(std::shared_ptr<const RunPlan> plan) : plan_(std::move(plan)) {}

  // The reason why this endpoint gets nothing from a chunk of this moment, or "".
  std::string_view refusal(const audience::Endpoint& endpoint, std::int64_t sends_at) const;
  // Whether the endpoint would get a message if the campaign's holdout did not have it: who is held out is told by the
  // run of the default treatment.
  bool is_held_out(const audience::Endpoint& endpoint, std::int64_t sends_at) const;
  // Whether the endpoint is to be left alone now.
  bool is_quiet(const audience::Endpoint& endpoint, Timestamp now) const;
  // The message, or the reason why there is none. REQUIRES that `refusal` gave none. `document` is what templates read
  // of the endpoint; `definition` is what the run's hook answered for it, or nullptr.
  std::variant<channels::Outgoing, std::string_view> compose(const audience::Endpoint& endpoint,
                                                             const json::object& document, const Member& member,
                                                             const json::object* definition = nullptr) const;
  // What `compose` reads of the endpoint when there is no definition.
  json::object document(const audience::Endpoint& endpoint, const json::Memory& memory = {}) const;
  // Whether the endpoint's message names recommended items, see messages/recommendations.h.
  bool needs_recommendations(const audience::Endpoint& endpoint) const;

  // The message's id: the same however often the run is resumed.
  std::string message_id(const Member& member) const;

 private:
  std::string_view unreachable(const audience::Endpoint& endpoint, std::int64_t sends_at) const;

  std::shared_ptr<const RunPlan> plan_;
};

}  // namespace rapport::campaigns
