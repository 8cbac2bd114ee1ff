#include "testing/private_postgres.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "base/check.h"

namespace rapport::test {

namespace {

constexpr std::string_view kPrograms = "/usr/lib/postgresql/15/bin/";
constexpr int kReadyTriesMax = 3'000;
constexpr int kReadyWaitMs = 20;

struct User {
  uid_t id = ::getuid();
  gid_t group = ::getgid();
};

User server_user() {
  if (::getuid() != 0) return {};
  const auto* found = ::getpwnam("postgres");
  CHECK(found != nullptr);  // made by Debian's package `postgresql`
  return {found->pw_uid, found->pw_gid};
}

// Starts a program as the server's user with its output in `log`. It is told to stop when this process dies.
pid_t spawn(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const auto user = server_user();
  const pid_t child = ::fork();
  CHECK(child >= 0);
  if (child > 0) return child;
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  const bool is_user =
      ::getuid() == user.id || (::setgroups(0, nullptr) == 0 && ::setgid(user.group) == 0 && ::setuid(user.id) == 0);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (is_user) ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

int wait_for_exit(pid_t process) {
  int status = 0;
  CHECK(::waitpid(process, &status, 0) == process);
  return status;
}

}  // namespace

PrivatePostgres::PrivatePostgres(Sync sync) : sync_(sync) {
  const auto user = server_user();
  CHECK(::chown(directory_.path().c_str(), user.id, user.group) == 0);
  const int made =
      wait_for_exit(spawn({std::string(kPrograms) + "initdb", "--pgdata=" + directory_.file("data"),
                           "--username=rapport", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
                          directory_.file("log")));
  CHECK(made == 0);
  start();
}

PrivatePostgres::~PrivatePostgres() { stop(SIGQUIT); }

void PrivatePostgres::start() {
  int ends[2];
  CHECK(::pipe(ends) == 0);
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);  // the server keeps only the writing end open
  server_ = spawn({std::string(kPrograms) + "postgres", "-D", directory_.file("data"), "-k", directory_.path().string(),
                   "-c", "listen_addresses=", "-c", sync_ == Sync::kNever ? "fsync=off" : "fsync=on"},
                  directory_.file("log"));
  ::close(ends[1]);
  alive_ = ends[0];
  for (int tries = 0; PQping(url("postgres").c_str()) != PQPING_OK; ++tries) {
    pollfd gone{.fd = alive_, .events = POLLIN, .revents = 0};
    CHECK(::poll(&gone, 1, kReadyWaitMs) == 0);  // the server ended at once: its log says why
    CHECK(tries < kReadyTriesMax);
  }
}

void PrivatePostgres::stop(int signal) {
  CHECK(::kill(server_, signal) == 0);
  wait_for_exit(server_);
  ::close(alive_);
}

void PrivatePostgres::restart() {
  stop(SIGQUIT);
  start();
}

std::string PrivatePostgres::url(const std::string& database) const {
  return fmt::format("postgresql:///{}?host={}&user=rapport", database, directory_.path().string());
}

std::string PrivatePostgres::new_database() {
  const auto name = fmt::format("test{}", ++databases_);
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url("postgres").c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> created(
      PQexec(connection.get(), fmt::format("CREATE DATABASE {}", name).c_str()), &PQclear);
  CHECK(PQresultStatus(created.get()) == PGRES_COMMAND_OK);
  return url(name);
}

std::string new_postgres_database() {
  static PrivatePostgres server(PrivatePostgres::Sync::kNever);
  return server.new_database();
}

}  // namespace rapport::test
