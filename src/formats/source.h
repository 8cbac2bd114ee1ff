#pragma once

// formats: streaming readers and writers of the files that imports and exports are made of (CSV, lines, gzip).

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapport::formats {

// Gives bytes piece by piece: up to `size` of them into `into`; 0 at the end.
using Source = std::function<Result<std::size_t>(char* into, std::size_t size)>;
// Takes bytes piece by piece.
using Sink = std::function<Status(std::string_view data)>;

// Reads `text`, which must outlive the source, at most `piece` bytes at a time.
Source text_source(std::string_view text, std::size_t piece = 1 << 20);
// Reads a file. kNotFound when it cannot be opened.
Result<Source> file_source(const std::string& path);
// Appends to `text`, which must outlive the sink.
Sink text_sink(std::string& text);
// Everything the source gives, for small inputs. kTooLarge beyond `limit` bytes.
Result<std::string> read_all(const Source& source, std::size_t limit = 64 << 20);

}  // namespace rapport::formats
