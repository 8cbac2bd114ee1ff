#include "feature_store/history_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

#include "base/text.h"

namespace rapport::feature_store {
namespace {

constexpr std::array<std::string_view, 7> kElsewhere = {"USER_ID",    "ITEM_ID",    "ACTION_ID",        "TIMESTAMP",
                                                        "SESSION_ID", "IMPRESSION", "RECOMMENDATION_ID"};
constexpr std::size_t kTrimmedAt = 2;  // times what is kept

bool is_elsewhere(std::string_view column) {
  return std::any_of(kElsewhere.begin(), kElsewhere.end(),
                     [&](std::string_view other) { return equals_ignore_case(other, column); });
}

}  // namespace

HistoryTable::HistoryTable(const datasets::Schema* schema, Limits limits) : limits_(limits) {
  columns_ = {"EVENT_TYPE", "EVENT_VALUE"};
  if (schema == nullptr) return;
  for (const datasets::Field& field : schema->fields) {
    if (!is_elsewhere(field.name) && !column(field.name)) columns_.push_back(field.name);
  }
}

std::optional<std::size_t> HistoryTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (equals_ignore_case(columns_[i], name)) return i;
  }
  return std::nullopt;
}

std::uint32_t HistoryTable::kind(std::span<const std::string_view> texts) {
  std::string bytes(texts.size() * sizeof(std::uint32_t), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::uint32_t text = texts_.add(texts[i]);
    std::memcpy(bytes.data() + i * sizeof text, &text, sizeof text);
  }
  return kinds_.add(bytes);
}

std::string_view HistoryTable::cell(std::uint32_t kind, std::size_t column) const {
  std::uint32_t text = 0;
  std::memcpy(&text, kinds_.at(kind).data() + column * sizeof text, sizeof text);
  return texts_.at(text);
}

void HistoryTable::append(std::uint32_t user, const Event& event) {
  if (events_.size() <= user) events_.resize(user + 1);
  events_[user].push_back(event);
}

void HistoryTable::sort() {
  for (std::vector<Event>& events : events_) {
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
    trim(events);
    events.shrink_to_fit();
  }
}

bool HistoryTable::insert(std::uint32_t user, const Event& event) {
  if (events_.size() <= user) events_.resize(user + 1);
  std::vector<Event>& events = events_[user];
  const auto end = std::upper_bound(events.begin(), events.end(), event,
                                    [](const Event& a, const Event& b) { return a.time < b.time; });
  for (auto at = end; at != events.begin() && std::prev(at)->time == event.time; --at) {
    if (*std::prev(at) == event) return false;
  }
  events.insert(end, event);
  trim(events);
  return true;
}

void HistoryTable::erase(std::uint32_t user, const Event& event) {
  if (events_.size() <= user) return;
  const auto found = std::find(events_[user].begin(), events_[user].end(), event);
  if (found != events_[user].end()) events_[user].erase(found);
}

std::span<const Event> HistoryTable::of(std::uint32_t user) const {
  if (events_.size() <= user) return {};
  return events_[user];
}

void HistoryTable::trim(std::vector<Event>& events) const {
  if (events.size() <= kTrimmedAt * limits_.remembered) return;
  std::unordered_map<std::string_view, std::size_t> of_type;
  std::vector<Event> kept;
  for (std::size_t age = 0; age < events.size(); ++age) {
    const Event& event = events[events.size() - 1 - age];
    const std::size_t newer = of_type[event_type(event.kind)]++;
    if (age < limits_.remembered || newer < limits_.of_each_type) kept.push_back(event);
  }
  std::reverse(kept.begin(), kept.end());
  events = std::move(kept);
}

}  // namespace rapport::feature_store
