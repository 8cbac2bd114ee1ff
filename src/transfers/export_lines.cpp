#include "transfers/export_lines.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "audience/fields.h"
#include "audience/record.h"
#include "base/clock.h"

namespace rapport::transfers {
namespace {

using audience::Field;

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

void append_escaped(std::string& into, char c) {
  switch (c) {
    case '"': into += "\\\""; return;
    case '\\': into += "\\\\"; return;
    case '\n': into += "\\n"; return;
    case '\t': into += "\\t"; return;
    default:
      into += "\\u00";
      into += kHexDigits[static_cast<unsigned char>(c) >> 4];
      into += kHexDigits[static_cast<unsigned char>(c) & 15];
  }
}

void append_quoted(std::string& into, std::string_view text) {
  into += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_plain(text[i])) continue;
    into.append(text, begin, i - begin);
    append_escaped(into, text[i]);
    begin = i + 1;
  }
  into.append(text, begin);
  into += '"';
}

void append_number(std::string& into, double number) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  into.append(digits.data(), end);
}

void append_texts(std::string& into, std::string_view list) {
  into += '[';
  bool first = true;
  for (const auto text : audience::list_of(list)) {
    if (!first) into += ',';
    append_quoted(into, text);
    first = false;
  }
  into += ']';
}

// Writes the members of one object, some of them inside a member that is an object (a group).
class LineWriter {
 public:
  explicit LineWriter(std::string& into) : into_(into) { into_ += '{'; }

  // Begins a member of what is open; its value is to be appended.
  std::string& member(std::string_view name) {
    if (into_.back() != '{') into_ += ',';
    append_quoted(into_, name);
    into_ += ':';
    return into_;
  }

  // Opens the group, unless it is open, instead of the one that is; "" for none. Members come grouped.
  void enter(std::string_view group) {
    if (group == group_) return;
    if (!group_.empty()) into_ += '}';
    if (!group.empty()) member(group) += '{';
    group_ = group;
  }

  void close() { into_ += '}'; }  // an object that is a member's value

 private:
  std::string& into_;
  std::string_view group_;
};

void append_single(LineWriter& line, const audience::FieldInfo& info, std::string_view value) {
  line.enter(info.group);
  std::string& into = line.member(info.name);
  switch (info.kind) {
    case audience::FieldKind::kTime: append_quoted(into, format_iso8601(audience::decode_time(value))); return;
    case audience::FieldKind::kNumber: append_number(into, audience::decode_number(value)); return;
    default: append_quoted(into, value);
  }
}

// What is set of the user: the id, which is a field of the endpoint, and the attributes of the user's own record.
void append_user(LineWriter& line, std::string_view id, std::string_view record) {
  if (!id.empty()) {
    line.enter("User");
    append_quoted(line.member("UserId"), id);
  }
  bool open = false;
  for (audience::FieldReader reader(record); const auto view = reader.next();) {
    if (view->field != Field::kUserAttribute) continue;
    line.enter("User");
    if (!std::exchange(open, true)) line.member("UserAttributes") += '{';
    append_texts(line.member(view->name), view->value);
  }
  if (open) line.close();
  line.enter("");
}

}  // namespace

void append_line(std::string& into, const audience::Endpoint& endpoint) {
  LineWriter line(into);
  append_quoted(line.member("ApplicationId"), endpoint.app());
  append_quoted(line.member("CohortId"), std::to_string(endpoint.cohort()));
  audience::FieldReader reader(audience::fields_of(endpoint.endpoint_record()));
  auto view = reader.next();
  std::string_view user;
  for (; view && !audience::is_named(view->field); view = reader.next()) {
    if (view->field == Field::kUserId) {
      user = view->value;
    } else if (const auto* info = audience::single_field(view->field)) {
      append_single(line, *info, view->value);
    }
  }
  line.enter("Attributes");
  for (; view && view->field == Field::kAttribute; view = reader.next()) {
    append_texts(line.member(view->name), view->value);
  }
  line.enter("Metrics");
  for (; view && view->field == Field::kMetric; view = reader.next()) {
    append_number(line.member(view->name), audience::decode_number(view->value));
  }
  line.enter("");
  append_user(line, user, audience::fields_of(endpoint.user_record()));
  into += "}\n";
}

}  // namespace rapport::transfers
