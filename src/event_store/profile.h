#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rapport::event_store {

struct ValueCount {
  std::string value;
  std::int64_t events = 0;
};

struct AttributeProfile {
  std::string name;
  std::int64_t events = 0;         // that have it
  std::vector<ValueCount> values;  // most frequent first, ties by value
};

struct MetricProfile {
  std::string name;
  std::int64_t events = 0;
  double minimum = 0;
  double maximum = 0;
  double mean = 0;
};

// What the events of one type were like.
struct TypeProfile {
  std::string type;
  std::int64_t events = 0;
  std::vector<AttributeProfile> attributes;  // by name
  std::vector<MetricProfile> metrics;        // by name
};

constexpr std::size_t kProfiledTypesMax = 200;

}  // namespace rapport::event_store
