#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapport {

// The whole content of a small file. kNotFound when it does not exist.
Result<std::string> read_file(const std::filesystem::path& path);

// Writes the file so that after a crash it is either the old or the new one, whole: temporary file, fsync, rename,
// fsync of the directory. Parent directories are made. `mode` as in chmod.
Status write_file_durably(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

}  // namespace rapport
