#include "records/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rapport::records {

namespace {

constexpr std::size_t kPieceMax = 10'000;

}  // namespace

Status check_sizes(const Batch& batch) {
  for (const auto& change : batch.changes()) {
    if (change.key.size() > kKeyBytesMax) {
      return fail(ErrorKind::kTooLarge,
                  fmt::format("A record's key may have {} bytes, this one has {}", kKeyBytesMax, change.key.size()));
    }
    if (change.value && change.value->size() > kValueBytesMax) {
      return fail(ErrorKind::kTooLarge, fmt::format("A record's value may have {} bytes, this one has {}",
                                                    kValueBytesMax, change.value->size()));
    }
  }
  return {};
}

std::optional<std::string> end_of_prefix(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  if (prefix.empty()) return std::nullopt;
  std::string end(prefix);
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

std::string start_of(const Range& range) {
  std::string start(std::max(range.prefix, range.after));
  if (!range.after.empty() && start == range.after) start += '\0';  // the next key in bytewise order
  return start;
}

std::optional<std::string> end_of(const Range& range) {
  auto end = end_of_prefix(range.prefix);
  if (range.until.empty()) return end;
  std::string next = std::string(range.until) + '\0';
  return end ? std::min(*std::move(end), std::move(next)) : std::move(next);
}

Status erase_in_pieces(Store& store, std::string_view prefix) {
  Batch piece;
  Status written;
  const auto scanned = store.scan(prefix, "", [&](std::string_view key, std::string_view) {
    piece.erase(std::string(key));
    if (piece.changes().size() == kPieceMax) written = store.write(std::exchange(piece, {}));
    return written.has_value();
  });
  TRY(scanned);
  TRY(written);
  if (piece.empty()) return {};
  return store.write(piece);
}

}  // namespace rapport::records
