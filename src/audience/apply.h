#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audience/active_endpoints.h"
#include "audience/change.h"
#include "base/clock.h"
#include "base/result.h"
#include "records/store.h"

namespace rapport::audience {

enum class WriteMode {
  kUpsert,         // as UpdateEndpoint
  kCreateMissing,  // endpoints that exist stay as they are
};

enum class NewEndpoints {
  kAnyFields,
  kNeedAddress,  // Address and ChannelType
};

enum class OnRefusal {
  kKeepOthers,
  kRefuseAll,
};

// Where the changed endpoints become members: the segment's prefix in the record store, and the version they join in.
struct MembershipTarget {
  std::string prefix;
  std::int64_t version = 1;
};

struct ApplyOptions {
  WriteMode mode = WriteMode::kUpsert;
  NewEndpoints new_endpoints = NewEndpoints::kAnyFields;
  OnRefusal on_refusal = OnRefusal::kKeepOthers;
  std::optional<MembershipTarget> membership = std::nullopt;
  // 0: any number. With a limit, one more endpoint of a user is refused; but one of push takes the place of the user's
  // push endpoint with the oldest EffectiveDate, which becomes INACTIVE and loses its user.
  std::size_t endpoints_per_user_max = 0;
  // Where it is given, most changes of active endpoints become patches (records/store.h), so that what is stored is not
  // read. Asked under the locks of the changes' endpoints. REQUIRES a store that takes patches with patch_rules().
  std::function<ActiveEndpoints()> active = nullptr;
};

// Nothing when the change was kept, else why it was refused.
using ChangeOutcome = std::optional<Error>;

// Applies the changes in their order, atomically and durably, at the time `now`: an endpoint that becomes active with
// an address makes every other of the same kind of channel (addresses.h) with this address INACTIVE. Doing it again
// changes nothing but EffectiveDate. One outcome per change.
Result<std::vector<ChangeOutcome>> apply_changes(records::Store& store, const std::string& app, Timestamp now,
                                                 std::span<const EndpointChange> changes, const ApplyOptions& options);

// Erases the endpoints and takes them from their users; users without endpoints go too.
Status erase_endpoints(records::Store& store, const std::string& app, std::span<const std::string> key_ids);

// A member's record: the version it joined in, and the endpoint's channel (empty for a user).
struct Member {
  std::int64_t version = 1;
  std::string_view channel_type;
};
std::string encode_member(const Member& member);
Member decode_member(std::string_view value);

}  // namespace rapport::audience
