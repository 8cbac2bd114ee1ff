#include "audience/addresses.h"

#include <array>
#include <cstdint>

#include "audience/fields.h"
#include "audience/keys.h"
#include "audience/record.h"
#include "base/digest.h"

namespace rapport::audience {

std::optional<HeldAddress> held_address(std::string_view fields) {
  std::string_view address;
  std::string_view channel;
  FieldReader reader(fields);
  while (const auto view = reader.next()) {
    if (view->field > Field::kEndpointStatus) break;
    if (view->field == Field::kAddress) address = view->value;
    if (view->field == Field::kChannelType) channel = view->value;
    if (view->field == Field::kEndpointStatus && view->value == "INACTIVE") return std::nullopt;
  }
  return make_address(channel, address);
}

std::optional<HeldAddress> make_address(std::string_view channel, std::string_view address) {
  if (address.empty()) return std::nullopt;
  return HeldAddress{is_push_channel(channel) ? "PUSH" : channel, address};
}

std::string address_key(std::string_view app, const HeldAddress& held) {
  // An address may be longer than a key, so its 128 bits stand for it.
  const std::array<std::uint64_t, 2> digest{stable_hash(held.address), stable_hash(held.address, 1)};
  std::string key;
  key.reserve(96);
  key.append(address_prefix(app)).append(held.kind).push_back('/');
  key.append(reinterpret_cast<const char*>(digest.data()), sizeof digest);
  return key;
}

}  // namespace rapport::audience
