#pragma once

#include <string>
#include <string_view>

namespace rapport::audience {

// The keys of the module's records. Application ids are 32 hexadecimal characters, so no key is another's prefix by
// accident. `key_id` is an endpoint id in lower case.
inline std::string endpoint_prefix(std::string_view app) { return "e/" + std::string(app) + "/"; }
inline std::string user_prefix(std::string_view app) { return "u/" + std::string(app) + "/"; }
inline std::string address_prefix(std::string_view app) { return "a/" + std::string(app) + "/"; }
inline std::string removed_names_key(std::string_view app) { return "r/" + std::string(app); }
inline std::string members_prefix(std::string_view app) { return "m/" + std::string(app) + "/"; }
inline std::string member_prefix(std::string_view app, std::string_view segment) {
  return members_prefix(app) + std::string(segment) + "/";
}

// A member is an endpoint (`e` and its key id) or a user (`u` and the user's id) behind the segment's prefix.
constexpr char kEndpointMember = 'e';
constexpr char kUserMember = 'u';

}  // namespace rapport::audience
