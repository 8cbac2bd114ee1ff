#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rapport::net {

struct SmtpOptions {
  std::string host;
  std::uint16_t port = 25;
  enum class Security {
    kNone,
    kStartTlsIfOffered,  // whoever answers: without proof of who it is, as mail servers do it among themselves
    kStartTls,           // refused unless the server offers it
    kImplicitTls,        // TLS from the first byte (port 465)
  } security = Security::kStartTlsIfOffered;
  enum class Certificate { kVerify, kAcceptAny } certificate = Certificate::kVerify;  // of kStartTls and kImplicitTls
  std::string authority_file;  // PEM of the trusted authorities; the system's when empty
  std::string user;            // no login when empty
  std::string password;
  std::string hello_name = "localhost";  // what EHLO says
  std::int64_t connect_timeout_ms = 10'000;
  std::int64_t message_timeout_ms = 60'000;
};

// What became of one message for its one recipient.
struct SmtpOutcome {
  enum class State {
    kAccepted,
    kTemporary,  // 4xx, no connection, login refused: try again later
    kPermanent,  // 5xx to the sender, the recipient or the message: never try this again
    kInDoubt,    // the connection was lost after the whole message was handed over: it may have been accepted
  } state = State::kTemporary;
  int code = 0;       // the server's last reply code; 0 when it said nothing
  std::string reply;  // the reply's text, or why there was none
};

// Sends messages one at a time over one connection that is kept and made again when needed. Not thread-safe.
class SmtpClient {
 public:
  explicit SmtpClient(SmtpOptions options);
  ~SmtpClient();
  SmtpClient(SmtpClient&&) noexcept;
  SmtpClient& operator=(SmtpClient&&) noexcept;

  // `from` may be empty (the null sender); `data` is the whole message, header and body, with CRLF line ends and
  // without dot-stuffing.
  SmtpOutcome send(const std::string& from, const std::string& to, std::string_view data);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace rapport::net
