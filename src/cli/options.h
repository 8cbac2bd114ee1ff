#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "server/config.h"

namespace rapport::cli {

// The flags that settings may come by. Empty: not given.
struct Flags {
  std::string config_file;
  std::string data;
  std::string listen;
  bool no_authentication = false;
};

// Defaults, then the file, then the environment, then the flags.
Result<server::Config> configure(const Flags& flags);

// Where a server so configured is found; `port` is the one it got.
std::string url_of(const server::Config& config, std::uint16_t port);

// Prints the error for a person and returns the exit status 1.
int report(const Error& error);

}  // namespace rapport::cli
