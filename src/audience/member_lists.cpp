#include "audience/member_lists.h"

#include <atomic>
#include <utility>
#include <vector>

#include "audience/apply.h"
#include "audience/keys.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kKeptBytesMax = 256 << 20;

// Tells one reading of a list that still grows from the next.
std::string next_reading() {
  static std::atomic<std::uint64_t> readings{0};
  return "#" + std::to_string(readings.fetch_add(1));
}

}  // namespace

Result<MemberListPtr> MemberLists::get(const Segment& segment) {
  std::string name = segment.app + "/" + segment.id + "/" + std::to_string(segment.version);
  if (!segment.ready) return read(segment, name + next_reading());
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) {
      kept_.splice(kept_.begin(), kept_, found->second);
      return kept_.front().list;
    }
  }
  auto list = TRY(read(segment, std::move(name)));
  keep(list);
  return list;
}

Result<MemberListPtr> MemberLists::read(const Segment& segment, std::string name) {
  const std::string prefix = member_prefix(segment.app, segment.id);
  std::vector<std::string> endpoints;
  std::vector<std::string> users;
  TRY(store_.scan(prefix, "", [&](std::string_view key, std::string_view value) {
    if (decode_member(value).version > segment.version) return true;
    auto& ids = key[prefix.size()] == kUserMember ? users : endpoints;
    ids.emplace_back(key.substr(prefix.size() + 1));
    return true;
  }));
  return std::make_shared<const index::MemberList>(std::move(name), std::move(endpoints), std::move(users));
}

void MemberLists::keep(const MemberListPtr& list) {
  const std::lock_guard lock(mutex_);
  if (by_name_.contains(list->name())) return;
  kept_.push_front({list->name(), list});
  by_name_.emplace(list->name(), kept_.begin());
  kept_bytes_ += list->memory_bytes();
  while (kept_bytes_ > kKeptBytesMax && kept_.size() > 1) {
    kept_bytes_ -= kept_.back().list->memory_bytes();
    by_name_.erase(kept_.back().name);
    kept_.pop_back();
  }
}

}  // namespace rapport::audience
