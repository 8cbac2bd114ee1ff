#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/random.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "contract/service.h"
#include "server/node.h"

namespace rapport::cli {
namespace {

void print_status(const contract::Contract& contract) {
  int implemented = 0;
  int total = 0;
  std::cout << fmt::format("{:<22} {:>11} {:>6}\n", "service", "implemented", "total");
  for (const auto& service : contract.status()) {
    std::cout << fmt::format("{:<22} {:>11} {:>6}\n", service.service, service.implemented, service.total);
    implemented += service.implemented;
    total += service.total;
  }
  std::cout << fmt::format("{:<22} {:>11} {:>6}\n", "all", implemented, total);
}

// A server on an empty directory of its own knows every operation that is built.
template <class Use>
Status with_operations(Use use) {
  const auto directory = std::filesystem::temp_directory_path() / ("rapport-contract-" + random_hex(6));
  server::Config config;
  config.data = directory.string();
  config.port = 0;
  Status used;
  if (const auto node = server::Node::start(config)) {
    use((*node)->contract());
  } else {
    used = std::unexpected(node.error());
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return used;
}

}  // namespace

void add_contract(CLI::App& app, int& status) {
  struct Wanted {
    bool status = false;
    bool openapi = false;
  };
  auto wanted = std::make_shared<Wanted>();
  CLI::App* command = app.add_subcommand("contract", "Show what the APIs promise and what of it is built");
  command->add_flag("--status", wanted->status, "Implemented and total operations per service");
  command->add_flag("--openapi", wanted->openapi, "The OpenAPI document of every service");
  command->callback([wanted, &status] {
    const Status shown = with_operations([&](const contract::Contract& contract) {
      if (wanted->openapi) {
        std::cout << json::serialize(contract.openapi()) << "\n";
      } else {
        print_status(contract);
      }
    });
    status = shown ? 0 : report(shown.error());
  });
}

}  // namespace rapport::cli
