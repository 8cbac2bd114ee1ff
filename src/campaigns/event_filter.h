#pragma once

// Which events ask for a message: a CampaignEventFilter, read once.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/event.h"
#include "json/json.h"

namespace rapport::campaigns {

// All of: the type, every attribute, every metric. Immutable.
class EventFilter {
 public:
  // kInvalid names the member below `Schedule`.
  static Result<EventFilter> read(const json::object& document);

  bool matches(const events::Event& event) const;
  // The types it can match; empty when it excludes types instead.
  const std::vector<std::string>& types() const { return types_; }
  // FilterType SYSTEM: an event that is of nobody who can be reached is everybody's.
  bool is_of_system() const { return is_of_system_; }

 private:
  struct TextTest {
    std::string name;
    std::string kind;  // AttributeType
    std::vector<std::string> values;
    bool holds(const events::Event& event) const;
  };
  struct NumberTest {
    std::string name;
    std::string comparison;
    double value = 0;
    bool holds(const events::Event& event) const;
  };

  bool is_of_system_ = false;
  std::vector<std::string> types_;
  std::vector<std::string> excluded_types_;
  std::vector<TextTest> attributes_;
  std::vector<NumberTest> metrics_;
};

}  // namespace rapport::campaigns
