#pragma once

// Holds documents to their shapes in one pass: members, types, allowed values, ranges, lengths, patterns.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/tables.h"
#include "json/json.h"
#include "json/member_path.h"

namespace rapport::contract {

// Checks a request's document and brings it into the form services see: members under their model names, null members
// and map entries gone, timestamps as epoch seconds, a scalar where a map's values are lists of strings wrapped in a
// list, a document where a JSON text belongs turned into that text. kInvalid names the member by `path`.
Status normalise(const Service& service, const Shape& shape, const json::MemberPath& path, json::value& document);

// The same for the members of an operation's input that travel in the body, `input` being their object.
Status normalise_body_members(const Service& service, const Shape& input_shape, json::object& input);

// A path label or query value as the shape wants it: text, number, boolean, timestamp (ISO 8601 or epoch seconds).
Result<json::value> read_text_value(const Service& service, const Shape& shape, const json::MemberPath& path,
                                    std::string_view text);

// What a response's document violates; nothing is changed and nothing forgiven.
std::vector<std::string> find_violations(const Service& service, const Shape& shape, const json::value& document);

}  // namespace rapport::contract
