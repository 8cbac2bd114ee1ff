#include "events/event_codec.h"

#include <cstdint>

#include "events/bytes.h"

namespace rapport::events {
namespace {

constexpr char kVersion = 1;
constexpr unsigned char kHasSessionStart = 1;
constexpr unsigned char kHasSessionStop = 2;

void read_maps(ByteReader& reader, Event& event) {
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

void encode_identity(const Identity& identity, std::string& out) {
  out.push_back(kVersion);
  put_number(out, identity.time.micros);
  for (const std::string_view text : {identity.app, identity.endpoint, identity.id, identity.type}) put_text(out, text);
}

void encode(const Event& event, std::string& out) {
  encode_identity({event.time, event.app, event.endpoint, event.id, event.type}, out);
  put_number(out, event.arrival.micros);
  put_text(out, event.user);
  put_text(out, event.session_id);
  const unsigned flags = (event.session_start ? kHasSessionStart : 0U) | (event.session_stop ? kHasSessionStop : 0U);
  out.push_back(static_cast<char>(flags));
  if (event.session_start) put_number(out, event.session_start->micros);
  if (event.session_stop) put_number(out, event.session_stop->micros);
  put_length(out, event.attributes.size());
  for (const auto& [key, value] : event.attributes) {
    put_text(out, key);
    put_text(out, value);
  }
  put_length(out, event.metrics.size());
  for (const auto& [key, value] : event.metrics) {
    put_text(out, key);
    put_number(out, value);
  }
  put_text(out, event.context);
}

Result<Event> decode(std::string_view bytes) {
  ByteReader reader(bytes);
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
  ByteReader reader(bytes);
  if (reader.number<char>() != kVersion) return {};
  reader.number<std::int64_t>();
  for (int i = 0; i < 4; ++i) reader.text();
  return reader.ok() ? bytes.substr(0, bytes.size() - reader.left()) : std::string_view();
}

}  // namespace rapport::events
