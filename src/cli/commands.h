#pragma once

// cli: the commands of the program `rapport`.

namespace CLI {
class App;
}

namespace rapport::cli {

// Each adds a subcommand that, when chosen, runs and leaves the process's exit status in `status`.
void add_serve(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_keys(CLI::App& app, int& status);
void add_console_link(CLI::App& app, int& status);
void add_demo(CLI::App& app, int& status);
void add_contract(CLI::App& app, int& status);
void add_evaluate(CLI::App& app, int& status);
void add_recommend(CLI::App& app, int& status);

}  // namespace rapport::cli
