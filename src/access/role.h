#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rapport::access {

// What somebody may do, each with everything before it.
enum class Role : std::uint8_t {
  kViewer,         // sees
  kMarketer,       // segments, messages, campaigns
  kDeveloper,      // learning, channels, streams, keys, objects
  kAdministrator,  // users, deleting applications
};

std::string_view name_of(Role role);  // as on the wire: "MARKETER"
std::optional<Role> role_named(std::string_view name);

}  // namespace rapport::access
