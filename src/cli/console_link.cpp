#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "accounts/accounts.h"
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "server/engines.h"

namespace rapport::cli {
namespace {

// Makes the link in the data directory; a server may run on it at the same time.
Status print_link(const Flags& flags, const std::string& user_name) {
  const server::Config config = TRY(configure(flags));
  const auto database = TRY(server::open_database(config));
  const SystemClock clock;
  accounts::Accounts accounts(*database, clock);
  const std::string url = url_of(config, config.port);
  if (user_name.empty()) {
    std::cout << fmt::format("{}/welcome?token={}\n", url, TRY(accounts.make_welcome_link()).token);
    return {};
  }
  const auto found = TRY(accounts.users().credentials_of(user_name));
  if (!found) return fail(ErrorKind::kNotFound, "No such user of the console: " + user_name);
  const accounts::InvitedUser invited = TRY(accounts.make_password_link(found->user.id));
  std::cout << fmt::format("{}/invitation?token={}\n", url, invited.link.token);
  return {};
}

}  // namespace

void add_console_link(CLI::App& app, int& status) {
  auto flags = std::make_shared<Flags>();
  auto user_name = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("console-link", "Print a one-time link: it makes the console's first administrator");
  command->add_option("--data", flags->data, "The server's data directory (default rapport-data)");
  command->add_option("--config", flags->config_file, "The server's TOML file");
  command->add_option("--listen", flags->listen, "HOST:PORT of the server, for the link");
  command->add_option("--reset-password", *user_name, "Instead: a link with which this user chooses a new password");
  command->callback([flags, user_name, &status] {
    const Status done = print_link(*flags, *user_name);
    status = done ? 0 : report(done.error());
  });
}

}  // namespace rapport::cli
