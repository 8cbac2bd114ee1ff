#pragma once

#include <memory>
#include <span>

#include "index/merge.h"

namespace rapport::index {

// The block with more changes in its delta. `changes` rise by key_id, each id once, and belong to the block's range.
// Only the index's writer may call it: the deltas of one base share their keeper of rows.
std::shared_ptr<const Block> changed(const Block& block, std::span<const RowChange* const> changes);

// The row of the delta with the id; nullptr when there is none. `head`: of the id, by the base's KeyIds.
const Row* find_row(const Delta& delta, std::uint64_t head, std::string_view key_id);

// Rows and slots that changed since the base.
std::uint32_t changed_rows(const Block& block);

}  // namespace rapport::index
