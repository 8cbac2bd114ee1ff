#include "access/aws_chunked.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::access {
namespace {

constexpr std::size_t kMemoryBytesMax = 1 << 20;
constexpr std::size_t kLineBytesMax = 8 << 10;
constexpr std::size_t kPieceBytes = 256 << 10;

constexpr int kTrailersMax = 16;
constexpr std::string_view kChecksumStart = "x-amz-checksum-";

std::unexpected<Error> broken(std::string_view what) {
  return fail(ErrorKind::kInvalid, fmt::format("The aws-chunked body is broken: {}", what));
}

// Reads a body from memory or from its file.
class Source {
 public:
  explicit Source(const http::Body& body) {
    if (body.in_file()) {
      file_.open(body.file(), std::ios::binary);
    } else {
      rest_ = body.bytes();
    }
  }

  Result<std::string> line() {
    std::string line;
    while (true) {
      const std::string_view byte = TRY(take(1));
      if (byte == "\n") break;
      line += byte;
      if (line.size() > kLineBytesMax) return broken("a line is too long");
    }
    if (!line.ends_with('\r')) return broken("a line does not end with CRLF");
    line.pop_back();
    return line;
  }

  // Up to `size` bytes, at least one; valid until the next call.
  Result<std::string_view> take(std::size_t size) {
    if (rest_.empty() && !refill()) return broken("it ends early");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  bool at_end() { return rest_.empty() && !refill(); }

 private:
  bool refill() {
    if (!file_.is_open()) return false;
    buffer_.resize(kPieceBytes);
    file_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    rest_ = std::string_view(buffer_).substr(0, static_cast<std::size_t>(file_.gcount()));
    return !rest_.empty();
  }

  std::ifstream file_;
  std::string buffer_;
  std::string_view rest_;
};

// Collects plain bytes in memory, and in a file once they are many.
class Plain {
 public:
  explicit Plain(const std::filesystem::path& spool) : spool_(spool) {}

  Status append(std::string_view bytes) {
    size_ += bytes.size();
    if (!file_) {
      memory_ += bytes;
      return memory_.size() > kMemoryBytesMax ? spill() : Status{};
    }
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return out_ ? Status{} : fail(ErrorKind::kInternal, "Cannot write the temporary file: " + file_->string());
  }

  Result<http::Body> finish() {
    if (!file_) return http::Body(std::move(memory_));
    out_.close();
    if (!out_) return fail(ErrorKind::kInternal, "Cannot write the temporary file: " + file_->string());
    return http::Body(file_, size_);
  }

 private:
  Status spill() {
    file_ = std::shared_ptr<const std::filesystem::path>(new std::filesystem::path(spool_ / ("body-" + random_hex(8))),
                                                         [](const std::filesystem::path* path) {
                                                           std::error_code ignored;
                                                           std::filesystem::remove(*path, ignored);
                                                           delete path;
                                                         });
    out_.open(*file_, std::ios::binary | std::ios::trunc);
    const std::string held = std::move(memory_);
    memory_.clear();
    size_ -= held.size();
    return append(held);
  }

  const std::filesystem::path spool_;
  std::string memory_;
  std::shared_ptr<const std::filesystem::path> file_;
  std::ofstream out_;
  std::uint64_t size_ = 0;
};

struct ChunkHead {
  std::uint64_t size = 0;
  std::string signature;
};

// `1000;chunk-signature=ab12...` or `1000`.
Result<ChunkHead> parse_head(const std::string& line) {
  constexpr std::string_view kSignature = "chunk-signature=";
  ChunkHead head;
  const auto parts = split(line, ';');
  const auto [end, error] = std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), head.size, 16);
  if (error != std::errc{} || end != parts[0].data() + parts[0].size()) return broken("a chunk has no size");
  for (const std::string_view part : parts) {
    if (part.starts_with(kSignature)) head.signature = part.substr(kSignature.size());
  }
  return head;
}

// AWS: "Signature calculations: transferring payload in multiple chunks".
std::string chunk_signature(const ChunkSigning& signing, const std::string& previous, const std::string& chunk_hash) {
  const std::string text = fmt::format("AWS4-HMAC-SHA256-PAYLOAD\n{}\n{}\n{}\n{}\n{}", signing.amz_date, signing.scope,
                                       previous, to_hex(sha256("")), chunk_hash);
  return to_hex(hmac_sha256(signing.signing_key, text));
}

// Copies one chunk's bytes; its digest is returned when it is wanted.
Result<std::string> copy_chunk(Source& source, Plain& plain, std::uint64_t size) {
  Digest digest(Digest::Algorithm::kSha256);
  while (size > 0) {
    const std::string_view piece =
        TRY(source.take(static_cast<std::size_t>(std::min<std::uint64_t>(size, kPieceBytes))));
    digest.update(piece);
    TRY(plain.append(piece));
    size -= piece.size();
  }
  return to_hex(digest.finish());
}

Result<http::Headers> read_trailers(Source& source) {
  http::Headers checksums;
  for (int lines = 0; !source.at_end(); ++lines) {
    const std::string line = TRY(source.line());
    if (line.empty()) break;
    if (lines == kTrailersMax) return broken("it has too many trailers");
    const std::size_t colon = std::min(line.find(':'), line.size());
    std::string name = to_lower(trim(std::string_view(line).substr(0, colon)));
    if (!name.starts_with(kChecksumStart) || colon == line.size()) continue;
    checksums.add(std::move(name), std::string(trim(std::string_view(line).substr(colon + 1))));
  }
  return checksums;
}

}  // namespace

Result<DecodedBody> decode_aws_chunked(const http::Body& body, const ChunkSigning* signing,
                                       const std::filesystem::path& spool) {
  Source source(body);
  Plain plain(spool);
  std::string previous = signing == nullptr ? "" : signing->seed_signature;
  while (true) {
    const ChunkHead head = TRY(parse_head(TRY(source.line())));
    const std::string hash = TRY(copy_chunk(source, plain, head.size));
    if (signing != nullptr) {
      previous = chunk_signature(*signing, previous, hash);
      if (!equal_in_constant_time(previous, head.signature)) {
        return fail(ErrorKind::kForbidden, "The signature of a chunk does not match its bytes");
      }
    }
    if (head.size == 0) break;
    if (!TRY(source.line()).empty()) return broken("a chunk is longer than its size");
  }
  http::Headers checksums = TRY(read_trailers(source));
  return DecodedBody {
    TRY(plain.finish())
    , std::move(checksums)
  };
}

}  // namespace rapport::access
