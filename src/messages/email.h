#pragma once

// An e-mail and its form on the wire (RFC 5322, MIME): UTF-8 throughout, encoded words in headers, quoted-printable or
// base64 parts, multipart/alternative when it has both a text and an HTML part.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace rapport::messages {

// A further header: Reply-To, List-Unsubscribe, Feedback-ID, X-... The value is UTF-8 text.
struct EmailHeader {
  std::string name;
  std::string value;
};

struct Email {
  std::string from;  // `ana@example.com` or `Ana <ana@example.com>`
  std::string to;    // one mailbox, in the same two forms
  std::string subject;
  std::string text;  // the text/plain part; at least one part must not be empty
  std::string html;  // the text/html part
  std::vector<EmailHeader> headers;
  std::string message_id;  // `local@domain` without the angle brackets
  Timestamp date;
  std::string raw = {};  // a whole message in place of subject, parts and headers; headers it lacks are added
  std::string feedback_address = {};  // where bounces go, when not to `from`
};

// An address and the name shown for it.
struct Mailbox {
  std::string name;     // empty when none was given
  std::string address;  // `local@domain`
};

// `ana@example.com`, `<ana@example.com>`, `Ana Silva <ana@example.com>` or `"Silva, Ana" <ana@example.com>`. kInvalid
// otherwise. Address syntax: RFC 5321 dot-string local part (UTF-8 allowed, <= 64 bytes), host name domain or
// [literal].
Result<Mailbox> parse_mailbox(std::string_view text);
bool is_address(std::string_view text);

constexpr std::size_t kEmailHeadersMax = 15;
// Whether a message may carry this header: its name, and a value of at most 870 characters. kInvalid with `field`
// Headers otherwise.
Status check_header(const EmailHeader& header);

// The message as bytes with CRLF line ends, each line <= 998 bytes, ending with CRLF. Dot-stuffing is the transport's.
// kInvalid, naming the member, for a bad mailbox, message id or header name, for CR, LF or NUL in a header (nothing a
// value holds can add a header), for text that is not UTF-8, and for a header this function writes itself.
Result<std::string> to_mime(const Email& email);

}  // namespace rapport::messages
