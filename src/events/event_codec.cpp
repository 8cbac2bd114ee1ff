#include "events/event_codec.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace rapport::events {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr char kVersion = 1;
constexpr unsigned char kHasSessionStart = 1;
constexpr unsigned char kHasSessionStop = 2;

template <class Number>
void put(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

void put_length(std::string& out, std::uint64_t length) {
  while (length >= 0x80) {
    out.push_back(static_cast<char>(length | 0x80));
    length >>= 7;
  }
  out.push_back(static_cast<char>(length));
}

void put_text(std::string& out, std::string_view text) {
  put_length(out, text.size());
  out.append(text);
}

// Reads what `encode` wrote; once something is missing, everything reads as empty and `ok` is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number number() {
    Number value{};
    if (bytes_.size() < sizeof value) return failed<Number>();
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }

  std::uint64_t length() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    return failed<std::uint64_t>();
  }

  std::string_view text() {
    const std::uint64_t size = length();
    if (size > bytes_.size()) return failed<std::string_view>();
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }

  // A count of things of which each takes at least a byte.
  std::uint64_t count() {
    const std::uint64_t value = length();
    return value > bytes_.size() ? failed<std::uint64_t>() : value;
  }

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size(); }

 private:
  template <class Value>
  Value failed() {
    ok_ = false;
    bytes_ = {};
    return Value{};
  }

  std::string_view bytes_;
  bool ok_ = true;
};

void read_maps(Reader& reader, Event& event) {
  const std::uint64_t attributes = reader.count();
  event.attributes.reserve(attributes);
  for (std::uint64_t i = 0; i < attributes && reader.ok(); ++i) {
    const std::string_view key = reader.text();
    event.attributes.emplace_back(key, reader.text());
  }
  const std::uint64_t metrics = reader.count();
  event.metrics.reserve(metrics);
  for (std::uint64_t i = 0; i < metrics && reader.ok(); ++i) {
    const std::string_view key = reader.text();
    event.metrics.emplace_back(key, reader.number<double>());
  }
}

}  // namespace

void encode(const Event& event, std::string& out) {
  out.push_back(kVersion);
  put(out, event.time.micros);
  for (const std::string* text : {&event.app, &event.endpoint, &event.id, &event.type}) put_text(out, *text);
  put(out, event.arrival.micros);
  put_text(out, event.user);
  put_text(out, event.session_id);
  const unsigned flags = (event.session_start ? kHasSessionStart : 0U) | (event.session_stop ? kHasSessionStop : 0U);
  out.push_back(static_cast<char>(flags));
  if (event.session_start) put(out, event.session_start->micros);
  if (event.session_stop) put(out, event.session_stop->micros);
  put_length(out, event.attributes.size());
  for (const auto& [key, value] : event.attributes) {
    put_text(out, key);
    put_text(out, value);
  }
  put_length(out, event.metrics.size());
  for (const auto& [key, value] : event.metrics) {
    put_text(out, key);
    put(out, value);
  }
  put_text(out, event.context);
}

Result<Event> decode(std::string_view bytes) {
  Reader reader(bytes);
  Event event;
  const char version = reader.number<char>();
  event.time.micros = reader.number<std::int64_t>();
  for (std::string* text : {&event.app, &event.endpoint, &event.id, &event.type}) *text = reader.text();
  event.arrival.micros = reader.number<std::int64_t>();
  event.user = reader.text();
  event.session_id = reader.text();
  const auto flags = reader.number<unsigned char>();
  if ((flags & kHasSessionStart) != 0) event.session_start = Timestamp{reader.number<std::int64_t>()};
  if ((flags & kHasSessionStop) != 0) event.session_stop = Timestamp{reader.number<std::int64_t>()};
  read_maps(reader, event);
  event.context = reader.text();
  if (!reader.ok() || reader.left() != 0 || version != kVersion) {
    return fail(ErrorKind::kInternal, "The stored bytes are not an event of this version");
  }
  return event;
}

std::string_view identity_of(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.number<char>() != kVersion) return {};
  reader.number<std::int64_t>();
  for (int i = 0; i < 4; ++i) reader.text();
  return reader.ok() ? bytes.substr(0, bytes.size() - reader.left()) : std::string_view();
}

}  // namespace rapport::events
