#include "messages/email.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/digest.h"
#include "base/text.h"
#include "messages/characters.h"
#include "messages/mime_encoding.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kHeaderNameBytesMax = 126;
constexpr std::size_t kHeaderValueCharactersMax = 870;
constexpr std::array<std::string_view, 8> kOwnHeaders = {"From",       "To",  "Subject",      "Date",
                                                         "Message-ID", "Bcc", "MIME-Version", "Sender"};

Status check_line(std::string_view value, std::string_view field) {
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    return fail(ErrorKind::kInvalid, "a header value must be one line, without CR, LF and NUL", std::string(field));
  }
  if (!is_valid_utf8(value)) return fail(ErrorKind::kInvalid, "a header value must be UTF-8", std::string(field));
  return {};
}

Status check_message_id(std::string_view id) {
  const auto plain = [](char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>'; };
  const std::size_t at = id.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == id.size() || id.size() > 250 ||
      !std::ranges::all_of(id, plain)) {
    return fail(ErrorKind::kInvalid, "not a message id, write `local@domain` in ASCII: " + std::string(id));
  }
  return {};
}

Status check_parts(const Email& email) {
  if (email.text.empty() && email.html.empty()) {
    return fail(ErrorKind::kInvalid, "an e-mail needs a text or an HTML part", "HtmlPart");
  }
  if (!is_valid_utf8(email.text)) return fail(ErrorKind::kInvalid, "the text part must be UTF-8", "TextPart");
  if (!is_valid_utf8(email.html)) return fail(ErrorKind::kInvalid, "the HTML part must be UTF-8", "HtmlPart");
  return {};
}

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

std::string display_form(std::string_view name) {
  const auto beyond_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  const auto plain = [](char c) {
    return c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  };
  if (std::ranges::any_of(name, beyond_ascii) || name.contains("=?") || name.size() > 200) return encoded_words(name);
  return std::ranges::all_of(name, plain) ? std::string(name) : quoted(name);
}

Status append_mailbox(std::string& out, std::string_view header, std::string_view value, std::string_view field) {
  auto mailbox = parse_mailbox(value);
  if (!mailbox) return fail(ErrorKind::kInvalid, std::move(mailbox.error().message), std::string(field));
  if (mailbox->name.empty()) {
    append_folded(out, header, mailbox->address);
  } else {
    append_folded(out, header, display_form(mailbox->name) + " <" + mailbox->address + ">");
  }
  return {};
}

void append_part(std::string& out, std::string_view type, std::string_view text) {
  const TransferEncoding encoding = choose_encoding(text);
  fmt::format_to(std::back_inserter(out),
                 "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n", type,
                 name_of(encoding));
  append_encoded(out, text, encoding);
}

void append_body(std::string& out, const Email& email) {
  if (email.html.empty()) return append_part(out, "plain", email.text);
  if (email.text.empty()) return append_part(out, "html", email.html);
  // No part holds "--=_": quoted-printable and base64 cannot, and plain parts are chosen so.
  const std::string boundary = fmt::format("=_{:016x}", stable_hash(email.message_id));
  fmt::format_to(std::back_inserter(out), "Content-Type: multipart/alternative; boundary=\"{0}\"\r\n\r\n--{0}\r\n",
                 boundary);
  append_part(out, "plain", email.text);
  fmt::format_to(std::back_inserter(out), "--{}\r\n", boundary);
  append_part(out, "html", email.html);
  fmt::format_to(std::back_inserter(out), "--{}--\r\n", boundary);
}

std::string rfc5322_date(Timestamp time) {
  std::string date = format_http_date(time);
  date.replace(date.size() - 3, 3, "+0000");
  return date;
}

// Whether the head of a message has this header.
bool has_header(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size() - 1);
    const std::string_view line = head.substr(0, end);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        equals_ignore_case(line.substr(0, name.size()), name)) {
      return true;
    }
    head.remove_prefix(end + 1);
  }
  return false;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\r' || text[i] == '\n') {
      out += "\r\n";
    } else {
      out += text[i];
    }
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

Status append_routing(std::string& out, const Email& email, std::string_view given_head) {
  if (!has_header(given_head, "From")) TRY(append_mailbox(out, "From", email.from, "FromAddress"));
  if (!has_header(given_head, "To")) TRY(append_mailbox(out, "To", email.to, "Address"));
  if (!has_header(given_head, "Date")) append_folded(out, "Date", rfc5322_date(email.date));
  if (!has_header(given_head, "Message-ID")) append_folded(out, "Message-ID", "<" + email.message_id + ">");
  return {};
}

Result<std::string> complete_raw(const Email& email) {
  const std::string message = with_crlf(email.raw);
  const std::string_view head = std::string_view(message).substr(0, message.find("\r\n\r\n"));
  const std::size_t longest_line = std::ranges::max(split(message, '\n'), {}, &std::string_view::size).size();
  if (longest_line > 1000) return fail(ErrorKind::kInvalid, "a line of a raw e-mail has at most 998 bytes", "RawEmail");
  std::string out;
  TRY(append_routing(out, email, head));
  return out + message;
}

}  // namespace

Status check_header(const EmailHeader& header) {
  const auto printable = [](char c) { return c > 0x20 && c < 0x7f && c != ':'; };
  if (header.name.empty() || header.name.size() > kHeaderNameBytesMax || !std::ranges::all_of(header.name, printable)) {
    return fail(ErrorKind::kInvalid, "not a header name, use printable ASCII without colon", "Headers");
  }
  const auto same = [&](std::string_view own) { return equals_ignore_case(own, header.name); };
  if (std::ranges::any_of(kOwnHeaders, same) || to_lower(header.name).starts_with("content-")) {
    return fail(ErrorKind::kInvalid, "this header cannot be set, it is made from the message: " + header.name,
                "Headers");
  }
  if (count_characters(header.value) > kHeaderValueCharactersMax) {
    return fail(ErrorKind::kInvalid, "a header value can have at most 870 characters: " + header.name, "Headers");
  }
  return check_line(header.value, "Headers");
}

Result<std::string> to_mime(const Email& email) {
  TRY(check_message_id(email.message_id));
  if (!email.raw.empty()) return complete_raw(email);
  TRY(check_parts(email));
  TRY(check_line(email.subject, "Subject"));
  std::string out;
  out.reserve(1024 + (email.text.size() + email.html.size()) * 5 / 4);
  TRY(append_mailbox(out, "From", email.from, "FromAddress"));
  TRY(append_mailbox(out, "To", email.to, "Address"));
  append_header(out, "Subject", email.subject);
  append_folded(out, "Date", rfc5322_date(email.date));
  append_folded(out, "Message-ID", "<" + email.message_id + ">");
  for (const EmailHeader& header : email.headers) {
    TRY(check_header(header));
    append_header(out, header.name, header.value);
  }
  out.append("MIME-Version: 1.0\r\n");
  append_body(out, email);
  return out;
}

}  // namespace rapport::messages
