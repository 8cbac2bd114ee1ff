#include <fmt/format.h>
#include <simdjson.h>

#include <string>

#include "base/text.h"
#include "transfers/import_rows.h"

namespace rapport::transfers {
namespace {

namespace dom = simdjson::dom;

std::unexpected<Error> refuse(std::string_view rule, std::string_view name) {
  return fail(ErrorKind::kInvalid, std::string(rule) + ": " + std::string(name), std::string(name));
}

// The text of a scalar, as it stands where a list of texts is asked for.
Status append_scalar(std::string& list, dom::element value, std::string_view name) {
  switch (value.type()) {
    case dom::element_type::STRING: audience::append_text(list, value.get_string().value_unsafe()); return {};
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT: return refuse("An attribute must be a list of texts", name);
    case dom::element_type::NULL_VALUE: return {};
    default: audience::append_text(list, simdjson::to_string(value)); return {};
  }
}

Status put_lists(audience::ChangeBuilder& builder, audience::Field field, dom::object lists) {
  for (const auto [name, value] : lists) {
    std::string list;
    if (value.is_array()) {
      const dom::array elements = value.get_array().value_unsafe();
      for (const auto element : elements) TRY(append_scalar(list, element, name));
    } else {
      TRY(append_scalar(list, value, name));
    }
    TRY(builder.put_list(field, name, list));
  }
  return {};
}

Status put_metrics(audience::ChangeBuilder& builder, dom::object metrics) {
  for (const auto [name, value] : metrics) {
    double number = 0;
    if (value.get_double().get(number) != simdjson::SUCCESS) return refuse("A metric must be a number", name);
    TRY(builder.put_metric(name, number));
  }
  return {};
}

Status put_single(audience::ChangeBuilder& builder, const audience::FieldInfo& info, dom::element value) {
  if (value.is_null()) return {};
  if (value.is_string()) return builder.put(info, value.get_string().value_unsafe());
  double number = 0;
  if (info.kind == audience::FieldKind::kNumber && value.get_double().get(number) == simdjson::SUCCESS) {
    return builder.put(info, number);
  }
  return refuse("The member has the wrong type", info.name);
}

Status put_group(audience::ChangeBuilder& builder, std::string_view group, dom::object members) {
  for (const auto [name, value] : members) {
    if (const auto* info = audience::find_single_field(group, name)) {
      TRY(put_single(builder, *info, value));
    } else if (group == "User" && name == "UserAttributes" && value.is_object()) {
      TRY(put_lists(builder, audience::Field::kUserAttribute, value.get_object().value_unsafe()));
    }
  }
  return {};
}

Status put_member(audience::ChangeBuilder& builder, std::string_view name, dom::element value) {
  if (value.is_object()) {
    const auto members = value.get_object().value_unsafe();
    if (name == "Attributes") return put_lists(builder, audience::Field::kAttribute, members);
    if (name == "Metrics") return put_metrics(builder, members);
    return put_group(builder, name, members);
  }
  const auto* info = audience::find_single_field("", name);
  if (info == nullptr || info->field == audience::Field::kCreationDate) return {};
  return put_single(builder, *info, value);
}

// What is wrong with a line that is no JSON object; of member names without quotes in the words that clients know.
std::string describe(std::string_view line, simdjson::error_code error) {
  const std::string_view text = trim(line);
  const auto unexpected = [](char character, std::string_view rule) {
    return fmt::format("Unexpected character ('{}' (code {})): {}", character, static_cast<unsigned char>(character),
                       rule);
  };
  if (text.empty() || text.front() != '{') {
    return text.empty() ? "The line must be one JSON object"
                        : unexpected(text.front(), "every line must be a JSON object");
  }
  const std::string_view inside = trim(text.substr(1));
  if (!inside.empty() && inside.front() != '"' && inside.front() != '}') {
    return unexpected(inside.front(), "was expecting double-quote to start field name");
  }
  return std::string("The line must be one JSON object: ") + simdjson::error_message(error);
}

}  // namespace

struct JsonLineDecoder::Parser {
  dom::parser parser;

  Result<dom::object> parse(std::string_view line) {
    dom::object document;
    const auto error = parser.parse(line.data(), line.size(), false).get_object().get(document);
    if (error == simdjson::SUCCESS) return document;
    return fail(ErrorKind::kInvalid, describe(line, error), "S3Url");
  }
};

JsonLineDecoder::JsonLineDecoder() : parser_(std::make_unique<Parser>()) {}
JsonLineDecoder::~JsonLineDecoder() = default;

Status JsonLineDecoder::check(std::string_view line) {
  TRY(parser_->parse(line));
  return {};
}

Status JsonLineDecoder::decode(std::string_view line, audience::ChangeBuilder& builder,
                               std::vector<audience::EndpointChange>& changes) {
  const dom::object document = TRY(parser_->parse(line));
  std::string_view id;
  for (const auto [name, value] : document) {
    if (name == "Id") {
      if (value.get_string().get(id) != simdjson::SUCCESS) return refuse("The member must be a text", "Id");
    } else {
      TRY(put_member(builder, name, value));
    }
  }
  changes.push_back(TRY(builder.finish(id)));
  return {};
}

}  // namespace rapport::transfers
