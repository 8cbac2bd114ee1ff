#include "channels/outbox.h"
#include "channels/provider.h"

namespace rapport::channels {

ProviderKind outbox_provider() {
  return {.name = "outbox",
          .kinds = {},
          .sharing = ProviderKind::Sharing::kOneForAll,
          .open = [](const ProviderContext& context) -> Result<std::shared_ptr<Channel>> {
            return std::shared_ptr<Channel>(TRY(open_outbox(context.data / "outbox", context.clock)));
          }};
}

}  // namespace rapport::channels
