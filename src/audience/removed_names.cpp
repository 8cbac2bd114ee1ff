#include "audience/removed_names.h"

#include <algorithm>
#include <set>

#include "audience/keys.h"
#include "audience/working_set.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kPatternsMax = 1000;  // of an application
constexpr std::size_t kPatternBytesMax = 200;

bool is_exact(std::string_view pattern) { return pattern.find_first_of("*?") == pattern.npos; }

Status check_patterns(const std::vector<std::string>& patterns) {
  if (patterns.empty()) return fail(ErrorKind::kInvalid, "Name at least one attribute to remove", "Blacklist");
  for (const auto& pattern : patterns) {
    if (pattern.empty() || pattern.size() > kPatternBytesMax) {
      return fail(ErrorKind::kInvalid, "A name or pattern must have 1 to 200 bytes: " + pattern, "Blacklist");
    }
  }
  return {};
}

// The names of the field that endpoints or users have.
Result<std::set<std::string, std::less<>>> names_in_use(records::Store& store, const std::string& app, Field field) {
  std::set<std::string, std::less<>> names;
  const auto collect = [&](std::string_view, std::string_view record) {
    FieldReader reader(fields_of(record));
    while (const auto view = reader.next()) {
      if (view->field == field && !names.contains(view->name)) names.emplace(view->name);
    }
    return true;
  };
  TRY(store.scan({.prefix = endpoint_prefix(app)}, collect));
  if (field == Field::kUserAttribute) TRY(store.scan({.prefix = user_prefix(app)}, collect));
  return names;
}

}  // namespace

RemovedNames::RemovedNames(std::string_view record) {
  for (const auto text : list_of(record)) {
    if (!text.empty()) patterns_.push_back({static_cast<Field>(text.front()), std::string(text.substr(1))});
  }
}

std::string RemovedNames::record() const {
  std::string record;
  for (const auto& [field, text] : patterns_) append_text(record, static_cast<char>(field) + text);
  return record;
}

void RemovedNames::add(Field field, std::string_view pattern) {
  Pattern added{field, std::string(pattern)};
  if (std::ranges::find(patterns_, added) == patterns_.end()) patterns_.push_back(std::move(added));
}

bool RemovedNames::covers(Field field, std::string_view name) const {
  return std::ranges::any_of(
      patterns_, [&](const Pattern& pattern) { return pattern.field == field && matches_pattern(pattern.text, name); });
}

std::string RemovedNames::without(std::string_view run) const {
  std::string kept;
  kept.reserve(run.size());
  FieldReader reader(run);
  while (const auto view = reader.next()) {
    const bool is_dropped = is_named(view->field) && !view->value.empty() && covers(view->field, view->name);
    if (!is_dropped) kept.append(view->whole);
  }
  return kept;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t star = pattern.npos;  // the last `*` seen, and how far it has eaten
  std::size_t eaten = 0;
  std::size_t read = 0;
  while (read < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      eaten = read;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == name[read])) {
      ++at;
      ++read;
    } else if (star != pattern.npos) {
      at = star + 1;
      read = ++eaten;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == pattern.npos;
}

Result<std::vector<std::string>> remove_names(records::Store& store, const std::string& app, Field field,
                                              const std::vector<std::string>& patterns) {
  TRY(check_patterns(patterns));
  const std::string key = removed_names_key(app);
  TRY(transact(store, {.read = {key}}, [&](WorkingSet& set) -> Status {
    RemovedNames names(set.find(key)->value_or(""));
    for (const auto& pattern : patterns) names.add(field, pattern);
    if (names.size() > kPatternsMax) {
      return fail(ErrorKind::kInvalid, "An application can have at most 1000 removed names and patterns", "Blacklist");
    }
    set.put(key, names.record());
    return {};
  }));
  std::set<std::string> removed;
  for (const auto& pattern : patterns) {
    if (is_exact(pattern)) removed.insert(pattern);
  }
  if (!std::ranges::all_of(patterns, is_exact)) {
    for (const auto& name : TRY(names_in_use(store, app, field))) {
      const auto matches = [&](std::string_view pattern) { return matches_pattern(pattern, name); };
      if (std::ranges::any_of(patterns, matches)) removed.insert(name);
    }
  }
  return std::vector(removed.begin(), removed.end());
}

}  // namespace rapport::audience
