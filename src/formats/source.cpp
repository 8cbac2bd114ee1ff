#include "formats/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace rapport::formats {

Source text_source(std::string_view text, std::size_t piece) {
  return [text, piece](char* into, std::size_t size) mutable -> Result<std::size_t> {
    const std::size_t taken = std::min({size, piece, text.size()});
    std::copy_n(text.data(), taken, into);
    text.remove_prefix(taken);
    return taken;
  };
}

Result<Source> file_source(const std::string& path) {
  std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "rbe"), [](std::FILE* open) {
    if (open != nullptr) std::fclose(open);
  });
  if (!file) return fail(ErrorKind::kNotFound, fmt::format("Cannot open the file: {}", path));
  std::setvbuf(file.get(), nullptr, _IONBF, 0);
  return [file, path](char* into, std::size_t size) -> Result<std::size_t> {
    const std::size_t taken = std::fread(into, 1, size, file.get());
    if (taken == 0 && std::ferror(file.get()) != 0) {
      return fail(ErrorKind::kInternal, fmt::format("Cannot read the file: {}", path));
    }
    return taken;
  };
}

Sink text_sink(std::string& text) {
  return [&text](std::string_view data) -> Status {
    text.append(data);
    return {};
  };
}

Result<std::string> read_all(const Source& source, std::size_t limit) {
  std::string all;
  std::vector<char> piece(64 << 10);
  while (const std::size_t taken = TRY(source(piece.data(), piece.size()))) {
    if (taken > limit - all.size()) {
      return fail(ErrorKind::kTooLarge, fmt::format("The input is larger than allowed, in bytes: {}", limit));
    }
    all.append(piece.data(), taken);
  }
  return all;
}

}  // namespace rapport::formats
