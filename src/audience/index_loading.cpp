#include "audience/index_loading.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "audience/keys.h"
#include "audience/record.h"
#include "audience/row_encoder.h"
#include "audience/user_parts.h"

namespace rapport::audience {
namespace {

// The ranges of a prefix that threads read side by side.
struct Pieces {
  std::string prefix;
  std::vector<std::string> bounds;  // between the pieces

  std::size_t count() const { return bounds.size() + 1; }
  records::Range range(std::size_t piece) const {
    return {.prefix = prefix,
            .after = piece == 0 ? std::string_view() : std::string_view(bounds[piece - 1]),
            .until = piece == bounds.size() ? std::string_view() : std::string_view(bounds[piece])};
  }
};

Result<Pieces> cut(records::Store& store, std::string prefix, unsigned threads) {
  auto bounds = TRY(store.boundaries(prefix, threads));
  return Pieces{std::move(prefix), std::move(bounds)};
}

// Runs the pieces on a thread each; the first error of any.
Status side_by_side(std::size_t pieces, const std::function<Status(std::size_t)>& run) {
  std::mutex mutex;
  Status failed;
  std::vector<std::jthread> threads;
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    threads.emplace_back([&, piece] {
      const Status done = run(piece);
      const std::lock_guard lock(mutex);
      if (!done && failed) failed = done;
    });
  }
  threads.clear();
  return failed;
}

// Copies of records that lie one after the other in the store, so that much can be done with all of them at once.
class RecordBatch {
 public:
  void add(std::string_view id, std::string_view value) {
    records_.push_back({bytes_.size(), id.size(), value.size()});
    bytes_.append(id).append(value);
  }
  bool full() const { return records_.size() >= kRecordsMax || bytes_.size() >= kBytesMax; }
  template <class Visit>
  void for_each(const Visit& visit) const {
    const std::string_view bytes = bytes_;
    for (const auto& [begin, id, value] : records_) visit(bytes.substr(begin, id), bytes.substr(begin + id, value));
  }
  void clear() {
    bytes_.clear();
    records_.clear();
  }

 private:
  static constexpr std::size_t kRecordsMax = 512;
  static constexpr std::size_t kBytesMax = 256 << 10;

  struct Sizes {
    std::size_t begin, id, value;
  };
  std::string bytes_;
  std::vector<Sizes> records_;
};

template <class Take>
Status scan_in_batches(records::Store& store, const records::Range& range, const Take& take) {
  RecordBatch batch;
  TRY(store.scan(range, [&](std::string_view key, std::string_view value) {
    batch.add(key.substr(range.prefix.size()), value);
    if (batch.full()) {
      take(batch);
      batch.clear();
    }
    return true;
  }));
  take(batch);
  return {};
}

Status read_users(records::Store& store, const records::Range& range, index::Dictionary& dictionary,
                  UserPartArena& arena) {
  RowEncoder encoder(dictionary);
  index::RowBatch rows(dictionary);
  return scan_in_batches(store, range, [&](const RecordBatch& batch) {
    batch.for_each([&](std::string_view id, std::string_view record) { encoder.add_user(id, record, rows); });
    rows.finish();
    for (std::size_t at = 0; at < rows.size(); ++at) arena.add(rows.row(at));
    rows.clear();
  });
}

// Gives the rows of a batch to the loader, each with what it has of its user.
class RowsOfUsers {
 public:
  explicit RowsOfUsers(const UserParts& users) : users_(users) {}

  void load(const index::RowBatch& rows, index::Loader& loader) {
    for (std::size_t at = 0; at < rows.size(); ++at) {
      if (at + 4 * kAhead < rows.size()) users_.prefetch_place(rows.row(at + 4 * kAhead).user);
      if (at + kAhead < rows.size()) users_.prefetch_part(rows.row(at + kAhead).user);
      load(rows.row(at), loader);
    }
  }

 private:
  static constexpr std::size_t kAhead = 16;

  void load(const index::RowView& row, index::Loader& loader) {
    const auto* user = users_.of(row.user);
    if (user == nullptr) return loader.add(row);
    terms_.assign(row.terms.begin(), row.terms.end());
    terms_.insert(terms_.end(), user->terms().begin(), user->terms().end());
    numbers_.assign(row.numbers.begin(), row.numbers.end());
    for (const auto& number : user->numbers()) index::put_number(numbers_, 0, number);
    loader.add({row.key_id, row.user, terms_, numbers_});
  }

  const UserParts& users_;
  std::vector<index::Term> terms_;
  std::vector<index::Number> numbers_;
};

Status read_endpoints(records::Store& store, const records::Range& range, index::Dictionary& dictionary,
                      const UserParts& users, index::Loader& loader) {
  RowEncoder encoder(dictionary);
  index::RowBatch rows(dictionary);
  RowsOfUsers rows_of_users(users);
  return scan_in_batches(store, range, [&](const RecordBatch& batch) {
    batch.for_each([&](std::string_view id, std::string_view record) { encoder.add_endpoint(id, record, rows); });
    rows.finish();
    rows_of_users.load(rows, loader);
    rows.clear();
  });
}

}  // namespace

Status load_index(records::Store& store, const std::string& app, unsigned threads, index::Index& index,
                  KnownUsers& known) {
  const auto dictionary = index.dictionary();
  const auto user_pieces = TRY(cut(store, user_prefix(app), threads));
  std::vector<UserPartArena> arenas(user_pieces.count());
  TRY(side_by_side(user_pieces.count(), [&](std::size_t piece) {
    return read_users(store, user_pieces.range(piece), *dictionary, arenas[piece]);
  }));
  const UserParts users(arenas, dictionary->value_count(index::kUserField));
  const auto pieces = TRY(cut(store, endpoint_prefix(app), threads));
  std::vector<std::vector<std::shared_ptr<const index::Block>>> blocks(pieces.count());
  TRY(side_by_side(pieces.count(), [&](std::size_t piece) -> Status {
    index::Loader loader(index);
    TRY(read_endpoints(store, pieces.range(piece), *dictionary, users, loader));
    blocks[piece] = loader.finish();
    return {};
  }));
  install(index, std::move(blocks));
  known.reserve(dictionary->value_count(index::kUserField));
  TRY(side_by_side(arenas.size(), [&](std::size_t piece) -> Status {
    arenas[piece].for_each([&](const UserPart& part) { known.put(part.user, part.terms(), part.numbers()); });
    return {};
  }));
  return {};
}

}  // namespace rapport::audience
