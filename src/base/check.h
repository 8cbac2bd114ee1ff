#pragma once

namespace rapport {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace rapport

// A condition whose failure is a bug of ours. On in release: a wrong state is worse than a restart.
#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) ::rapport::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
