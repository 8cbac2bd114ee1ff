#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audience/fields.h"
#include "audience/record.h"
#include "base/result.h"
#include "json/json.h"

namespace rapport::audience {

// What one request or row wants of one endpoint. The merge rules: fields given replace, fields absent stay, an empty
// text or list clears its field; EndpointStatus becomes ACTIVE unless the change says INACTIVE; OptOut starts as NONE;
// EffectiveDate becomes now unless given; attributes of the user belong to the user.
struct EndpointChange {
  std::string id;           // as given; empty in a row that only names a user
  std::string fields;       // a sorted run of record.h, of the endpoint (the user's id among them)
  std::string user_id;      // empty when the change names none
  std::string user_fields;  // a sorted run of kUserAttribute
};

// Puts a change together from values in any order. Reusable after `finish`. Not thread-safe.
class ChangeBuilder {
 public:
  // A text as in JSON or CSV, read by the field's kind. kInvalid names the member.
  Status put(const FieldInfo& info, std::string_view text);
  Status put(const FieldInfo& info, double number);
  // A name has at most 50 characters, an attribute at most 50 values of at most 100 characters; kInvalid otherwise.
  Status put_metric(std::string_view name, double number);
  // `list` is a list value of record.h. REQUIRES kAttribute or kUserAttribute.
  Status put_list(Field field, std::string_view name, std::string_view list);
  // kInvalid when the id is not one; an empty id is left to the caller.
  Result<EndpointChange> finish(std::string_view id);
  void reset();  // forgets what was put

 private:
  FieldList fields_;
  FieldList user_fields_;
  std::string user_id_;
};

// An EndpointRequest, or an item of an EndpointBatchRequest. kInvalid names the member.
Result<EndpointChange> change_of(std::string_view id, const json::object& request);

// kInvalid unless the id can name an endpoint: 1 to 512 bytes, no `$`, `{`, `}`, no control characters.
Status check_endpoint_id(std::string_view id);
Status check_user_id(std::string_view id);

}  // namespace rapport::audience
