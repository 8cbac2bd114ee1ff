#include "events/checkpoints.h"

#include <array>

namespace rapport::events {
namespace {

constexpr std::string_view kCreateTables =
    "CREATE TABLE consumer_checkpoints (consumer TEXT PRIMARY KEY, place BIGINT NOT NULL)";
constexpr std::string_view kSelect = "SELECT place FROM consumer_checkpoints WHERE consumer = $1";
constexpr std::string_view kSave =
    "INSERT INTO consumer_checkpoints (consumer, place) VALUES ($1, $2) "
    "ON CONFLICT (consumer) DO UPDATE SET place = excluded.place";

}  // namespace

std::span<const sql::Migration> migrations() {
  static constexpr std::array kMigrations = {sql::Migration{"events", 1, kCreateTables}};
  return kMigrations;
}

Result<Position> checkpoint_of(sql::Database& database, std::string_view consumer) {
  const sql::Answer answer = TRY(database.read(kSelect, {std::string(consumer)}));
  return answer.rows.empty() ? 0 : static_cast<Position>(answer.rows.front().integer(0));
}

Status save_checkpoint(sql::Session& session, std::string_view consumer, Position place) {
  TRY(session.execute(kSave, {std::string(consumer), static_cast<std::int64_t>(place)}));
  return {};
}

}  // namespace rapport::events
