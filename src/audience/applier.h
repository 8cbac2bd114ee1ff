#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/addresses.h"
#include "audience/apply.h"
#include "audience/removed_names.h"
#include "audience/working_set.h"
#include "base/clock.h"

namespace rapport::audience {

// Applies changes to the records of one working set, by the rules of change.h and apply.h. What it misses is read for
// the next try, on which a new one starts again.
class Applier {
 public:
  Applier(WorkingSet& set, const std::string& app, Timestamp now, const ApplyOptions& options);

  // REQUIRES that the record of the application's removed names was read, if there is one.
  ChangeOutcome apply(const EndpointChange& change);
  void erase(const std::string& key_id);
  // The key of the address that the change names with its channel, when the change will look at it, by what is stored
  // of the endpoint.
  std::optional<std::string> address_to_read(const EndpointChange& change);
  // Whether the change, which may be a patch, shall be one: then its endpoint need not be read.
  bool patches(const EndpointChange& change) const;

 private:
  ChangeOutcome apply_captured(const EndpointChange& change);
  bool writes_over(const EndpointChange& change) const;
  ChangeOutcome check_new(const EndpointChange& change) const;
  ChangeOutcome write(const EndpointChange& change, const std::string& key_id,
                      const std::optional<std::string>& stored);
  std::string merged_fields(const EndpointChange& change, const std::optional<std::string>& stored) const;

  // Makes sure that the user has the endpoint, and gives the user the attributes.
  ChangeOutcome update_user(const std::string& user, const std::string& key_id, std::string_view channel,
                            std::string_view attributes);
  bool evict(std::vector<std::string>& endpoints, const std::string& newcomer, std::string_view channel);
  void leave_user(const std::string& user, const std::string& key_id);

  // Makes the address that the old fields hold free, and takes that of the new ones.
  void move_address(std::string_view old_fields, std::string_view new_fields, const std::string& key_id);
  void take_address(const HeldAddress& address, const std::string& key_id);
  void free_address(const std::string& key, const std::string& key_id);
  // Puts the change over the endpoint, which becomes INACTIVE.
  void deactivate(const std::string& key_id, std::string_view change);

  void join(char kind, std::string_view id, std::string_view channel);

  WorkingSet& set_;
  const std::string& app_;
  const std::string endpoints_;  // prefixes of keys
  const std::string users_;
  const ApplyOptions& options_;
  std::optional<ActiveEndpoints> active_;
  const Timestamp now_;
  RemovedNames removed_;
  std::string at_creation_;  // what a new endpoint starts from, after its id
  std::string effective_now_;
  std::string at_update_;  // what every write sets unless it says otherwise
};

// Whether the change can be written without a look at the endpoint, if that is active: it leaves alone what others
// depend on (address, channel, status, user) and what the index knows only as a whole (position).
bool may_be_patch(const EndpointChange& change, const ApplyOptions& options);

// The address that a change names with its channel.
std::optional<HeldAddress> address_given(const EndpointChange& change);

}  // namespace rapport::audience
