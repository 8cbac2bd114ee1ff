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

void seal_frame(char* frame, std::size_t payload_bytes, Position at) {
  const auto length = static_cast<std::uint32_t>(payload_bytes);
  const std::uint32_t checksum = checksum_of({frame + kFrameHead, payload_bytes}, at);
  std::memcpy(frame, &length, sizeof length);
  std::memcpy(frame + sizeof length, &checksum, sizeof checksum);
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
