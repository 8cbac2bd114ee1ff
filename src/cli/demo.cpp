#include "demo/demo.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/options.h"

namespace rapport::cli {

void add_demo(CLI::App& app, int& status) {
  auto options = std::make_shared<demo::DemoOptions>();
  auto files = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("demo", "See the whole loop on a generated world of films, or on your own files");
  command->add_option("--data", options->data_directory, "The directory that holds everything (default rapport-data)");
  command->add_option("--files", *files,
                      "A folder with ratings.csv and movies.csv (MovieLens), or interactions.csv, items.csv and "
                      "users.csv (Personalize)");
  command->add_option("--seed", options->seed, "Of the generated world (default 1)");
  command->callback([options, files, &status] {
    if (!files->empty()) options->data_files = *files;
    const Status done = demo::run_demo(*options);
    status = done ? 0 : report(done.error());
  });
}

}  // namespace rapport::cli
