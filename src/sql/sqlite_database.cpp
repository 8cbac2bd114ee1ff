#include <mutex>

#include "sql/database.h"
#include "sql/group_commit.h"
#include "sql/sqlite_connection.h"

namespace rapport::sql {

namespace {

constexpr std::size_t kIdleReadersMax = 8;

// Runs the work; an error of any of its statements is its outcome, whatever it returns.
Status run_work(SqliteConnection& connection, const Work& work) {
  connection.take_failure();
  auto outcome = work(connection);
  auto failure = connection.take_failure();
  if (outcome && failure) return std::unexpected(*std::move(failure));
  return outcome;
}

class SqliteWriter final : public Writer {
 public:
  explicit SqliteWriter(std::unique_ptr<SqliteConnection> connection) : connection_(std::move(connection)) {}

  Status begin() override { return run_statement("BEGIN IMMEDIATE"); }

  Status run(const Work& work) override {
    if (!connection_->in_transaction()) return lost();
    TRY(run_statement("SAVEPOINT work"));
    auto outcome = run_work(*connection_, work);
    if (!connection_->in_transaction()) return outcome ? lost() : outcome;
    if (!outcome) TRY(run_statement("ROLLBACK TO work"));
    TRY(run_statement("RELEASE work"));
    return outcome;
  }

  Status commit() override {
    if (!connection_->in_transaction()) return lost();
    auto committed = run_statement("COMMIT");
    if (!committed && connection_->in_transaction()) TRY(run_statement("ROLLBACK"));
    return committed;
  }

 private:
  Status run_statement(std::string_view statement) {
    TRY(connection_->execute(statement));
    return {};
  }
  static Status lost() {
    return fail(ErrorKind::kUnavailable, "The database rolled the transaction back, check its disk and try again.");
  }

  std::unique_ptr<SqliteConnection> connection_;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, std::unique_ptr<SqliteConnection> writer)
      : path_(std::move(path)), writer_(std::move(writer)), group_(writer_) {}

  using Database::read;
  using Database::write;

  Status write(const Work& work) override { return group_.write(work); }

  Status read(const Work& work) override {
    auto connection = TRY(take_reader());
    TRY(connection->execute("BEGIN"));
    auto outcome = run_work(*connection, work);
    if (connection->in_transaction()) TRY(connection->execute("ROLLBACK"));
    give_back(std::move(connection));
    return outcome;
  }

 private:
  Result<std::unique_ptr<SqliteConnection>> take_reader() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_readers_.empty()) {
        auto connection = std::move(idle_readers_.back());
        idle_readers_.pop_back();
        return connection;
      }
    }
    return SqliteConnection::open(path_, SqliteConnection::Mode::kReadOnly);
  }

  void give_back(std::unique_ptr<SqliteConnection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_readers_.size() < kIdleReadersMax) idle_readers_.push_back(std::move(connection));
  }

  const std::string path_;
  SqliteWriter writer_;
  GroupCommit group_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_readers_;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  auto writer = TRY(SqliteConnection::open(path, SqliteConnection::Mode::kReadWrite));
  return std::make_unique<SqliteDatabase>(path, std::move(writer));
}

}  // namespace rapport::sql
