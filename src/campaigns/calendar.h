#pragma once

// The runs of an application's campaigns in time: those that were, are and will be.

#include <optional>
#include <string>
#include <vector>

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

enum class CalendarKind {
  kRun,      // that began, or waits for its time
  kPlanned,  // that a schedule will make
  kEvents,   // that goes on from start to end and reacts to events
};

struct CalendarEntry {
  CalendarKind kind = CalendarKind::kRun;
  std::string campaign;
  std::string campaign_name;
  std::int64_t treatment = 0;
  std::string activity;                 // of a planned one that of the run it follows
  std::string state;                    // as Activity::state
  Timestamp start;                      // in local time: the first clock on earth
  std::optional<Timestamp> end = {};    // when it was over, or will be; nothing: open
  std::string frequency;                // of its schedule
  std::string timezone;                 // of its schedule
  std::optional<Timestamp> local = {};  // what clocks show, as if it were UTC; of runs in local time
  std::int64_t sent = 0;
};

struct Calendar {
  std::vector<CalendarEntry> entries;
  bool is_truncated = false;  // there are more, later ones
};

constexpr std::size_t kCalendarEntriesMax = 5'000;

// A run and where its campaign is at.
struct RunAtWork {
  Activity activity;
  std::string campaign_name;
  bool is_of_events = false;
  std::vector<std::string> channels;  // the ChannelTypes that its messages and templates speak to
  std::int64_t chunks = 0;
  std::int64_t chunks_done = 0;
};

struct RunsAtWork {
  std::vector<RunAtWork> under_way;
  std::vector<RunAtWork> to_come;
  std::int64_t under_way_count = 0;
  std::int64_t to_come_count = 0;
};

}  // namespace rapport::campaigns
