#include "direct/direct.h"

namespace rapport::direct {
namespace {

constexpr std::string_view kCreateTables = R"sql(
CREATE TABLE direct_requests (
  application TEXT NOT NULL,
  request_key TEXT NOT NULL,
  created BIGINT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (application, request_key)
);
CREATE INDEX direct_requests_by_age ON direct_requests (created);
CREATE TABLE one_time_passwords (
  application TEXT NOT NULL,
  destination TEXT NOT NULL,
  reference TEXT NOT NULL,
  salt TEXT NOT NULL,
  digest TEXT NOT NULL,
  attempts_left BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (application, destination, reference)
)
)sql";
constexpr sql::Migration kMigrations[] = {{"direct", 1, kCreateTables}};

constexpr std::string_view kEraseRequests = "DELETE FROM direct_requests WHERE application = $1";
constexpr std::string_view kErasePasswords = "DELETE FROM one_time_passwords WHERE application = $1";

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Status erase_application(sql::Session& session, const std::string& app) {
  TRY(session.execute(kEraseRequests, {app}));
  TRY(session.execute(kErasePasswords, {app}));
  return {};
}

}  // namespace rapport::direct
