#pragma once

#include "transfers/preview.h"

namespace rapport::transfers {

// Fills in what the columns may mean, each member once, the constants they need, and what is missing for an import.
void suggest(Preview& preview);

}  // namespace rapport::transfers
