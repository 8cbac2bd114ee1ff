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

// Reads fields one after the other: `for (FieldReader reader(run); auto field = reader.next();)`.
class FieldReader {
 public:
  explicit FieldReader(std::string_view run) : rest_(run) {}
  std::optional<FieldView> next();  // nothing at the end; a cut-off run ends early

 private:
  std::string_view rest_;
};

// Reads the texts of a list value one after the other, likewise.
class TextReader {
 public:
  explicit TextReader(std::string_view list) : rest_(list) {}
  std::optional<std::string_view> next();

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
