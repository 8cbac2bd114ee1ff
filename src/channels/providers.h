#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "channels/channel.h"

namespace rapport::channels {

class Settings;
struct ProviderContext;

// Which provider sends which kind of channel. Thread-safe.
class Providers {
 public:
  // `configuration` holds `<kind>.provider` and what the provider asks for by dotted key: {"sms.provider": "http",
  // "sms.url": "https://..."}. A kind is a ChannelType in lower case; kinds that are not named use the outbox. kInvalid
  // names the key at fault. Any kind may have a `rate` (messages a second, over everything that sends by it), a `burst`
  // and `patience_seconds`, see make_limited. "none" is no provider, which e-mail must not have. `context` is what
  // every provider gets; its `kind` and `values` are filled in here.
  static Result<std::unique_ptr<Providers>> open(const ProviderContext& context,
                                                 const std::map<std::string, std::string>& configuration);

  // These channels by kind; a kind that is not there has no provider.
  Providers(Settings& settings, std::map<std::string, std::shared_ptr<Channel>> by_kind);

  // What sends an application's messages of a ChannelType. kConflict when the application has not set the channel up
  // (e-mail and CUSTOM need no setting up) or has disabled it, kUnsupported when no provider sends it; both say what to
  // do. The channel lives as long as this object.
  Result<Channel*> find(const std::string& app, std::string_view channel_type);

  // The provider of a kind, whatever applications have set up: for the server's own messages. nullptr when none.
  Channel* of_kind(std::string_view kind) const;

 private:
  Settings& settings_;
  const std::map<std::string, std::shared_ptr<Channel>> by_kind_;
};

}  // namespace rapport::channels
