#pragma once

// behaviors: who did what, for segments: filled from the event store, kept up to date from the event log.

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "audience/event_criterion.h"
#include "base/clock.h"
#include "base/result.h"
#include "behaviors/doers.h"
#include "event_store/store.h"
#include "events/consumers.h"
#include "events/log.h"

namespace rapport::behaviors {

// The criteria that are asked about. Thread-safe. Collaborators must outlive it.
class Behaviors {
 public:
  Behaviors(events::Log& log, event_store::Store& store, const Clock& clock)
      : log_(log), store_(store), clock_(clock) {}

  // See audience::WhoDid. The first time a criterion is asked about all its events are read, by the caller; when nobody
  // has asked about it for a day it is forgotten.
  Result<audience::Doers> who_did(const std::string& app, const audience::EventCriterion& criterion, Timestamp now);

  // Hands new events on to the criteria they count for. It keeps no place: the past is in the store.
  events::Consumer consumer();

  void forget_application(const std::string& app);

 private:
  // A criterion in use.
  struct Watched {
    explicit Watched(const audience::EventCriterion& criterion) : doers(criterion) {}
    std::mutex mutex;  // held while it is filled; guards what follows
    CriterionDoers doers;
    bool filled = false;
    events::Position from = 0;               // events before it came from the store...
    events::Position until = 0;              // ...and perhaps those before this place,
    std::unordered_set<std::uint64_t> seen;  // namely these
    Timestamp asked;                         // guarded by Behaviors::mutex_
  };
  struct Name {
    std::string app;
    std::string criterion;
    auto operator<=>(const Name&) const = default;
  };

  Status fill(const std::string& app, const audience::EventCriterion& criterion, Watched& watched, Timestamp now);
  void take(std::span<const events::Entry> entries);
  void forget_unused();  // REQUIRES that mutex_ is held
  std::vector<std::shared_ptr<Watched>> of_application(const std::string& app);

  events::Log& log_;
  event_store::Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<Name, std::shared_ptr<Watched>> watched_;  // guarded by mutex_
};

}  // namespace rapport::behaviors
