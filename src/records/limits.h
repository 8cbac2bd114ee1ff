#pragma once

#include "records/store.h"

namespace rapport::records {

// kTooLarge when a key or value of the batch is larger than the port allows.
Status check_sizes(const Batch& batch);

// The smallest string greater than every string with the prefix; nullopt when there is none (only bytes 0xFF).
std::optional<std::string> end_of_prefix(std::string_view prefix);

// Where a scan begins: the smallest key it may visit.
std::string start_of(const Range& range);
// The smallest key above every key of the range; nullopt when there is none.
std::optional<std::string> end_of(const Range& range);

// Erases by scanning and writing batches: what every engine's erase_prefix does.
Status erase_in_pieces(Store& store, std::string_view prefix);

}  // namespace rapport::records
