#pragma once

#include <memory>
#include <vector>

#include "index/merge.h"

namespace rapport::index {

// The block's rows in new bases without dead slots: one block, or as many of the same size as it takes; none when there
// is no row.
std::vector<std::shared_ptr<const Block>> rebuilt(const Block& block, const GoneSlots& gone, const Options& options);

}  // namespace rapport::index
