#include "contract/validator.h"

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "contract/json_writer.h"
#include "contract/patterns.h"

namespace rapport::contract {
namespace {

enum class Mode {
  kNormalise,  // the first fault ends the walk; the document may be changed
  kExact,      // every fault is kept; the document stays as it is
};

std::string_view kind_name(const json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return "null";
    case boost::json::kind::bool_: return "a boolean";
    case boost::json::kind::string: return "a string";
    case boost::json::kind::array: return "a list";
    case boost::json::kind::object: return "an object";
    default: return "a number";
  }
}

std::string_view wanted_name(Type type) {
  switch (type) {
    case Type::kString: return "a string";
    case Type::kBoolean: return "true or false";
    case Type::kInteger: return "a whole number of 32 bits";
    case Type::kLong: return "a whole number";
    case Type::kFloat:
    case Type::kDouble: return "a number";
    case Type::kTimestamp: return "a timestamp (epoch seconds or ISO 8601)";
    case Type::kBlob: return "a base64 string";
    case Type::kStructure:
    case Type::kMap: return "an object";
    case Type::kList: return "a list";
  }
  return "";
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShownMax = 100;
  return text.size() <= kShownMax ? fmt::format("\"{}\"", text) : fmt::format("\"{}\"...", text.substr(0, kShownMax));
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  const std::size_t end = text.find_last_not_of('=') + 1;
  if (text.size() - end > 2) return false;
  return std::ranges::all_of(text.substr(0, end), [](unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '+' || byte == '/';
  });
}

json::value seconds_value(double seconds) {
  const double whole = std::trunc(seconds);
  if (whole == seconds && std::abs(seconds) < 9e15) return static_cast<std::int64_t>(seconds);
  return seconds;
}

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

// One walk over one document. REQUIRES kExact when the document must not change.
class Walker {
 public:
  Walker(const Service& service, Mode mode) : service_(service), mode_(mode) {}

  void check(const Shape& shape, const json::MemberPath& path, json::value& value);
  void check_structure(const Shape& shape, const json::MemberPath& path, json::object& object, Place only);

  std::vector<std::string>& faults() { return faults_; }
  const std::string& field() const { return field_; }

 private:
  bool normalising() const { return mode_ == Mode::kNormalise; }
  bool stopped() const { return normalising() && !faults_.empty(); }
  void fault(const json::MemberPath& path, std::string_view text) {
    if (stopped()) return;
    field_ = path.text();
    faults_.push_back(fmt::format("{} {}", field_.empty() ? "The body" : field_, text));
  }
  void wrong_type(const Shape& shape, const json::MemberPath& path, const json::value& value) {
    fault(path, fmt::format("must be {}, not {}", wanted_name(shape.type), kind_name(value)));
  }

  void check_string(const Shape& shape, const json::MemberPath& path, std::string_view text);
  void check_length(const Shape& shape, const json::MemberPath& path, std::size_t length, std::string_view unit);
  void check_number(const Shape& shape, const json::MemberPath& path, json::value& value);
  void check_timestamp(const Shape& shape, const json::MemberPath& path, json::value& value);
  void check_list(const Shape& shape, const json::MemberPath& path, json::array& items);
  void check_map(const Shape& shape, const json::MemberPath& path, json::object& entries);
  void check_member(const Member& member, const json::MemberPath& path, json::value& value);
  void unknown_member(const Shape& shape, const json::MemberPath& path, std::string_view name, Place only);
  void missing_members(const Shape& shape, const json::MemberPath& path, const json::object& object, Place only);
  void wrap_scalar(const Shape& list, json::value& value);

