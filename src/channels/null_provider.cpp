#include "channels/provider.h"

namespace rapport::channels {

ProviderKind null_provider() {
  return {.name = "null",
          .kinds = {},
          .sharing = ProviderKind::Sharing::kOneForAll,
          .open = [](const ProviderContext&) -> Result<std::shared_ptr<Channel>> { return make_null_channel(); }};
}

}  // namespace rapport::channels
