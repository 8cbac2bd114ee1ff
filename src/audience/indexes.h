#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/evaluator.h"
#include "index/index.h"
#include "records/store.h"

namespace rapport::audience {

// The in-memory index of every application, kept equal to the endpoints and users of the record store: loaded once,
// then following every commit. A commit is in the next snapshot when the call that made it returns. Thread-safe.
class Indexes {
 public:
  explicit Indexes(records::Store& store);
  ~Indexes();
  Indexes(const Indexes&) = delete;
  Indexes& operator=(const Indexes&) = delete;

  // Observes the store and reads what is there, on so many threads. REQUIRES that nothing else is called before it is
  // done, and that it is called once.
  Status open(unsigned threads);

  index::SnapshotPtr snapshot(std::string_view app);  // without rows when the application has no endpoints
  index::Evaluator& evaluator() { return evaluator_; }
  std::size_t memory_bytes();

  // Merges what changed since the last time, and reads again what could not be read. Stops between blocks when `stop`
  // says so.
  void compact(const std::function<bool()>& stop);
  // Compacts whenever nothing was published for a moment; until stopped. For one thread.
  void run(const std::stop_token& stop);
  // An application that is gone needs no memory. Questions on the way are still answered.
  void forget(std::string_view app);
  // Told (the application's id) after each publication, by the thread that made it; must be quick. Call before open.
  void on_publication(std::function<void(std::string_view app)> listener) { listener_ = std::move(listener); }

 private:
  struct Application;
  struct Commit;
  struct Touched;

  void follow(std::span<const records::Batch::Change> changes);
  void publish(std::string_view app, const Touched& touched, Application& application);
  void publish_waiting(std::string_view app, Application& application);
  Result<std::vector<std::string>> applications();
  std::shared_ptr<Application> find(std::string_view app);
  std::shared_ptr<Application> make(std::string_view app);

  records::Store& store_;
  index::Evaluator evaluator_;
  std::function<void(std::string_view)> listener_;
  std::atomic<std::uint64_t> publications_{0};
  std::shared_mutex mutex_;  // guards the map, not what is in it
  std::map<std::string, std::shared_ptr<Application>, std::less<>> applications_;
  const index::SnapshotPtr nothing_ = index::Index().snapshot();
};

}  // namespace rapport::audience
