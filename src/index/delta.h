#pragma once

#include <memory>
#include <span>

#include "index/merge.h"

namespace rapport::index {

// The block with more changes in its delta. `changes` rise by key_id, each id once, and belong to the block's range.
// Only the index's writer may call it: the deltas of one base share their keeper of rows.
std::shared_ptr<const Block> changed(const Block& block, std::span<const RowChange* const> changes);

// Rows and slots that changed since the base.
std::uint32_t changed_rows(const Block& block);

}  // namespace rapport::index
