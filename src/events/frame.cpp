#include "events/frame.h"

#include <cstring>

#include "base/digest.h"

namespace rapport::events {
namespace {

std::uint32_t checksum_of(std::string_view payload, Position at) {
  return static_cast<std::uint32_t>(stable_hash(payload, at));
}

std::uint32_t number_at(const char* bytes) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

}  // namespace

void append_frame(std::string& out, Position at, std::string_view payload) {
  const auto length = static_cast<std::uint32_t>(payload.size());
  const std::uint32_t checksum = checksum_of(payload, at);
  char head[kFrameHead];
  std::memcpy(head, &length, sizeof length);
  std::memcpy(head + sizeof length, &checksum, sizeof checksum);
  out.append(head, sizeof head);
  out.append(payload);
}

Frame frame_at(std::string_view bytes, Position at) {
  if (bytes.size() < kFrameHead) return {FrameState::kPartial};
  const std::uint32_t length = number_at(bytes.data());
  if (length == 0 || length > kEventBytesMax) return {FrameState::kDamaged};
  if (bytes.size() - kFrameHead < length) return {FrameState::kPartial};
  const std::string_view payload = bytes.substr(kFrameHead, length);
  if (checksum_of(payload, at) != number_at(bytes.data() + sizeof length)) return {FrameState::kDamaged};
  return {FrameState::kWhole, payload};
}

}  // namespace rapport::events
