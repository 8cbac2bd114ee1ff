#pragma once

#include <expected>
#include <optional>
#include <string>

#include "access/publishable_keys.h"
#include "access/role.h"
#include "accounts/accounts.h"
#include "accounts/audit_log.h"
#include "contract/service.h"
#include "http/message.h"

namespace rapport::server {

// Whoever sent a request, as far as it has proved.
struct Identified {
  contract::Caller caller;
  access::Role role = access::Role::kViewer;
  accounts::Actor actor = {};
};

// Tells who sent a request that is not signed: the console's pages by the session's cookie, other pages by a
// publishable key. Thread-safe.
class Callers {
 public:
  Callers(accounts::Accounts& accounts, access::PublishableKeys& publishable_keys)
      : accounts_(accounts), publishable_keys_(publishable_keys) {}

  using Verdict = std::expected<Identified, contract::NamedError>;

  // True when the request has what `identify` looks at.
  static bool has_credentials(const http::RequestHead& head);
  // A page's request that changes something must carry the session's X-Rapport-Csrf, and come from the console itself.
  Verdict identify(const http::RequestHead& head, const contract::Addressed& addressed);

 private:
  Verdict by_session(const http::RequestHead& head, std::string_view token);
  Verdict by_publishable_key(const http::RequestHead& head, const contract::Addressed& addressed, std::string_view key);

  accounts::Accounts& accounts_;
  access::PublishableKeys& publishable_keys_;
};

// The address of whoever asks: the peer's, or, when that is one of `proxies` (parted by commas), the last one in
// X-Forwarded-For that is not.
std::string client_address(const http::RequestHead& head, std::string_view proxies);

// The refusal of a page that is not the console's and would act with its cookie, or would log in.
std::optional<contract::NamedError> refuse_foreign_page(const http::RequestHead& head);

}  // namespace rapport::server