  const Service& service_;
  const Mode mode_;
  std::vector<std::string> faults_;
  std::string field_;
};

void Walker::check(const Shape& shape, const json::MemberPath& path, json::value& value) {
  switch (shape.type) {
    case Type::kString:
      return value.is_string() ? check_string(shape, path, json::view(value.get_string()))
                               : wrong_type(shape, path, value);
    case Type::kBlob:
      if (value.is_string() && is_base64(json::view(value.get_string()))) return;
      return fault(path, "must be a base64 string");
    case Type::kBoolean: return value.is_bool() ? void() : wrong_type(shape, path, value);
    case Type::kInteger:
    case Type::kLong:
    case Type::kFloat:
    case Type::kDouble: return check_number(shape, path, value);
    case Type::kTimestamp: return check_timestamp(shape, path, value);
    case Type::kStructure:
      return value.is_object() ? check_structure(shape, path, value.get_object(), Place::kBody)
                               : wrong_type(shape, path, value);
    case Type::kList:
      return value.is_array() ? check_list(shape, path, value.get_array()) : wrong_type(shape, path, value);
    case Type::kMap:
      return value.is_object() ? check_map(shape, path, value.get_object()) : wrong_type(shape, path, value);
  }
}

void Walker::check_length(const Shape& shape, const json::MemberPath& path, std::size_t length, std::string_view unit) {
  const double measured = static_cast<double>(length);
  if (measured < shape.minimum)
    fault(path, fmt::format("must have at least {} {}, not {}", shape.minimum, unit, length));
  if (measured > shape.maximum)
    fault(path, fmt::format("must have at most {} {}, not {}", shape.maximum, unit, length));
}

void Walker::check_string(const Shape& shape, const json::MemberPath& path, std::string_view text) {
  if (shape.count > 0) {
    const auto values = service_.values(shape);
    if (std::ranges::binary_search(values, text)) return;
    return fault(path, fmt::format("must be one of {}, not {}", fmt::join(values, ", "), quoted(text)));
  }
  if (shape.minimum != kNoMinimum || shape.maximum != kNoMaximum)
    check_length(shape, path, code_points(text), "characters");
  if (shape.pattern >= 0 && !stopped() && !matches(service_, shape.pattern, text)) {
    const std::string_view pattern = service_.patterns[static_cast<std::size_t>(shape.pattern)];
    fault(path, fmt::format("must match {} as a whole, not {}", pattern, quoted(text)));
  }
}

void Walker::check_number(const Shape& shape, const json::MemberPath& path, json::value& value) {
  if (!value.is_number()) return wrong_type(shape, path, value);
  const double number = value.to_number<double>();
  if (shape.type == Type::kInteger || shape.type == Type::kLong) {
    const double limit = shape.type == Type::kInteger ? 2147483648.0 : 9223372036854775808.0;
    if (value.is_uint64() || std::trunc(number) != number || number < -limit || number >= limit)
      return fault(path, fmt::format("must be {}, not {}", wanted_name(shape.type), number));
    if (value.is_double() && normalising()) value = static_cast<std::int64_t>(number);
  } else if (!std::isfinite(number)) {
    return fault(path, "must be a finite number");
  }
  if (number < shape.minimum) fault(path, fmt::format("must be at least {}, not {}", shape.minimum, number));
  if (number > shape.maximum) fault(path, fmt::format("must be at most {}, not {}", shape.maximum, number));
}

void Walker::check_timestamp(const Shape& shape, const json::MemberPath& path, json::value& value) {
  constexpr double kSecondsMax = 253402300800.0;  // the year 10000
  if (value.is_number()) {
    const double seconds = value.to_number<double>();
    if (!(std::abs(seconds) < kSecondsMax))
      fault(path, fmt::format("must be a timestamp before the year 10000, not {}", seconds));
    return;
  }
  if (!value.is_string() || !normalising()) return wrong_type(shape, path, value);
  const std::string_view text = json::view(value.get_string());
  const auto time = parse_iso8601(text);
  if (!time) return fault(path, fmt::format("must be {}, not {}", wanted_name(shape.type), quoted(text)));
  value = seconds_value(time->seconds());
}

void Walker::check_list(const Shape& shape, const json::MemberPath& path, json::array& items) {
  if (shape.minimum != kNoMinimum || shape.maximum != kNoMaximum) check_length(shape, path, items.size(), "items");
  const Shape& element = service_.shapes[shape.element];
  for (std::size_t i = 0; i < items.size() && !stopped(); ++i) check(element, path.item(i), items[i]);
}

// Some published samples send `"FirstName": "Richard"` where the shape says a list of strings.
void Walker::wrap_scalar(const Shape& list, json::value& value) {
  if (service_.shapes[list.element].type != Type::kString) return;
  json::array wrapped(value.storage());
  if (value.is_string()) {
    wrapped.push_back(std::move(value));
  } else if (value.is_number() || value.is_bool()) {
    wrapped.push_back(boost::json::string(json::serialize(value), value.storage()));
  } else {
    return;
  }
  value = std::move(wrapped);
}

void Walker::check_map(const Shape& shape, const json::MemberPath& path, json::object& entries) {
  const Shape& key = service_.shapes[shape.key];
  const Shape& element = service_.shapes[shape.element];
  for (auto entry = entries.begin(); entry != entries.end() && !stopped();) {
    if (entry->value().is_null()) {
      if (normalising()) {
        entry = entries.erase(entry);
        continue;
      }
      fault(path.key(view(entry->key())), "must not be null");
    } else {
      const json::MemberPath here = path.key(view(entry->key()));
      check_string(key, here, view(entry->key()));
      if (normalising() && element.type == Type::kList && !entry->value().is_array())
        wrap_scalar(element, entry->value());
      check(element, here, entry->value());
    }
    ++entry;
  }
  if (shape.minimum != kNoMinimum || shape.maximum != kNoMaximum) check_length(shape, path, entries.size(), "entries");
}

void Walker::check_member(const Member& member, const json::MemberPath& path, json::value& value) {
  if (member.encoding == Encoding::kJson && !value.is_string()) {
    if (!normalising() || !value.is_object())
      return fault(path, fmt::format("must be a JSON text in a string, not {}", kind_name(value)));
    value = boost::json::string(json::serialize(value), value.storage());
  }
  check(service_.shapes[member.shape], path, value);
}

void Walker::check_structure(const Shape& shape, const json::MemberPath& path, json::object& object, Place only) {
  std::size_t required = 0;
  const Member* renamed = nullptr;
  for (auto entry = object.begin(); entry != object.end() && !stopped();) {
    if (entry->value().is_null()) {
      if (normalising()) {
        entry = object.erase(entry);
      } else {
        ++entry;
      }
      continue;
    }
    const std::string_view name = view(entry->key());
    const Member* member = find_member(service_, shape, name);
    if (member == nullptr || (normalising() && member->place != only)) {
      unknown_member(shape, path, name, only);
      ++entry;
      continue;
    }
    if (member->presence == Presence::kRequired) ++required;
    if (member->name != member->wire && normalising()) renamed = member;
    check_member(*member, path.member(member->name), entry->value());
    ++entry;
  }
  if (renamed != nullptr && object.contains({renamed->wire.data(), renamed->wire.size()})) {
    json::value moved = std::move(object.at({renamed->wire.data(), renamed->wire.size()}));
    object.erase({renamed->wire.data(), renamed->wire.size()});
    object[{renamed->name.data(), renamed->name.size()}] = std::move(moved);
  }
  if (stopped()) return;
  const auto members = service_.members(shape);
  const auto expected = std::ranges::count_if(members, [&](const Member& member) {
    return member.presence == Presence::kRequired && (!normalising() || member.place == only);
  });
  if (required < static_cast<std::size_t>(expected)) missing_members(shape, path, object, only);
}

void Walker::missing_members(const Shape& shape, const json::MemberPath& path, const json::object& object, Place only) {
  for (const Member& member : service_.members(shape)) {
    if (member.presence == Presence::kOptional || (normalising() && member.place != only)) continue;
    if (json::find(object, member.name) == nullptr) fault(path.member(member.name), "is required");
  }
}

void Walker::unknown_member(const Shape& shape, const json::MemberPath& path, std::string_view name, Place only) {
  const auto members = service_.members(shape);
  const auto similar = std::ranges::find_if(members, [&](const Member& member) {
    return (!normalising() || member.place == only) && equals_ignore_case(member.wire, name);
  });
  const json::MemberPath here = path.member(name.substr(0, 100));
  if (similar != members.end())
    return fault(here, fmt::format("is not a member of {}; did you mean {}?", shape.name, similar->wire));
  fault(here, fmt::format("is not a member of {}", shape.name));
}

Status status_of(Walker& walker) {
  if (walker.faults().empty()) return {};
  return fail(ErrorKind::kInvalid, std::move(walker.faults().front()), walker.field());
}

}  // namespace

