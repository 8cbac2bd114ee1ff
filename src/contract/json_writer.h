#pragma once

// Writes documents as a service's wire form: members under their wire names, timestamps in their format, null members
// and members outside the shape left out.

#include <string>
#include <string_view>

#include "contract/tables.h"
#include "json/json.h"

namespace rapport::contract {

// A quoted JSON string.
void write_text(std::string_view text, std::string& out);

// `document` has the shape's members under their model names.
void write_document(const Service& service, const Shape& shape, const json::value& document, std::string& out);

// The same for an operation's output object.
void write_members(const Service& service, const Shape& shape, const json::object& members, std::string& out);

}  // namespace rapport::contract
