#pragma once

// Crash tests: a process of its own writes to a store, says which writes were acknowledged, and is killed.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rapport::test {

struct CrashRun {
  std::string disabled_test;     // `Suite.DISABLED_Name` of this same program: calls write_until_killed
  std::string directory;         // what that test gets from crash_directory()
  std::uint64_t first = 0;       // the first number it writes
  std::size_t acknowledged = 0;  // how many acknowledgements to wait for before the kill
};

// Runs the test in a new process, kills it (kill -9) and returns every number it acknowledged.
std::vector<std::uint64_t> run_until_killed(const CrashRun& run);

// In that process: the directory to write to, and a loop that calls `write` from four threads with ever new numbers and
// acknowledges each when its call has returned.
std::string crash_directory();
[[noreturn]] void write_until_killed(const std::function<void(std::uint64_t number)>& write);

}  // namespace rapport::test
