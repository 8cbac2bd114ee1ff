#include "events/sheet.h"

#include <algorithm>

#include "base/check.h"
#include "events/bytes.h"
#include "events/event_codec.h"
#include "events/sheet_reader.h"

namespace rapport::events {
namespace {

// A blank is this and a byte that names its column and how it is written; plain text doubles it.
constexpr char kBlank = '\0';

std::string blank_of(std::size_t column, bool is_json) {
  CHECK(column < Sheet::kColumnsMax);
  return {kBlank, static_cast<char>(2 * column + (is_json ? 2 : 1))};
}

// The event without what differs among those that `Sheet::add` takes for alike.
Event common_part(const Event& event) {
  Event common = event;
  for (std::string* text : {&common.app, &common.endpoint, &common.user, &common.id, &common.context}) text->clear();
  for (auto& [key, value] : common.attributes) value.clear();
  return common;
}

bool are_alike(const Event& event, const Event& common) {
  const auto same_key = [](const auto& a, const auto& b) { return a.first == b.first; };
  return event.type == common.type && event.time == common.time && event.arrival == common.arrival &&
         event.session_id == common.session_id && event.session_start == common.session_start &&
         event.session_stop == common.session_stop && event.metrics == common.metrics &&
         std::ranges::equal(event.attributes, common.attributes, same_key);
}

constexpr std::size_t kTextsThatDiffer = 5;  // besides the values of attributes
constexpr std::size_t kLikesMax = 16;        // to be compared with

}  // namespace

std::string Sheet::blank(std::size_t column) { return blank_of(column, false); }
std::string Sheet::json_blank(std::size_t column) { return blank_of(column, true); }

std::string Sheet::plain(std::string_view text) {
  std::string form;
  form.reserve(text.size());
  for (const char c : text) form.append(c == kBlank ? 2 : 1, c);
  return form;
}

std::size_t Sheet::add_kind(std::span<const Event> forms, std::size_t columns) {
  CHECK(!forms.empty() && columns <= kColumnsMax);
  put_length(forms_, columns);
  put_length(forms_, forms.size());
  for (const Event& form : forms) {
    std::string stored;
    events::encode(form, stored);
    put_text(forms_, stored);
  }
  Kind& kind = kinds_.emplace_back();
  kind.forms = forms.size();
  kind.last.resize(columns);
  return kinds_.size() - 1;
}

void Sheet::add_row(std::size_t kind, std::span<const std::string_view> values) {
  Kind& before = kinds_[kind];
  CHECK(values.size() == before.last.size());
  put_length(rows_, kind);
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& [place, size] = before.last[i];
    if (before.has_rows && std::string_view(rows_).substr(place, size) == values[i]) {
      rows_.push_back('\0');
      continue;
    }
    put_length(rows_, values[i].size() + 1);
    place = rows_.size();
    size = values[i].size();
    rows_.append(values[i]);
  }
  before.has_rows = true;
  size_ += before.forms;
}

// The kind of row that `add` fills in for the event.
std::size_t Sheet::kind_like(const Event& event) {
  for (const auto& [common, kind] : likes_) {
    if (are_alike(event, common)) return kind;
  }
  Event form = event;
  std::size_t column = 0;
  for (std::string* text : {&form.app, &form.endpoint, &form.user, &form.id, &form.context}) *text = blank(column++);
  for (std::string* text : {&form.type, &form.session_id}) *text = plain(*text);
  for (auto& [key, value] : form.attributes) {
    key = plain(key);
    value = column < kColumnsMax ? blank(column++) : plain(value);
  }
  for (auto& [key, value] : form.metrics) key = plain(key);
  const std::size_t kind = add_kind({&form, 1}, column);
  if (likes_.size() < kLikesMax && event.attributes.size() <= kColumnsMax - kTextsThatDiffer) {
    likes_.emplace_back(common_part(event), kind);
  }
  return kind;
}

void Sheet::add(const Event& event) {
  const std::size_t kind = kind_like(event);
  std::vector<std::string_view> values{event.app, event.endpoint, event.user, event.id, event.context};
  for (const auto& [key, value] : event.attributes) {
    if (values.size() < kColumnsMax) values.push_back(value);
  }
  add_row(kind, values);
}

void Sheet::encode(std::string& out) const {
  out.push_back(kSheetVersion);
  put_length(out, kinds_.size());
  out.append(forms_);
  put_length(out, size_);
  out.append(rows_);
}

std::vector<Event> Sheet::events() const {
  std::string stored;
  encode(stored);
  std::vector<Event> events;
  events.reserve(size_);
  SheetReader reader(stored);
  while (reader.next()) events.push_back(reader.event());
  CHECK(reader.ok() && events.size() == size_);
  return events;
}

}  // namespace rapport::events
