#pragma once

#include "records/store.h"

namespace rapport::records {

// kTooLarge when a key or value of the batch is larger than the port allows.
Status check_sizes(const Batch& batch);

// The smallest string greater than every string with the prefix; nullopt when there is none (only bytes 0xFF).
std::optional<std::string> end_of_prefix(std::string_view prefix);

// Where a scan of the prefix after a key begins: the smallest key it may visit.
std::string start_of_scan(std::string_view prefix, std::string_view after);

// Erases by scanning and writing batches: what every engine's erase_prefix does.
Status erase_in_pieces(Store& store, std::string_view prefix);

}  // namespace rapport::records
