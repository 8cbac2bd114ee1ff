#pragma once

#include <cstdint>
#include <string_view>

#include "events/log.h"

namespace rapport::events {

// How an event, or a sheet of events, lies in a segment: the length of its stored form (4 bytes, little-endian), a
// checksum (4 bytes) over these bytes and its place, then the bytes. A frame is therefore valid at one place only: what
// is left of an older write is never taken for an event.
constexpr std::size_t kFrameHead = 8;

// Writes the head of the frame that lies at `frame` and has its payload already, for the place where it will be.
void seal_frame(char* frame, std::size_t payload_bytes, Position at);

enum class FrameState {
  kWhole,
  kPartial,  // could be one, if more bytes follow
  kDamaged,
};

struct Frame {
  FrameState state = FrameState::kDamaged;
  std::string_view payload = {};
  std::size_t size() const { return kFrameHead + payload.size(); }
};

// The frame that begins where `bytes` begin, which is `at`.
Frame frame_at(std::string_view bytes, Position at);

}  // namespace rapport::events
