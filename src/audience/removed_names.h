#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "audience/record.h"
#include "base/result.h"
#include "records/store.h"

namespace rapport::audience {

// The names of attributes and metrics that an application no longer captures: exact, or with `*` (any characters) and
// `?` (one byte). As a record: one list of texts, each a field's code and a pattern.
class RemovedNames {
 public:
  RemovedNames() = default;
  explicit RemovedNames(std::string_view record);
  std::string record() const;

  // `field` is kAttribute, kMetric or kUserAttribute.
  void add(Field field, std::string_view pattern);
  bool covers(Field field, std::string_view name) const;
  // The run (record.h) without the fields that would give one of the names a value; clearing one stays.
  std::string without(std::string_view run) const;
  std::size_t size() const { return patterns_.size(); }

 private:
  struct Pattern {
    Field field;
    std::string text;
    bool operator==(const Pattern&) const = default;
  };
  std::vector<Pattern> patterns_;
};

bool matches_pattern(std::string_view pattern, std::string_view name);

// From now on the application captures no new or changed value for names of this field that one of the patterns
// matches; endpoints and users keep what they have. Returns the names: the exact ones as given, and those in use that a
// pattern matches. Reads every record of the application when there is a `*` or `?`. kInvalid names `Blacklist`.
Result<std::vector<std::string>> remove_names(records::Store& store, const std::string& app, Field field,
                                              const std::vector<std::string>& patterns);

}  // namespace rapport::audience
