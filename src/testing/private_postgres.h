#pragma once

#include <string>

#include "testing/temporary_directory.h"

namespace rapport::test {

// A PostgreSQL server of our own, from Debian's package, on a socket in a temporary directory. Stopped and removed at
// the end; only stopped when this process is killed. As root it runs as the user `postgres`, since it refuses root.
// REQUIRES that the thread that makes it outlives it.
class PrivatePostgres {
 public:
  enum class Sync { kNever, kAtCommit };
  explicit PrivatePostgres(Sync sync);
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;
  ~PrivatePostgres();

  // The URL of a new empty database (UTF-8, C.UTF-8).
  std::string new_database();
  // As after a crash: every connection is lost, and the server is back when this returns.
  void restart();

 private:
  void start();
  void stop(int signal);
  std::string url(const std::string& database) const;

  TemporaryDirectory directory_;
  Sync sync_;
  int server_ = -1;  // its process
  int alive_ = -1;   // a pipe that reads as closed once the server is gone
  int databases_ = 0;
};

// A new database on one server per test program, started at the first call (from the main thread).
std::string new_postgres_database();

}  // namespace rapport::test
