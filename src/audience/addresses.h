#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rapport::audience {

// Of the endpoints of an application with one address and one kind of channel, at most one is active. A record per
// address names it (by its key id), and exists as long as it is active. All types of push are one kind; every other
// channel type is one by itself, so that a phone number can have an endpoint for SMS and one for VOICE.
struct HeldAddress {
  std::string_view kind;
  std::string_view address;
  bool operator==(const HeldAddress&) const = default;
};
// What an endpoint with these fields holds; nothing when it is inactive or has no address.
std::optional<HeldAddress> held_address(std::string_view fields);
std::optional<HeldAddress> make_address(std::string_view channel, std::string_view address);
std::string address_key(std::string_view app, const HeldAddress& held);

}  // namespace rapport::audience
