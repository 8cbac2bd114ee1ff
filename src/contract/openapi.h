#pragma once

#include "json/json.h"

namespace rapport::contract {

// The OpenAPI 3.1 document of every service. Operations of the JSON protocol share one path, so each stands under
// `/#<X-Amz-Target>`. Schemas are named `<service>.<shape>`.
json::value describe_services();

}  // namespace rapport::contract
