#include "messages/mime_encoding.h"

#include <algorithm>
#include <cstddef>

#include "base/digest.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kHeaderColumnsMax = 76;
constexpr std::size_t kPlainLineBytesMax = 900;  // below the 998 of RFC 5322
constexpr std::size_t kEncodedLineMax = 76;
constexpr std::size_t kWordBytesMax = 45;  // 60 base64 characters: 72 with =?UTF-8?B?...?=
constexpr char kHex[] = "0123456789ABCDEF";

bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool has_long_word(std::string_view value) {
  std::size_t run = 0;
  for (const char c : value) {
    run = c == ' ' ? 0 : run + 1;
    if (run > kPlainLineBytesMax) return true;
  }
  return false;
}

bool is_plain_header(std::string_view value) {
  const auto special = [](char c) { return is_beyond_ascii(c) || is_control(c); };
  return std::ranges::none_of(value, special) && !value.contains("=?") && !has_long_word(value) &&
         !value.starts_with(' ') && !value.ends_with(' ');
}

// Bytes of `text` that start a word of at most kWordBytesMax without cutting a character.
std::size_t word_bytes(std::string_view text) {
  if (text.size() <= kWordBytesMax) return text.size();
  std::size_t end = kWordBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return end == 0 ? kWordBytesMax : end;
}

// Gives `line` each line of the text without its end (CRLF, LF or CR); a last end opens no further line.
template <class Function>
void for_each_line(std::string_view text, Function line) {
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find_first_of("\r\n", start), text.size());
    line(text.substr(start, end - start));
    const bool pair = text.substr(end).starts_with("\r\n");
    start = end + (pair ? 2 : 1);
  }
}

std::string with_crlf(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 32 + 2);
  for_each_line(text, [&](std::string_view line) { lines.append(line).append("\r\n"); });
  return lines;
}

void append_base64(std::string& out, std::string_view text) {
  const std::string encoded = to_base64(with_crlf(text));
  for (std::size_t i = 0; i < encoded.size(); i += kEncodedLineMax) {
    out.append(encoded, i, kEncodedLineMax).append("\r\n");
  }
}

bool is_quotable(char c, bool last) {
  if (c == '=' || is_control(c) || is_beyond_ascii(c)) return c == '\t' ? last : true;
  return last && c == ' ';
}

void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool last = i + 1 == line.size();
    const bool quoted = is_quotable(line[i], last);
    if (column + (quoted ? 3 : 1) > kEncodedLineMax - 1) {
      out.append("=\r\n");
      column = 0;
    }
    if (quoted) {
      const auto byte = static_cast<unsigned char>(line[i]);
      out.append({'=', kHex[byte >> 4], kHex[byte & 15]});
      column += 3;
    } else {
      out += line[i];
      ++column;
    }
  }
  out.append("\r\n");
}

}  // namespace

std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const std::size_t bytes = word_bytes(text);
    if (!words.empty()) words += ' ';
    words.append("=?UTF-8?B?").append(to_base64(text.substr(0, bytes))).append("?=");
    text.remove_prefix(bytes);
  }
  return words;
}

void append_folded(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  std::size_t column = name.size() + 2;
  std::size_t start = 0;
  while (start < value.size()) {
    // A piece is a word with the blanks before it, so that no line is made of blanks alone.
    const std::size_t word = std::min(value.find_first_not_of(' ', start), value.size());
    const std::size_t end = std::min(value.find(' ', word), value.size());
    if (start > 0 && column + (end - start) > kHeaderColumnsMax && word < value.size()) {
      out.append("\r\n");
      column = 0;
    }
    out.append(value.substr(start, end - start));
    column += end - start;
    start = end;
  }
  out.append("\r\n");
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (is_plain_header(value)) {
    append_folded(out, name, value);
  } else {
    append_folded(out, name, encoded_words(value));
  }
}

TransferEncoding choose_encoding(std::string_view text) {
  const auto odd = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return is_beyond_ascii(c) || (is_control(c) && c != '\n' && c != '\r' && c != '\t'); }));
  if (odd * 6 > text.size()) return TransferEncoding::kBase64;
  bool plain = odd == 0 && !text.contains("--=_");
  for_each_line(text, [&](std::string_view line) { plain = plain && line.size() <= kPlainLineBytesMax; });
  return plain ? TransferEncoding::k7Bit : TransferEncoding::kQuotedPrintable;
}

std::string_view name_of(TransferEncoding encoding) {
  switch (encoding) {
    case TransferEncoding::k7Bit: return "7bit";
    case TransferEncoding::kQuotedPrintable: return "quoted-printable";
    case TransferEncoding::kBase64: return "base64";
  }
  return "8bit";
}

void append_encoded(std::string& out, std::string_view text, TransferEncoding encoding) {
  switch (encoding) {
    case TransferEncoding::k7Bit:
      for_each_line(text, [&](std::string_view line) { out.append(line).append("\r\n"); });
      return;
    case TransferEncoding::kQuotedPrintable:
      for_each_line(text, [&](std::string_view line) { append_quoted_line(out, line); });
      return;
    case TransferEncoding::kBase64: append_base64(out, text); return;
  }
}

}  // namespace rapport::messages
