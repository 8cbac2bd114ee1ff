#pragma once

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

// Prints the error for a person and returns the exit status 1.
int report(const Error& error);

}  // namespace rapport::cli
