#include "channels/outgoing.h"

#include <algorithm>

namespace rapport::channels {

namespace {

constexpr std::size_t kIdBytesMax = 128;
constexpr int kSyntaxErrorCode = 501;  // SMTP's "syntax error in parameters"

bool is_id_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

}  // namespace

bool is_message_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && !id.starts_with('.') && std::ranges::all_of(id, is_id_character);
}

Result<std::string> to_wire(const Outgoing& message) {
  if (!is_message_id(message.id)) return fail(ErrorKind::kInvalid, "not an outgoing message id: " + message.id);
  if (!messages::is_address(message.to)) return fail(ErrorKind::kInvalid, "not an e-mail address: " + message.to);
  return messages::to_mime(message.email);
}

Receipt refused(const Error& error) { return {Outcome::kPermanentFailure, {}, error.message, kSyntaxErrorCode}; }

}  // namespace rapport::channels
