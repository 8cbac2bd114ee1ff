#include "audience/record.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "base/check.h"

namespace rapport::audience {
namespace {

void append_length(std::string& to, std::size_t length) {
  while (length >= 0x80) {
    to.push_back(static_cast<char>(length | 0x80));
    length >>= 7;
  }
  to.push_back(static_cast<char>(length));
}

template <class Scalar>
std::string encode_scalar(Scalar scalar) {
  std::string bytes(sizeof scalar, '\0');
  std::memcpy(bytes.data(), &scalar, sizeof scalar);
  return bytes;
}

template <class Scalar>
Scalar decode_scalar(std::string_view value) {
  Scalar scalar{};
  if (value.size() == sizeof scalar) std::memcpy(&scalar, value.data(), sizeof scalar);
  return scalar;
}

std::strong_ordering compare(const FieldView& a, const FieldView& b) {
  if (a.field != b.field) return a.field <=> b.field;
  return a.name <=> b.name;
}

// What a change does to a field that it clears.
enum class Cleared { kGoes, kStays };

// Two sorted runs as one; of fields in both, those of the second.
std::string merge_runs(std::string_view stored, std::string_view change, Cleared cleared) {
  std::string merged;
  merged.reserve(stored.size() + change.size());
  FieldReader old_fields(stored);
  FieldReader new_fields(change);
  auto old_field = old_fields.next();
  auto new_field = new_fields.next();
  while (old_field || new_field) {
    const auto order = !new_field   ? std::strong_ordering::less
                       : !old_field ? std::strong_ordering::greater
                                    : compare(*old_field, *new_field);
    if (order < 0) {
      merged.append(old_field->whole);
    } else if (cleared == Cleared::kStays || !new_field->value.empty()) {
      merged.append(new_field->whole);
    }
    if (order <= 0) old_field = old_fields.next();
    if (order >= 0) new_field = new_fields.next();
  }
  return merged;
}

}  // namespace

std::string_view fields_of(std::string_view record) {
  if (record.empty()) return {};
  CHECK(record.front() == kRecordVersion);
  return record.substr(1);
}

std::string_view find_field(std::string_view run, Field field, std::string_view name) {
  FieldReader reader(run);
  while (const auto view = reader.next()) {
    if (view->field > field) break;
    if (view->field == field && view->name == name) return view->value;
  }
  return {};
}

void append_field(std::string& run, Field field, std::string_view name, std::string_view value) {
  run.push_back(static_cast<char>(field));
  if (is_named(field)) append_text(run, name);
  append_text(run, value);
}

void append_text(std::string& list, std::string_view text) {
  append_length(list, text.size());
  list.append(text);
}

std::vector<std::string_view> list_of(std::string_view value) {
  std::vector<std::string_view> texts;
  TextReader reader(value);
  while (const auto text = reader.next()) texts.push_back(*text);
  return texts;
}

std::string encode_time(Timestamp time) { return encode_scalar(time.micros); }
std::string encode_number(double number) { return encode_scalar(number); }
Timestamp decode_time(std::string_view value) { return {decode_scalar<std::int64_t>(value)}; }
double decode_number(std::string_view value) { return decode_scalar<double>(value); }

std::string unite_changes(std::string_view earlier, std::string_view later) {
  return merge_runs(earlier, later, Cleared::kStays);
}

records::PatchRules patch_rules() {
  return {.apply = [](std::string_view record,
                      std::string_view change) { return kRecordVersion + merge_fields(fields_of(record), change); },
          .unite = unite_changes};
}

std::string merge_fields(std::string_view stored, std::string_view change) {
  return merge_runs(stored, change, Cleared::kGoes);
}

void FieldList::add(Field field, std::string_view name, std::string_view value) {
  const std::size_t begin = bytes_.size();
  append_field(bytes_, field, name, value);
  fields_.push_back({begin, bytes_.size() - begin});
}

std::string FieldList::sorted() {
  const auto view_of = [&](const Position& position) {
    return *FieldReader(std::string_view(bytes_).substr(position.begin, position.size)).next();
  };
  const auto before = [&](const Position& a, const Position& b) { return compare(view_of(a), view_of(b)) < 0; };
  const bool rising = std::adjacent_find(fields_.begin(), fields_.end(), [&](const Position& a, const Position& b) {
                        return !before(a, b);
                      }) == fields_.end();
  std::string run;
  if (rising) {
    run = bytes_;
  } else {
    std::stable_sort(fields_.begin(), fields_.end(), before);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const bool overridden = i + 1 < fields_.size() && !before(fields_[i], fields_[i + 1]);
      if (!overridden) run.append(bytes_, fields_[i].begin, fields_[i].size);
    }
  }
  bytes_.clear();
  fields_.clear();
  return run;
}

}  // namespace rapport::audience
