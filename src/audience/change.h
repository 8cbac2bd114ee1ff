#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"

namespace rapport::audience {

// What one request or row wants of one endpoint. The merge rules: fields given replace, fields absent stay, an empty
// list clears its attribute; EndpointStatus becomes ACTIVE unless the change says INACTIVE; OptOut starts as NONE;
// EffectiveDate becomes now unless given; attributes of the user belong to the user.
struct EndpointChange {
  std::string id;           // as given; empty in a row that only names a user
  std::string fields;       // a sorted run of record.h, of the endpoint (the user's id among them)
  std::string user_id;      // empty when the change names none
  std::string user_fields;  // a sorted run of kUserAttribute
};

// An EndpointRequest, or an item of an EndpointBatchRequest (with Id). kInvalid names the member.
Result<EndpointChange> change_of(std::string_view id, const json::object& request);

// kInvalid unless the id can name an endpoint: 1 to 512 bytes, no `$`, `{`, `}`, no control characters.
Status check_endpoint_id(std::string_view id);
Status check_user_id(std::string_view id);

enum class WriteMode {
  kUpsert,         // as UpdateEndpoint
  kCreateMissing,  // endpoints that exist stay as they are
};

// Where the changed endpoints become members: the segment's prefix in the record store, and the version they join in.
struct MembershipTarget {
  std::string prefix;
  std::int64_t version = 1;
};

struct ApplyOptions {
  WriteMode mode = WriteMode::kUpsert;
  std::optional<MembershipTarget> membership;
};

// Nothing when the change was kept, else why it was refused.
using ChangeOutcome = std::optional<Error>;

}  // namespace rapport::audience
