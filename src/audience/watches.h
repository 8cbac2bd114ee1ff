#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "audience/segment.h"
#include "audience/segments.h"
#include "base/result.h"
#include "index/selection.h"

namespace rapport::audience {

// Tells listeners who entered and who left segments: as endpoints change, as definitions and lists change, as time
// passes (recency). What happens between two looks comes as one difference. Thread-safe.
class Watches {
 public:
  using Listener = std::function<void(const index::Difference& difference)>;
  using Id = std::uint64_t;

  Watches(Segments& segments, Indexes& indexes) : segments_(segments), indexes_(indexes) {}

  // From the members of now on. The listener is called by whoever looks, one call at a time, never with an empty
  // difference. kNotFound when there is no such segment.
  Result<Id> watch(const SegmentRef& ref, Listener listener);
  void unwatch(Id id);  // no call begins after it returned

  // An application's endpoints changed: the next look is due.
  void touch(std::string_view app);
  // Looks at once when an application was touched, and at everything each second; until stopped. For one thread.
  void run(const std::stop_token& stop);
  void look();  // at every watched segment, now

 private:
  struct Watched {
    SegmentRef ref;
    Listener listener;
    index::PredicatePtr predicate;
    index::Selection members;
  };
  enum class Definitions { kAsTheyWere, kReadAgain };
  void look(Watched& watched, Definitions definitions);
  void look_at(const std::set<std::string, std::less<>>& apps);

  Segments& segments_;
  Indexes& indexes_;
  std::mutex looking_;  // held while looking; guards what is watched
  std::map<Id, Watched> watched_;
  Id last_ = 0;
  std::mutex mutex_;  // guards what was touched
  std::condition_variable_any due_;
  std::set<std::string, std::less<>> touched_;
};

}  // namespace rapport::audience
