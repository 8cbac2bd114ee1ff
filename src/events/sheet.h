#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/event.h"

namespace rapport::events {

// Many events that are alike, in little space. A kind of row is a list of forms: events whose texts have blanks. A row
// fills in the blanks of its kind, which makes one event of each form, in order. Not thread-safe.
class Sheet {
 public:
  // What a form says in any of its texts: the value of a column, as it is or as the inside of a JSON string, or `plain`
  // text.
  static std::string blank(std::size_t column);
  static std::string json_blank(std::size_t column);
  static std::string plain(std::string_view text);

  // The number of the new kind. REQUIRES that there is a form, and that the columns are below kColumnsMax.
  std::size_t add_kind(std::span<const Event> forms, std::size_t columns);
  // REQUIRES one value for each column of the kind.
  void add_row(std::size_t kind, std::span<const std::string_view> values);
  // An event as it is, a row of its own: cheap when others of the same type, times and names came before.
  void add(const Event& event);

  std::size_t size() const { return size_; }  // events
  bool empty() const { return size_ == 0; }
  std::vector<Event> events() const;

  // Appends the stored form: a version, the kinds with their forms, the number of events, then the rows, in which a
  // value that is the same as in the row of this kind before takes one byte.
  void encode(std::string& out) const;
  std::size_t bytes() const { return forms_.size() + rows_.size() + kHeadBytesMax; }  // that `encode` appends at most

  static constexpr std::size_t kColumnsMax = 100;

 private:
  static constexpr std::size_t kHeadBytesMax = 21;
  struct Kind {
    std::size_t forms = 0;
    std::vector<std::pair<std::size_t, std::size_t>> last;  // of each column: where its last value stands in rows_
    bool has_rows = false;
  };
  std::size_t kind_like(const Event& event);

  std::vector<Kind> kinds_;
  std::string forms_;  // as they are stored
  std::string rows_;
  std::vector<std::pair<Event, std::size_t>>
      likes_;  // what `add` told: without the texts that may differ, and its kind
  std::size_t size_ = 0;
};

}  // namespace rapport::events
