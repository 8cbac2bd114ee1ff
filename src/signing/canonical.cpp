#include "signing/canonical.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"

namespace rapport::signing {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// A malformed escape is encoded as it stands: such a request is refused elsewhere or simply does not verify.
std::string encode_anew(std::string_view text) {
  if (std::ranges::all_of(text, is_unreserved)) return std::string(text);
  const auto decoded = percent_decode(text);
  return percent_encode(decoded ? std::string_view(*decoded) : text);
}

std::string path_encoded_once(std::string_view raw_path) {
  std::string out;
  out.reserve(raw_path.size());
  for (std::size_t begin = 0; begin <= raw_path.size();) {
    const std::size_t end = std::min(raw_path.find('/', begin), raw_path.size());
    if (begin > 0) out.push_back('/');
    out += encode_anew(raw_path.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

// RFC 3986 section 5.2.4, with runs of slashes taken as one; a trailing slash stays.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : kept) out.append("/").append(part);
  if (out.empty() || path.ends_with('/')) out.push_back('/');
  return out;
}

bool needs_normalising(std::string_view path) {
  return !path.starts_with('/') || path.find("//") != std::string_view::npos ||
         path.find("/.") != std::string_view::npos;
}

}  // namespace

std::string scope_text(const Scope& scope) {
  std::string out;
  out.reserve(scope.date.size() + scope.region.size() + scope.service.size() + 16);
  out.append(scope.date).append("/").append(scope.region).append("/").append(scope.service).append("/aws4_request");
  return out;
}

std::string canonical_path(std::string_view raw_path, std::string_view service) {
  if (raw_path.empty()) return "/";
  if (service == "s3") return path_encoded_once(raw_path);
  if (needs_normalising(raw_path)) return percent_encode(without_dot_segments(raw_path), Slash::kKeep);
  return percent_encode(raw_path, Slash::kKeep);
}

std::string canonical_query(std::string_view raw_query) {
  if (raw_query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string_view field : split(raw_query, '&')) {
    if (field.empty()) continue;
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string_view value = equals < field.size() ? field.substr(equals + 1) : std::string_view{};
    std::string name = encode_anew(field.substr(0, equals));
    if (name != "X-Amz-Signature") fields.emplace_back(std::move(name), encode_anew(value));
  }
  std::ranges::sort(fields);
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out.push_back('&');
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string canonical_value(std::string_view header_value) {
  std::string out;
  out.reserve(header_value.size());
  for (const char c : header_value) {
    if (!is_blank(c)) {
      out.push_back(c);
    } else if (!out.empty() && out.back() != ' ') {
      out.push_back(' ');
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::string signed_header_names(const Headers& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    if (!out.empty()) out.push_back(';');
    out += name;
  }
  return out;
}

std::string canonical_request(const CanonicalParts& parts) {
  std::string out;
  out.reserve(512);
  out.append(parts.method).append("\n");
  out.append(canonical_path(parts.raw_path, parts.service)).append("\n");
  out.append(canonical_query(parts.raw_query)).append("\n");
  for (const auto& [name, value] : parts.headers) out.append(name).append(":").append(value).append("\n");
  out.append("\n").append(signed_header_names(parts.headers)).append("\n").append(parts.payload_hash);
  return out;
}

std::string string_to_sign(std::string_view amz_date, const Scope& scope, std::string_view canonical_request) {
  std::string out;
  out.reserve(192);
  out.append(kAlgorithm).append("\n").append(amz_date).append("\n").append(scope_text(scope)).append("\n");
  out.append(to_hex(sha256(canonical_request)));
  return out;
}

std::string signing_key(std::string_view secret, const Scope& scope) {
  std::string seed = "AWS4";
  seed.append(secret);
  return hmac_sha256(hmac_sha256(hmac_sha256(hmac_sha256(seed, scope.date), scope.region), scope.service),
                     "aws4_request");
}

std::string signature(std::string_view signing_key, std::string_view string_to_sign) {
  return to_hex(hmac_sha256(signing_key, string_to_sign));
}

}  // namespace rapport::signing
