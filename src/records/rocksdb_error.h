#pragma once

#include "base/result.h"

namespace rocksdb {
class Status;
}

namespace rapport::records {

// kUnavailable for what may pass, else kInternal. REQUIRES that the status is not OK.
Error to_error(const rocksdb::Status& status);

}  // namespace rapport::records