Status normalise(const Service& service, const Shape& shape, const json::MemberPath& path, json::value& document) {
  Walker walker(service, Mode::kNormalise);
  walker.check(shape, path, document);
  return status_of(walker);
}

Status normalise_body_members(const Service& service, const Shape& input_shape, json::object& input) {
  Walker walker(service, Mode::kNormalise);
  walker.check_structure(input_shape, json::MemberPath::root(), input, Place::kBody);
  return status_of(walker);
}

Result<json::value> read_text_value(const Service& service, const Shape& shape, const json::MemberPath& path,
                                    std::string_view text) {
  json::value value;
  const auto wrong = [&] {
    return fail(ErrorKind::kInvalid,
                fmt::format("{} must be {}, not {}", path.text(), wanted_name(shape.type), quoted(text)), path.text());
  };
  switch (shape.type) {
    case Type::kBoolean:
      if (text != "true" && text != "false") return wrong();
      value = text == "true";
      break;
    case Type::kInteger:
    case Type::kLong: {
      const auto number = parse_integer(text);
      if (!number) return wrong();
      value = static_cast<std::int64_t>(*number);
      break;
    }
    case Type::kTimestamp:
      if (const auto seconds = parse_double(text)) {
        value = seconds_value(*seconds);
        break;
      }
      [[fallthrough]];
    default: value = boost::json::string(text.data(), text.size());
  }
  if (!is_valid_utf8(text)) return wrong();
  TRY(normalise(service, shape, path, value));
  return value;
}

std::vector<std::string> find_violations(const Service& service, const Shape& shape, const json::value& document) {
  Walker walker(service, Mode::kExact);
  json::value copy = document;
  walker.check(shape, json::MemberPath::root(), copy);
  return std::move(walker.faults());
}

}  // namespace rapport::contract
