#include "testing/killed_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "base/check.h"
#include "base/text.h"

namespace rapport::test {

namespace {

constexpr const char* kDirectory = "RAPPORT_CRASH_DIRECTORY";
constexpr const char* kFirst = "RAPPORT_CRASH_FIRST";
constexpr const char* kPipe = "RAPPORT_CRASH_PIPE";
constexpr int kThreads = 4;

const char* required(const char* variable) {
  const char* value = ::getenv(variable);
  CHECK(value != nullptr);  // the test runs only inside run_until_killed
  return value;
}

[[noreturn]] void become_test(const CrashRun& run, int pipe) {
  const auto filter = "--gtest_filter=" + run.disabled_test;
  ::setenv(kDirectory, run.directory.c_str(), 1);
  ::setenv(kFirst, std::to_string(run.first).c_str(), 1);
  ::setenv(kPipe, std::to_string(pipe).c_str(), 1);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::execl("/proc/self/exe", "crash_test", filter.c_str(), "--gtest_also_run_disabled_tests", "--gtest_brief=1",
          static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

std::vector<std::uint64_t> run_until_killed(const CrashRun& run) {
  std::array<int, 2> ends{};
  CHECK(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  CHECK(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    become_test(run, ends[1]);
  }
  ::close(ends[1]);
  std::vector<std::uint64_t> acknowledged;
  std::uint64_t number = 0;
  // A write of eight bytes to a pipe is never split, so a read is a whole number or the end.
  while (::read(ends[0], &number, sizeof number) == sizeof number) {
    acknowledged.push_back(number);
    if (acknowledged.size() == run.acknowledged) CHECK(::kill(child, SIGKILL) == 0);
  }
  ::close(ends[0]);
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);  // else it ended by itself: see its output
  return acknowledged;
}

std::string crash_directory() { return required(kDirectory); }

void write_until_killed(const std::function<void(std::uint64_t number)>& write) {
  const auto pipe = static_cast<int>(parse_integer(required(kPipe)).value());
  std::atomic<std::uint64_t> next = static_cast<std::uint64_t>(parse_integer(required(kFirst)).value());
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&] {
        for (;;) {
          const std::uint64_t number = next++;
          write(number);
          CHECK(::write(pipe, &number, sizeof number) == sizeof number);
        }
      });
    }
  }
  ::_exit(1);
}

}  // namespace rapport::test
