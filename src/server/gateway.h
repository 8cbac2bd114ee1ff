#pragma once

#include <atomic>
#include <expected>
#include <optional>
#include <string>

#include "access/verifier.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "console_files/console_files.h"
#include "contract/service.h"
#include "http/message.h"
#include "s3/service.h"
#include "server/callers.h"
#include "server/config.h"
#include "server/tracked_links.h"

namespace rapport::server {

// What stands between the listener and the services: health, the console's files, CORS, who calls and may they, and
// which service a request is for; it notes who changed what. Thread-safe.
class Gateway {
 public:
  struct Collaborators {
    contract::Contract& contract;
    s3::Service& s3;
    access::Verifier& verifier;
    Callers& callers;
    accounts::AuditLog& audit_log;
    const TrackedLinks& tracked_links;
    const console_files::ConsoleFiles& console_files;
    Metrics& metrics;
    const Clock& clock;
    std::string account;
    std::string proxies;
    Authentication authentication;
    std::uint64_t request_bytes_max;
    http::Policy::Run quick_reads;  // kInline where a record is read without waiting for a peer
  };
  explicit Gateway(const Collaborators& with) : with_(with) {}

  // The functions refer to this object.
  http::Application application();
  void set_ready(bool ready) { ready_ = ready; }

 private:
  http::Policy admit(const http::RequestHead& head) const;
  http::Response handle(http::Request request) const;
  http::Response answer(http::Request& request, const std::string& request_id) const;
  std::optional<http::Response> show_console(const http::RequestHead& head) const;
  http::Response call(http::Request& request, const std::string& request_id) const;
  http::Response call_objects(http::Request& request, const std::string& request_id) const;
  http::Response answer_call(const http::Request& request, const contract::Addressed& addressed, const Identified& who,
                             const std::string& request_id) const;
  // Of a request that is not signed.
  std::expected<Identified, http::Response> identify(http::Request& request, const contract::Addressed& addressed,
                                                     const std::string& request_id) const;
  std::expected<Identified, http::Response> identify_key(http::Request& request, const std::string& request_id) const;
  void note(const http::RequestHead& head, const contract::Addressed& addressed, const Identified& who,
            int status) const;
  bool may_bring_object(const http::RequestHead& head) const;
  http::Response turn_away(const http::RequestHead& head, const access::Refused& why,
                           const std::string& request_id) const;
  http::Response turn_away(const http::RequestHead& head, const contract::NamedError& why,
                           const std::string& request_id) const;
  http::Response refuse(int status, std::string_view message, const http::RequestHead* head) const;

  Collaborators with_;
  std::atomic<bool> ready_ = false;
};

}  // namespace rapport::server
