#pragma once

#include <functional>
#include <string>

#include "objects/posix.h"
#include "objects/store.h"

namespace rapport::objects {

// Describes the object `key` whose file is `name` in `folder`; nothing when it is gone.
using Describe = std::function<std::optional<ObjectInfo>(const std::string& key, const FileDescriptor& folder,
                                                         const std::string& name)>;

// One page of a bucket's objects. Reads only the folders that can hold keys of the page.
Result<Listing> list_bucket(const FileDescriptor& bucket, const ListOptions& options, const Describe& describe);

}  // namespace rapport::objects
