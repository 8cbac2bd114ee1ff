#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace rapport::cli {

void add_demo(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("demo", "See the whole loop on a generated world of films");
  command->callback([&status] { status = 1; });
}

}  // namespace rapport::cli
