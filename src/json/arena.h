#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/storage_ptr.hpp>

namespace rapport::json {

// The memory of documents that are made, read and dropped together: `object(&arena)`. It outlives them; `release` makes
// it empty. Not thread-safe.
using Arena = boost::json::monotonic_resource;
using Memory = boost::json::storage_ptr;

}  // namespace rapport::json
