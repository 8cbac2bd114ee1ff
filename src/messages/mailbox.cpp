#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"
#include "messages/email.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kDomainBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

bool is_atom_character(char c) {
  return is_alphanumeric(c) || is_beyond_ascii(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > kLocalBytesMax) return false;
  return std::ranges::all_of(split(local, '.'), [](std::string_view atom) {
    return !atom.empty() && std::ranges::all_of(atom, is_atom_character);
  });
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-' || is_beyond_ascii(c); });
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > kDomainBytesMax) return false;
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
    const std::string_view inside = domain.substr(1, domain.size() - 2);
    return std::ranges::all_of(inside, [](char c) { return is_alphanumeric(c) || c == '.' || c == ':' || c == '-'; });
  }
  return std::ranges::all_of(split(domain, '.'), is_label);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The content of a quoted string without its escapes; the text as it is when it is not quoted.
std::string unquote(std::string_view name) {
  if (name.size() < 2 || name.front() != '"' || name.back() != '"') return std::string(name);
  std::string plain;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '\\' && i + 2 < name.size()) ++i;
    plain += name[i];
  }
  return plain;
}

}  // namespace

bool is_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  return at != std::string_view::npos && is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1)) &&
         is_valid_utf8(text);
}

Result<Mailbox> parse_mailbox(std::string_view text) {
  const std::string_view trimmed = trim(text);
  Mailbox mailbox;
  if (!trimmed.empty() && trimmed.back() == '>') {
    const std::size_t open = trimmed.rfind('<');
    if (open == std::string_view::npos) {
      return fail(ErrorKind::kInvalid, "not a mailbox, write `Name <local@domain>`: " + std::string(text));
    }
    mailbox.name = unquote(trim(trimmed.substr(0, open)));
    mailbox.address = trimmed.substr(open + 1, trimmed.size() - open - 2);
  } else {
    mailbox.address = trimmed;
  }
  if (!is_address(mailbox.address)) {
    return fail(ErrorKind::kInvalid, "not an e-mail address, write `local@domain`: " + mailbox.address);
  }
  if (std::ranges::any_of(mailbox.name, is_control) || !is_valid_utf8(mailbox.name)) {
    return fail(ErrorKind::kInvalid, "the name beside an e-mail address must be UTF-8 without control characters");
  }
  return mailbox;
}

}  // namespace rapport::messages
