#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "channels/channel.h"
#include "net/smtp.h"

namespace rapport::channels {

struct SmtpChannelOptions {
  net::SmtpOptions server;
  std::size_t connections = 4;     // kept open, each used by one thread
  double messages_per_second = 0;  // over all connections; 0: no limit
  // A message that is refused for now is tried again after a pause that doubles.
  int tries_max = 3;
  std::int64_t first_pause_ms = 500;
};

// `smtp://[user:password@]host[:port][?tls=none|offered|required&verify=no&connections=8&rate=100&hello=name]`, or
// `smtps://` for TLS from the first byte. User and password are percent-encoded. Default ports: 25, and 465 for smtps;
// with a user and smtp, 587 and tls=required. kInvalid names the part at fault; never the password.
Result<SmtpChannelOptions> parse_smtp_url(std::string_view url);

// E-mail by one SMTP server over a pool of kept connections. Once the server cannot be reached or will not serve us,
// the messages of the batch that still wait share that answer instead of each waiting for its own time-out. `recover`
// answers kInDoubt: SMTP cannot be asked what it accepted.
std::unique_ptr<Channel> make_smtp_channel(SmtpChannelOptions options);

}  // namespace rapport::channels
