#include "channels/provider.h"
#include "channels/smtp_channel.h"

namespace rapport::channels {
namespace {

Result<std::shared_ptr<Channel>> open(const ProviderContext& context) {
  const auto value = [&context](const std::string& key) {
    const auto found = context.values.find(key);
    return found == context.values.end() ? std::string() : found->second;
  };
  const std::string url = value("url");
  if (url.empty()) return fail(ErrorKind::kInvalid, "must be set, as smtp://mail.example.com:587", "url");
  auto options = parse_smtp_url(url);
  if (!options) return fail(ErrorKind::kInvalid, options.error().message, "url");
  if (const std::string user = value("user"); !user.empty()) options->server.user = user;
  if (const std::string password = value("password"); !password.empty()) options->server.password = password;
  return make_smtp_channel(*std::move(options));
}

}  // namespace

ProviderKind smtp_provider() {
  return {.name = "smtp", .kinds = {"email"}, .sharing = ProviderKind::Sharing::kOnePerKind, .open = &open};
}

}  // namespace rapport::channels
