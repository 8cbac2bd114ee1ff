#pragma once

// The functions a template can call. functions.cpp holds the table; one file a group holds them.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messages/template_value.h"

namespace rapport::messages {

// No function makes a longer text, so that nested calls cannot fill the memory.
constexpr std::size_t kTextBytesMax = 1'000'000;

// The arguments of one call, evaluated.
struct Arguments {
  std::span<const Value> values;
  std::span<const std::pair<std::string_view, Value>> named;
  Timestamp now = {};

  std::string text(std::size_t position) const { return to_text(single(values[position])); }
  // The named argument, or nullptr.
  const Value* find(std::string_view name) const;
  std::string named_text(std::string_view name, std::string_view otherwise) const;
};

struct Function {
  std::string_view name;
  std::size_t arguments_min;
  std::size_t arguments_max;
  Result<Value> (*call)(const Arguments&);
  // Whether a bare word that is no variable stands for itself, as in `inflect 3 apple apples`.
  enum class BareWords { kVariables, kTexts } bare_words = BareWords::kVariables;
};

// nullptr when there is no such function.
const Function* find_function(std::string_view name);

std::span<const Function> condition_functions();
std::span<const Function> text_functions();
std::span<const Function> number_functions();
std::span<const Function> encoding_functions();
std::span<const Function> date_functions();

}  // namespace rapport::messages
