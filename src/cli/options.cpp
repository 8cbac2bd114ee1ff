#include "cli/options.h"

#include <iostream>

namespace rapport::cli {

Result<server::Config> configure(const Flags& flags) {
  server::Config config;
  if (!flags.config_file.empty()) TRY(server::apply(config, TRY(server::read_toml(flags.config_file))));
  TRY(server::apply(config, server::read_environment()));
  server::Settings given;
  if (!flags.data.empty()) given["data"] = flags.data;
  if (!flags.listen.empty()) given["listen"] = flags.listen;
  TRY(server::apply(config, given));
  if (flags.no_authentication) config.authentication = server::Authentication::kNone;
  TRY(server::check(config));
  return config;
}

std::string url_of(const server::Config& config, std::uint16_t port) {
  const std::string scheme = config.certificate_file.empty() ? "http" : "https";
  const bool is_ipv6 = config.host.find(':') != std::string::npos;
  return scheme + "://" + (is_ipv6 ? "[" + config.host + "]" : config.host) + ":" + std::to_string(port);
}

int report(const Error& error) {
  std::cerr << "rapport: " << error.message << "\n";
  return 1;
}

}  // namespace rapport::cli
