#include "formats/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/check.h"

namespace rapport::formats {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;
constexpr int kGzipWindowBits = 15 + 16;  // zlib: the largest window, with gzip's header and trailer
constexpr unsigned char kMagic[] = {0x1F, 0x8B};

Bytef* bytes_of(const char* text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

class Inflater {
 public:
  explicit Inflater(Source source) : source_(std::move(source)), input_(kBufferBytes) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (state_ == State::kMember || state_ == State::kBetween) inflateEnd(&stream_);
  }

  Result<std::size_t> read(char* into, std::size_t size) {
    if (size == 0) return std::size_t{0};
    for (;;) {
      switch (state_) {
        case State::kStart: TRY(start()); break;
        case State::kPlain: return plain(into, size);
        case State::kBetween: TRY(next_member()); break;
        case State::kMember:
          if (const std::size_t made = TRY(inflate_some(into, size))) return made;
          break;
        case State::kEnd: return std::size_t{0};
        case State::kBroken: return fail(ErrorKind::kInvalid, "The gzip data is corrupt or cut off; send it again");
      }
    }
  }

 private:
  enum class State { kStart, kPlain, kMember, kBetween, kEnd, kBroken };

  std::size_t available() const { return filled_ - used_; }

  // Has at least `wanted` bytes of input, unless the source ends before.
  Status fill(std::size_t wanted) {
    if (used_ > 0 && available() < wanted) {
      std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used_),
                input_.begin() + static_cast<std::ptrdiff_t>(filled_), input_.begin());
      filled_ -= used_;
      used_ = 0;
    }
    while (available() < wanted) {
      const std::size_t taken = TRY(source_(input_.data() + filled_, input_.size() - filled_));
      if (taken == 0) break;
      filled_ += taken;
    }
    return {};
  }

  bool at_magic() const {
    return available() >= 2 && static_cast<unsigned char>(input_[used_]) == kMagic[0] &&
           static_cast<unsigned char>(input_[used_ + 1]) == kMagic[1];
  }

  Status start() {
    TRY(fill(2));
    if (!at_magic()) {
      state_ = State::kPlain;
      return {};
    }
    if (inflateInit2(&stream_, kGzipWindowBits) != Z_OK) {
      return fail(ErrorKind::kInternal, "Cannot start decompression: no memory");
    }
    state_ = State::kMember;
    return {};
  }

  Status next_member() {
    TRY(fill(2));
    while (available() > 0 && input_[used_] == 0) {
      ++used_;
      TRY(fill(2));
    }
    if (available() > 0 && at_magic()) {
      inflateReset(&stream_);
      state_ = State::kMember;
    } else {
      inflateEnd(&stream_);
      state_ = available() > 0 ? State::kBroken : State::kEnd;
    }
    return {};
  }

  Result<std::size_t> plain(char* into, std::size_t size) {
    if (available() == 0) return source_(into, size);
    const std::size_t taken = std::min(size, available());
    std::copy_n(input_.data() + used_, taken, into);
    used_ += taken;
    return taken;
  }

  Result<std::size_t> inflate_some(char* into, std::size_t size) {
    TRY(fill(1));
    const bool ended = available() == 0;
    const uInt room = static_cast<uInt>(std::min<std::size_t>(size, 1 << 30));
    stream_.next_in = bytes_of(input_.data() + used_);
    stream_.avail_in = static_cast<uInt>(available());
    stream_.next_out = bytes_of(into);
    stream_.avail_out = room;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    used_ = filled_ - stream_.avail_in;
    const std::size_t made = room - stream_.avail_out;
    if (code == Z_STREAM_END) {
      state_ = State::kBetween;
    } else if ((code != Z_OK && code != Z_BUF_ERROR) || (ended && made == 0)) {
      inflateEnd(&stream_);
      state_ = State::kBroken;
    }
    return made;
  }

  Source source_;
  std::vector<char> input_;
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  z_stream stream_{};
  State state_ = State::kStart;
};

}  // namespace

Source gunzip(Source source) {
  auto inflater = std::make_shared<Inflater>(std::move(source));
  return [inflater](char* into, std::size_t size) { return inflater->read(into, size); };
}

struct GzipWriter::Stream {
  Sink sink;
  z_stream zlib{};
  std::vector<char> output = std::vector<char>(kBufferBytes);

  ~Stream() { deflateEnd(&zlib); }

  Status run(std::string_view data, int flush) {
    zlib.next_in = bytes_of(data.data());
    zlib.avail_in = static_cast<uInt>(data.size());
    do {
      zlib.next_out = bytes_of(output.data());
      zlib.avail_out = static_cast<uInt>(output.size());
      CHECK(deflate(&zlib, flush) != Z_STREAM_ERROR);
      const std::size_t made = output.size() - zlib.avail_out;
      if (made > 0) TRY(sink({output.data(), made}));
    } while (zlib.avail_out == 0);
    return {};
  }
};

GzipWriter::GzipWriter(Sink sink, int level) : stream_(std::make_unique<Stream>()) {
  stream_->sink = std::move(sink);
  CHECK(deflateInit2(&stream_->zlib, level, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
}
GzipWriter::GzipWriter(GzipWriter&&) noexcept = default;
GzipWriter& GzipWriter::operator=(GzipWriter&&) noexcept = default;
GzipWriter::~GzipWriter() = default;

Status GzipWriter::write(std::string_view data) {
  constexpr std::size_t kPieceBytes = 1 << 30;  // zlib counts in 32 bits
  while (!data.empty()) {
    TRY(stream_->run(data.substr(0, kPieceBytes), Z_NO_FLUSH));
    data.remove_prefix(std::min(data.size(), kPieceBytes));
  }
  return {};
}

Status GzipWriter::finish() { return stream_->run({}, Z_FINISH); }

}  // namespace rapport::formats
