#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rocksdb {
class DB;
}

namespace rapport::records {

// Store::boundaries over RocksDB, from its estimates of how much lies between two keys.
Result<std::vector<std::string>> rocksdb_boundaries(rocksdb::DB& database, std::string_view prefix, std::size_t parts);

}  // namespace rapport::records
