#include "console_files/console_files.h"

#include <algorithm>

#include "base/text.h"
#include "json/json.h"

extern "C" {
extern const char rapport_console_pack[];
extern const char rapport_console_pack_end[];
}

namespace rapport::console_files {
namespace {

constexpr std::string_view kPage = "/index.html";
constexpr std::string_view kNotBuilt =
    "<!doctype html><title>Rapport</title><p>The console was not built: <code>make build</code>. "
    "The API works without it.</p>\n";

// The page that shows a message with its remote pictures, in a frame of the console.
constexpr std::string_view kMailFrame = "/mail-frame.html";
constexpr std::string_view kMailFramePolicy =
    "default-src 'none'; script-src 'self'; img-src https: data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts";

// Previews of messages are sandboxed frames; React and charts set style attributes.
constexpr std::string_view kSecurityPolicy =
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-src 'self' blob: data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

bool lists(std::string_view header, std::string_view wanted) {
  return std::ranges::any_of(split(header, ','), [&](std::string_view part) {
    const auto settings = split(part, ';');
    if (!equals_ignore_case(trim(settings.front()), wanted)) return false;
    return settings.size() < 2 || replace_all(trim(settings[1]), " ", "") != "q=0";
  });
}

bool has_tag(std::string_view header, std::string_view etag) {
  return std::ranges::any_of(split(header, ','), [&](std::string_view part) {
    part = trim(part);
    if (part.starts_with("W/")) part.remove_prefix(2);
    return part == "*" || part == etag;
  });
}

void protect(http::Headers& headers, std::string_view path) {
  headers.add("Content-Security-Policy", std::string(path == kMailFrame ? kMailFramePolicy : kSecurityPolicy));
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("Referrer-Policy", "same-origin");
}

http::Response not_built() {
  http::Response response;
  response.status = 503;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  protect(response.headers, kPage);
  response.body = kNotBuilt;
  return response;
}

// Bytes [offset, offset + size) that a row of the list names; nothing when the pack is shorter.
std::optional<std::string_view> piece(std::string_view content, const json::object& row, std::string_view offset_name,
                                      std::string_view size_name) {
  const auto offset = json::find_integer(row, offset_name);
  const auto size = json::find_integer(row, size_name);
  if (!offset || !size || *offset < 0 || *size < 0) return std::nullopt;
  const auto from = static_cast<std::size_t>(*offset);
  const auto length = static_cast<std::size_t>(*size);
  if (from > content.size() || length > content.size() - from) return std::nullopt;
  return content.substr(from, length);
}

}  // namespace

std::string_view embedded_pack() {
  return {rapport_console_pack, static_cast<std::size_t>(rapport_console_pack_end - rapport_console_pack)};
}

Result<ConsoleFiles> ConsoleFiles::open(std::string_view pack) {
  const auto broken = [] { return fail(ErrorKind::kInvalid, "The packed console is broken; build it again"); };
  const std::size_t end = pack.find('\n');
  if (end == std::string_view::npos) return broken();
  const json::value list = TRY(json::parse(pack.substr(0, end)));
  if (!list.is_array()) return broken();
  const std::string_view content = pack.substr(end + 1);
  ConsoleFiles files;
  for (const json::value& element : list.as_array()) {
    if (!element.is_object()) return broken();
    const json::object& row = element.as_object();
    const auto plain = piece(content, row, "offset", "size");
    const auto gzip = row.contains("gzip_size") ? piece(content, row, "gzip_offset", "gzip_size") : std::string_view();
    if (!plain || !gzip) return broken();
    files.files_[json::string_or(row, "path")] = {.type = json::string_or(row, "type"),
                                                  .etag = '"' + json::string_or(row, "etag") + '"',
                                                  .for_ever = json::find_bool(row, "for_ever").value_or(false),
                                                  .plain = *plain,
                                                  .gzip = *gzip};
  }
  return files;
}

http::Response ConsoleFiles::file_response(const File& file, const http::RequestHead& head) {
  http::Response response;
  response.headers.add("Content-Type", file.type);
  response.headers.add("ETag", file.etag);
  response.headers.add("Cache-Control", file.for_ever ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.add("Vary", "Accept-Encoding");
  protect(response.headers, head.path());
  if (has_tag(head.headers.get("If-None-Match"), file.etag)) {
    response.status = 304;
    return response;
  }
  const bool gzip = !file.gzip.empty() && lists(head.headers.get("Accept-Encoding"), "gzip");
  if (gzip) response.headers.add("Content-Encoding", "gzip");
  response.body = gzip ? file.gzip : file.plain;
  return response;
}

std::optional<http::Response> ConsoleFiles::answer(const http::RequestHead& head) const {
  if (head.method != "GET" && head.method != "HEAD") return std::nullopt;
  const auto found = files_.find(head.path());
  if (found != files_.end()) return file_response(found->second, head);
  if (!lists(head.headers.get("Accept"), "text/html")) return std::nullopt;
  const auto page = files_.find(kPage);
  return page == files_.end() ? not_built() : file_response(page->second, head);
}

}  // namespace rapport::console_files
