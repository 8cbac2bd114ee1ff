#pragma once

// How endpoints and users lie in the record store: a format version byte, then fields in rising order of (code, name).
//
//   field = code (1 byte) [name length (varint) name, for codes from kAttribute on] value length (varint) value
//
// A value is text; for times and numbers 8 bytes (little-endian microseconds, IEEE double); for lists of texts each
// text behind its length. A change is a run of fields in the same form without the version byte, so that an update is a
// merge of two sorted runs, copied byte by byte.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "records/store.h"

namespace rapport::audience {

constexpr char kRecordVersion = 1;

enum class Field : std::uint8_t {
  kId = 1,
  kAddress,
  kChannelType,
  kCreationDate,   // time
  kEffectiveDate,  // time
  kEndpointStatus,
  kOptOut,
  kRequestId,
  kUserId,
  kAppVersion = 32,
  kLocale,
  kMake,
  kModel,
  kModelVersion,
  kPlatform,
  kPlatformVersion,
  kTimezone,
  kCity = 48,
  kCountry,
  kLatitude,   // number
  kLongitude,  // number
  kPostalCode,
  kRegion,
  kUserEndpoints = 64,  // list, of a user record: the lower-case ids of the user's endpoints, sorted
  kAttribute = 128,     // named list
  kMetric,              // named number
  kUserAttribute,       // named list, of a user record
};

constexpr bool is_named(Field field) { return field >= Field::kAttribute; }

struct FieldView {
  Field field;
  std::string_view name;   // of a named field
  std::string_view value;  // as stored
  std::string_view whole;  // all bytes of the field
};

// Takes a length from the front; false when it is cut off.
inline bool take_length(std::string_view& from, std::size_t& length) {
  length = 0;
  for (unsigned shift = 0; !from.empty() && shift < 35; shift += 7) {
    const auto byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    length |= static_cast<std::size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// Takes a text behind its length likewise.
inline bool take_text(std::string_view& from, std::string_view& text) {
  std::size_t length = 0;
  if (!take_length(from, length) || length > from.size()) return false;
  text = {from.data(), length};
  from.remove_prefix(length);
  return true;
}

// Reads fields one after the other: `for (FieldReader reader(run); auto field = reader.next();)`.
class FieldReader {
 public:
  explicit FieldReader(std::string_view run) : rest_(run) {}
  // Nothing at the end; a cut-off run ends early. Here, because start-up spends much of its time on it.
  std::optional<FieldView> next() {
    if (rest_.empty()) return std::nullopt;
    const char* const begin = rest_.data();
    FieldView view{static_cast<Field>(rest_.front()), {}, {}, {}};
    rest_.remove_prefix(1);
    if ((is_named(view.field) && !take_text(rest_, view.name)) || !take_text(rest_, view.value)) {
      rest_ = {};
      return std::nullopt;
    }
    view.whole = {begin, static_cast<std::size_t>(rest_.data() - begin)};
    return view;
  }

 private:
  std::string_view rest_;
};

// Reads the texts of a list value one after the other, likewise.
class TextReader {
 public:
  explicit TextReader(std::string_view list) : rest_(list) {}
  std::optional<std::string_view> next() {
    std::string_view text;
    if (rest_.empty() || !take_text(rest_, text)) return std::nullopt;
    return text;
  }

 private:
  std::string_view rest_;
};

// The fields of a record: what follows the version byte. CHECKs the version; empty for an empty record.
std::string_view fields_of(std::string_view record);
std::string_view find_field(std::string_view run, Field field, std::string_view name = {});  // empty when absent

void append_field(std::string& run, Field field, std::string_view name, std::string_view value);
void append_text(std::string& list, std::string_view text);  // one more element of a list value
std::vector<std::string_view> list_of(std::string_view value);
std::string encode_time(Timestamp time);
std::string encode_number(double number);
Timestamp decode_time(std::string_view value);
double decode_number(std::string_view value);

// `stored` with the fields of `change` put over it; both sorted. A field of `change` with an empty value goes.
std::string merge_fields(std::string_view stored, std::string_view change);
// Two changes as one: a field with an empty value stays, so that it still clears.
std::string unite_changes(std::string_view earlier, std::string_view later);
// Changes as patches of records.
records::PatchRules patch_rules();

// Collects the fields of one change in any order and sorts them; a later one of the same code and name wins.
class FieldList {
 public:
  void add(Field field, std::string_view name, std::string_view value);
  void add(Field field, std::string_view value) { add(field, {}, value); }
  std::string sorted();  // and empties the list
  bool empty() const { return fields_.empty(); }

 private:
  struct Position {
    std::size_t begin, size;
  };
  std::string bytes_;
  std::vector<Position> fields_;
};

}  // namespace rapport::audience
