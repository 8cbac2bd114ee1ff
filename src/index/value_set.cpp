#include "index/value_set.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace rapport::index {
namespace {

// A predicate's texts: as a list when it has one, and as a test.
struct Wanted {
  const Predicate& predicate;

  bool by_user() const { return predicate.kind() == Predicate::Kind::kMembers; }
  bool is_listed() const { return by_user() || !predicate.test().equal.empty(); }
  std::uint64_t listed_count() const {
    return by_user() ? predicate.list()->user_count() : predicate.test().equal.size();
  }
  std::string_view listed(std::uint64_t position) const {
    return by_user() ? predicate.list()->user(position) : std::string_view(predicate.test().equal[position]);
  }
  bool matches(std::string_view text) const {
    if (by_user()) return predicate.list()->has_user(text);
    if (is_listed()) return std::ranges::binary_search(predicate.test().equal, text, std::less<>());
    return predicate.test().matches(text);
  }
};

// The wanted values from `begin` up to `end`, rising: by looking up the listed texts or by asking of each value,
// whichever are fewer.
std::vector<ValueNumber> wanted_between(const Dictionary& dictionary, FieldNumber field, const Wanted& wanted,
                                        ValueNumber begin, ValueNumber end) {
  std::vector<ValueNumber> found;
  if (wanted.is_listed() && wanted.listed_count() <= end - begin) {
    for (std::uint64_t position = 0; position < wanted.listed_count(); ++position) {
      const auto value = dictionary.find(field, wanted.listed(position));
      if (value && *value >= begin && *value < end) found.push_back(*value);
    }
    std::ranges::sort(found);
  } else {
    for (ValueNumber value = begin; value < end; ++value) {
      if (wanted.matches(dictionary.text(field, value))) found.push_back(value);
    }
  }
  return found;
}

}  // namespace

std::shared_ptr<const ValueSet> ValueSet::grown(std::shared_ptr<const ValueSet> before, const Dictionary& dictionary,
                                                FieldNumber field, const Predicate& predicate) {
  const Wanted wanted{predicate};
  const std::uint32_t end = dictionary.value_count(field);
  if (before && (before->examined_ == end || (wanted.is_listed() && before->count_ == wanted.listed_count()))) {
    return before;
  }
  auto after = before ? std::make_shared<ValueSet>(*before) : std::make_shared<ValueSet>();
  after->add(wanted_between(dictionary, field, wanted, after->examined_, end));
  after->examined_ = end;
  return after;
}

void ValueSet::add(const std::vector<ValueNumber>& rising) {
  for (std::size_t begin = 0; begin < rising.size();) {
    const std::size_t chunk = rising[begin] >> kChunkBits;
    if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
    auto changed = chunks_[chunk] ? std::make_shared<Chunk>(*chunks_[chunk]) : std::make_shared<Chunk>();
    for (; begin < rising.size() && rising[begin] >> kChunkBits == chunk; ++begin) {
      const ValueNumber value = rising[begin];
      (*changed)[(value & kChunkMask) >> 6] |= std::uint64_t{1} << (value & 63);
    }
    chunks_[chunk] = std::move(changed);
  }
  const bool stays_few = is_few() && count_ + rising.size() <= kFewMax;
  count_ += static_cast<std::uint32_t>(rising.size());
  if (stays_few) {
    few_.insert(few_.end(), rising.begin(), rising.end());
  } else {
    few_.clear();
  }
}

std::size_t ValueSet::memory_bytes() const {
  const auto chunks =
      static_cast<std::size_t>(std::ranges::count_if(chunks_, [](const auto& chunk) { return chunk != nullptr; }));
  return sizeof(*this) + chunks * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]) +
         few_.capacity() * sizeof(ValueNumber);
}

}  // namespace rapport::index
