#pragma once

#include <span>
#include <string_view>

#include "events/log.h"
#include "sql/database.h"

namespace rapport::events {

// The places of the consumers whose effects are in the database: table consumer_checkpoints.
std::span<const sql::Migration> migrations();

Result<Position> checkpoint_of(sql::Database& database, std::string_view consumer);  // 0 when it never had one
// In the transaction of the effect of everything before `place`.
Status save_checkpoint(sql::Session& session, std::string_view consumer, Position place);

}  // namespace rapport::events
