#pragma once

// Reads of many keys that lie side by side.

#include <optional>
#include <span>
#include <string>

#include "records/store.h"

namespace rocksdb {
class DB;
}

namespace rapport::records {

// What the keys hold, parallel to them, read by walking from one to the next: several times as fast as asking for each
// when hardly any others lie between. Nothing when too many do, which is found out early.
Result<std::optional<Values>> walk(rocksdb::DB& database, std::span<const std::string> keys);

}  // namespace rapport::records
