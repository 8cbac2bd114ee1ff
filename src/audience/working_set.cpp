#include "audience/working_set.h"

#include <algorithm>

#include "audience/record.h"
#include "base/check.h"

namespace rapport::audience {
namespace {

// An endpoint leads to its user, a user to its endpoints: three rounds; the rest is for records that change meanwhile.
constexpr int kRoundsMax = 100;

}  // namespace

WorkingSet::WorkingSet(std::span<const std::string> keys, const records::Values& values) {
  entries_.reserve(keys.size());
  by_key_.reserve(keys.size());
  add(keys, values);
}

void WorkingSet::add(std::span<const std::string> keys, const records::Values& values) {
  CHECK(keys.size() == values.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (by_key_.emplace(keys[i], static_cast<std::uint32_t>(entries_.size())).second) {
      entries_.push_back({keys[i], values[i], false});
    }
  }
}

const std::optional<std::string>* WorkingSet::peek(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &entries_[found->second].value;
}

const std::optional<std::string>* WorkingSet::find(std::string_view key) {
  const auto* found = peek(key);
  if (found == nullptr) missing_.emplace_back(key);
  return found;
}

void WorkingSet::put(std::string_view key, std::string value) {
  const auto found = by_key_.find(key);
  CHECK(found != by_key_.end());
  auto& entry = entries_[found->second];
  entry.value = std::move(value);
  entry.changed = true;
}

void WorkingSet::erase(std::string_view key) {
  const auto found = by_key_.find(key);
  CHECK(found != by_key_.end());
  auto& entry = entries_[found->second];
  entry.value.reset();
  entry.changed = true;
}

records::Batch WorkingSet::finish() {
  // By rising key: an ordered store then finds each place from the one before.
  std::erase_if(entries_, [](const Entry& entry) { return !entry.changed; });
  std::ranges::sort(entries_, {}, &Entry::key);
  std::ranges::stable_sort(unread_, {}, &std::pair<std::string, std::string>::first);
  records::Batch batch;
  for (auto& entry : entries_) {
    if (entry.value) {
      batch.put(std::string(entry.key), *std::move(entry.value));
    } else {
      batch.erase(std::string(entry.key));
    }
  }
  for (auto& [key, value] : unread_) batch.put(std::move(key), std::move(value));
  std::ranges::stable_sort(patches_, {}, &std::pair<std::string, std::string>::first);
  for (std::size_t at = 0; at < patches_.size(); ++at) {
    auto& [key, change] = patches_[at];
    if (at + 1 < patches_.size() && patches_[at + 1].first == key) {
      patches_[at + 1].second = unite_changes(change, patches_[at + 1].second);
    } else {
      batch.patch(std::move(key), std::move(change));
    }
  }
  return batch;
}

Status transact(records::Store& store, WorkingKeys keys, const std::function<Status(WorkingSet&)>& change) {
  for (int round = 0; round < kRoundsMax; ++round) {
    std::vector<std::string> missing;
    const auto updated =
        store.update({keys.read, keys.unread}, [&](const records::Values& current) -> Result<records::Batch> {
          WorkingSet set(keys.read, current);
          std::vector<std::string> more;
          if (keys.read_as_well) more = keys.read_as_well(set);
          if (!more.empty()) set.add(more, TRY(store.get_many(more)));
          const auto changed = change(set);
          missing = std::move(set.missing());
          if (!missing.empty()) return records::Batch();
          if (!changed) return std::unexpected(changed.error());
          return set.finish();
        });
    if (!updated || missing.empty()) return updated;
    keys.read.insert(keys.read.end(), missing.begin(), missing.end());
  }
  return fail(ErrorKind::kUnavailable, "The endpoint keeps changing users; try again");
}

}  // namespace rapport::audience
