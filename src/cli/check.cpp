#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "server/check_data.h"

namespace rapport::cli {
namespace {

Result<bool> check(const Flags& flags, audience::Repair repair) {
  const server::Config config = TRY(configure(flags));
  const server::DataCheck done = TRY(server::check_data(config, repair));
  std::cout << done.report << std::flush;
  return done.is_sound;
}

}  // namespace

void add_check(CLI::App& app, int& status) {
  auto flags = std::make_shared<Flags>();
  auto repairs = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("check", "Hold a server's records against each other; exit status 1 when they disagree");
  command->add_option("--data", flags->data,
                      "The server's data directory (default rapport-data); no server may run on it");
  command->add_option("--config", flags->config_file, "The server's TOML file");
  command->add_flag("--repair", *repairs,
                    "Rebuild what can be rebuilt: users' lists, the index of addresses, leftovers");
  command->callback([flags, repairs, &status] {
    const auto sound = check(*flags, *repairs ? audience::Repair::kWhatCanBeRebuilt : audience::Repair::kNothing);
    status = !sound ? report(sound.error()) : *sound ? 0 : 1;
  });
}

}  // namespace rapport::cli
