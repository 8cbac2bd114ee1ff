#pragma once

#include "base/result.h"
#include "json/json.h"
#include "messages/templates.h"

namespace rapport::messages {

// Whether the content may be stored as a template of this type: every text compiles, no documented limit is passed.
// kInvalid with the member as `field` (Body, APNS.Title, Headers), syntax errors with their position.
Status check_template(TemplateType type, const json::object& content);

}  // namespace rapport::messages
