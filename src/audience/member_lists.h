#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "audience/segment.h"
#include "base/result.h"
#include "index/member_list.h"
#include "records/store.h"

namespace rapport::audience {

using MemberListPtr = std::shared_ptr<const index::MemberList>;

// The lists of imported segments, read from the record store and kept for the next question. Thread-safe.
class MemberLists {
 public:
  explicit MemberLists(records::Store& store) : store_(store) {}

  // Who the version of the imported segment lists. A version that is still being filled is read anew each time.
  Result<MemberListPtr> get(const Segment& segment);

 private:
  struct Kept {
    std::string name;
    MemberListPtr list;
  };
  Result<MemberListPtr> read(const Segment& segment, std::string name);
  void keep(const MemberListPtr& list);

  records::Store& store_;
  std::mutex mutex_;
  std::list<Kept> kept_;  // the most recently used first
  std::unordered_map<std::string, std::list<Kept>::iterator> by_name_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace rapport::audience
