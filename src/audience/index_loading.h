#pragma once

#include <string>

#include "audience/known_users.h"
#include "base/result.h"
#include "index/index.h"
#include "records/store.h"

namespace rapport::audience {

// Fills the empty index with an application's endpoints, ranges of ids side by side on so many threads, and `known`
// with its users. These come first, as terms by their number; that table lives as long as the call.
Status load_index(records::Store& store, const std::string& app, unsigned threads, index::Index& index,
                  KnownUsers& known);

}  // namespace rapport::audience
