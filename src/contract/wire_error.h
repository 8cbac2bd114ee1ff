#pragma once

// Errors as each service's clients read them.

#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/tables.h"
#include "http/message.h"

namespace rapport::contract {

struct WireError {
  std::string_view name;  // `NotFoundException`
  int status = 500;
};

// The exception of the service that stands for the error: the first candidate of its kind the service declares, else
// one of the names every AWS client knows.
WireError wire_error(const Service& service, const Error& error);

// The whole answer. `service` nullptr means the form of the plain rest-json services.
http::Response error_response(const Service* service, WireError error, std::string_view message,
                              const std::string& request_id);
http::Response error_response(const Service* service, const Error& error, const std::string& request_id);

// The headers every answer carries.
void add_common_headers(const Service* service, const std::string& request_id, http::Headers& headers);

}  // namespace rapport::contract
