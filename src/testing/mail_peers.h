#pragma once

// Real mail servers for tests and benchmarks, from Debian's package `postfix`, each on a free port of 127.0.0.1.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "testing/child_server.h"
#include "testing/temporary_directory.h"

namespace rapport::test {

// True when Postfix is installed and this process may start it (it needs root).
bool can_run_postfix();

// An own instance of Postfix with its own queue, which offers STARTTLS. Mail to ana@example.com, and every user that
// starts with "user", is delivered to a Maildir; other users of example.com are refused with 550, busy@example.com with
// 450. REQUIRES can_run_postfix().
class PrivatePostfix {
 public:
  PrivatePostfix();
  PrivatePostfix(const PrivatePostfix&) = delete;
  PrivatePostfix& operator=(const PrivatePostfix&) = delete;
  ~PrivatePostfix();

  std::uint16_t port() const { return port_; }
  // Messages delivered so far to any mailbox, as files with LF line ends; waits until there are that many.
  std::vector<std::string> delivered(std::size_t count) const;
  // The file of its self-signed certificate.
  std::string certificate() const { return directory_.file("cert.pem"); }
  // What Postfix logged.
  std::string log() const;

 private:
  void configure() const;
  int run(const std::string& command) const;

  TemporaryDirectory directory_;
  std::uint16_t port_;
};

// Postfix's smtp-sink: takes everything and keeps nothing. `options` as on its command line.
class SmtpSink {
 public:
  explicit SmtpSink(const std::vector<std::string>& options = {});

  std::uint16_t port() const { return server_.port(); }

 private:
  ChildServer server_;
};

}  // namespace rapport::test
