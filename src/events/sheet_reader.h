#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/bytes.h"
#include "events/event.h"

namespace rapport::events {

constexpr char kSheetVersion = 2;  // the first byte of a sheet's stored form; that of an event's is another

// The events of a sheet's stored form, one after the other: `while (reader.next()) use(reader.event())`. The bytes
// outlive it. Not thread-safe.
class SheetReader {
 public:
  static bool is_sheet(std::string_view bytes) { return !bytes.empty() && bytes.front() == kSheetVersion; }

  explicit SheetReader(std::string_view bytes);

  std::uint64_t size() const { return size_; }  // events in all, as the sheet says
  bool next();                                  // false at the end, and when the bytes are no sheet
  bool ok() const { return ok_; }
  Event event() const;
  // Of the event's stored form, or more.
  std::size_t bytes_at_most() const;
  // What tells the event from others, in the form of `identity_of`; valid until the next call.
  std::string_view identity();

 private:
  // Texts, each before the value of a column.
  struct Piece {
    std::string text;
    std::size_t column = 0;
    bool is_json = false;
  };
  struct Text {
    std::vector<Piece> pieces;
    std::string end;
  };
  struct Form {
    Event event;  // its numbers
    Text app, endpoint, user, id, type, session_id, context;
    std::vector<std::pair<Text, Text>> attributes;
    std::vector<Text> metrics;                          // their names
    std::size_t bytes = 0;                              // without the columns' values
    std::vector<std::size_t> bytes_of_columns_at_most;  // for each byte of a column's value
  };
  struct Kind {
    std::vector<Form> forms;
    std::vector<std::string_view> values;  // of its last row
  };
  bool read_kind(ByteReader& reader);
  bool read_row();
  static bool read_text(std::string_view stored, Form& form, Text& text);
  static bool read_form(std::string_view stored, std::size_t columns, Form& form);
  std::string filled(const Text& text) const;
  void fill(const Text& text, std::string& out) const;
  std::string_view view(const Text& text, std::string& scratch) const;

  std::vector<Kind> kinds_;
  std::uint64_t size_ = 0;
  ByteReader rows_{{}};
  bool ok_ = true;
  const Kind* kind_ = nullptr;  // of the row at hand
  std::size_t form_ = 0;        // of the event at hand
  std::string identity_;
  std::string scratch_[4];
};

}  // namespace rapport::events
