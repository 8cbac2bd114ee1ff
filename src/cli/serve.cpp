#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>

#include "access/keys.h"
#include "accounts/accounts.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "server/node.h"

namespace rapport::cli {
namespace {

// Signals that end the server, blocked before any thread starts so that only `wait` sees them.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  void wait() {
    int received = 0;
    sigwait(&set_, &received);
  }

 private:
  sigset_t set_{};
};

LogLevel level_of(const std::string& name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

Status greet(server::Node& node, const server::Config& config) {
  const std::string url = url_of(config, node.port());
  std::cout << fmt::format("Rapport listens on {} and keeps its data in {}\n", url, config.data);
  if (config.authentication == server::Authentication::kRequired && TRY(node.keys().list()).empty()) {
    const access::NewKey key = TRY(node.keys().create("first start"));
    std::cout << fmt::format(
        "The first access key, shown this once:\n  export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={} "
        "AWS_DEFAULT_REGION=us-east-1\nTry it:\n  aws --endpoint-url {} pinpoint get-apps\n",
        key.access_key, key.secret_key, url);
  }
  if (!TRY(node.accounts().users().has_administrator())) {
    const auto link = TRY(node.accounts().make_welcome_link());
    std::cout << fmt::format("The console waits for its first administrator; open this once:\n  {}/welcome?token={}\n",
                             url, link.token);
  }
  std::cout << std::flush;
  return {};
}

Status serve(const Flags& flags) {
  EndSignals signals;
  const server::Config config = TRY(configure(flags));
  set_log_level(level_of(config.log_level));
  const std::unique_ptr<server::Node> node = TRY(server::Node::start(config));
  TRY(greet(*node, config));
  signals.wait();
  log_info("server", "Stopping: finishing requests and handing jobs back");
  node->stop();
  return {};
}

std::string settings_help() {
  std::string text = "Settings: flags, then the environment, then the file, then defaults.\n";
  for (const auto& setting : server::describe_settings()) {
    text += fmt::format("  {:<24} {}\n  {:<24} {}\n", setting.key, setting.help, "", setting.environment);
  }
  return text;
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand("serve", "Run the server until SIGTERM or Ctrl-C");
  command->add_option("--data", flags->data, "The directory that holds everything (default rapport-data)");
  command->add_option("--listen", flags->listen, "HOST:PORT (default 127.0.0.1:8080; port 0 picks a free one)");
  command->add_option("--config", flags->config_file, "A TOML file of settings");
  command->add_flag("--insecure-no-auth", flags->no_authentication, "Let everyone in; loopback only, for tests");
  command->footer(settings_help());
  command->callback([flags, &status] {
    const Status served = serve(*flags);
    status = served ? 0 : report(served.error());
  });
}

}  // namespace rapport::cli
