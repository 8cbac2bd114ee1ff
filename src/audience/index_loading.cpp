#include "audience/index_loading.h"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "audience/keys.h"
#include "audience/record.h"
#include "audience/row_encoder.h"

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

// What rows have of their users, by user number.
class UserParts {
 public:
  UserParts(records::Store& store, index::Dictionary& dictionary) : store_(store), dictionary_(dictionary) {}

  Status load(const std::string& app, unsigned threads) {
    const auto pieces = TRY(cut(store_, user_prefix(app), threads));
    arenas_.resize(pieces.count());
    std::vector<std::vector<Found>> found(pieces.count());
    TRY(side_by_side(pieces.count(), [&](std::size_t piece) -> Status {
      RowEncoder encoder(dictionary_);
      return store_.scan(pieces.range(piece), [&](std::string_view key, std::string_view value) {
        const auto& part = encoder.encode_user(value);
        if (part.terms.empty()) return true;
        const auto number = dictionary_.intern(index::kUserField, key.substr(pieces.prefix.size()));
        auto& arena = arenas_[piece];
        found[piece].push_back({number,
                                {.begin = arena.terms.size(),
                                 .numbers_begin = arena.numbers.size(),
                                 .arena = static_cast<std::uint32_t>(piece),
                                 .count = static_cast<std::uint32_t>(part.terms.size()),
                                 .numbers_count = static_cast<std::uint32_t>(part.numbers.size())}});
        arena.terms.insert(arena.terms.end(), part.terms.begin(), part.terms.end());
        arena.numbers.insert(arena.numbers.end(), part.numbers.begin(), part.numbers.end());
        return true;
      });
    }));
    places_.resize(dictionary_.value_count(index::kUserField));
    for (auto& users : found) {
      for (const auto& [number, place] : users) places_[number] = place;
      users = {};
    }
    return {};
  }

  UserPartView of(std::string_view user_id) const {
    if (user_id.empty()) return {};
    const auto number = dictionary_.find(index::kUserField, user_id);
    if (!number || *number >= places_.size()) return {};
    const auto& place = places_[*number];
    const auto& arena = arenas_[place.arena];
    UserPartView part(std::span(arena.terms).subspan(place.begin, place.count),
                      std::span(arena.numbers).subspan(place.numbers_begin, place.numbers_count));
    part.user = *number;
    return part;
  }

 private:
  struct Place {
    std::uint64_t begin = 0;
    std::uint64_t numbers_begin = 0;
    std::uint32_t arena = 0;
    std::uint32_t count = 0;
    std::uint32_t numbers_count = 0;
  };
  using Found = std::pair<index::ValueNumber, Place>;

  records::Store& store_;
  index::Dictionary& dictionary_;
  std::vector<UserPart> arenas_;  // one a thread, of many users
  std::vector<Place> places_;
};

}  // namespace

Status load_index(records::Store& store, const std::string& app, unsigned threads, index::Index& index) {
  const auto dictionary = index.dictionary();
  UserParts users(store, *dictionary);
  TRY(users.load(app, threads));
  const auto pieces = TRY(cut(store, endpoint_prefix(app), threads));
  std::vector<std::vector<std::shared_ptr<const index::Block>>> blocks(pieces.count());
  TRY(side_by_side(pieces.count(), [&](std::size_t piece) -> Status {
    RowEncoder encoder(*dictionary);
    index::Loader loader(index);
    TRY(store.scan(pieces.range(piece), [&](std::string_view key, std::string_view value) {
      const auto user_id = find_field(fields_of(value), Field::kUserId);
      loader.add(encoder.encode(key.substr(pieces.prefix.size()), value, users.of(user_id)));
      return true;
    }));
    blocks[piece] = loader.finish();
    return {};
  }));
  install(index, std::move(blocks));
  return {};
}

}  // namespace rapport::audience
