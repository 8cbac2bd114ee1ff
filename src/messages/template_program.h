#pragma once

// What a template is compiled to: a tree that the renderer walks. Private to the template language.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "messages/functions.h"
#include "messages/template_reads.h"
#include "messages/template_value.h"

namespace rapport::messages {

constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);

struct PathStep {
  std::string name;
  std::size_t index = kNoIndex;  // the name as a number, for lists
};

// `User.UserAttributes.[Last Name].[0]`, `this`, `../x`, `@index`.
struct Path {
  enum class Start {
    kScopes,   // looked for from the innermost block outwards
    kCurrent,  // `this`, `./x`, `../x`
    kRoot,     // `@root.x`
    kIndex,    // `@index`, `@first`, `@last`, `@key`: of the innermost each
    kFirst,
    kLast,
    kKey,
  } start = Start::kScopes;
  std::size_t outwards = 0;  // blocks to leave first
  std::vector<PathStep> steps;
  std::string source;  // as written
  std::string plain;   // as substitutions name it
  std::string parent;  // `plain` without a last index; empty when there is none
};

struct Expression {
  enum class Kind { kPath, kText, kNumber, kTrue, kFalse, kNothing, kCall } kind = Kind::kNothing;
  Path path;
  std::string text;
  double number = 0;
  const Function* function = nullptr;
  std::vector<Expression> arguments;
  std::vector<std::string> names;  // of the named arguments
  std::vector<Expression> named;
};

struct Node;
using Block = std::vector<Node>;

struct Node {
  enum class Kind {
    kText,
    kPrint,      // {{x}}
    kPrintRaw,   // {{{x}}}
    kCondition,  // {{#if x}}, {{#eq a b}}
    kEach,
    kWith,
    kSection,   // {{#x}} of a variable: each for a list, with for an object, else a condition
    kInverted,  // {{^x}}
    kPartial,
  } kind = Kind::kText;
  std::string text;  // of kText
  Expression expression;
  Block body;
  Block otherwise;
  std::size_t partial = 0;  // of kPartial: its place in Program::partials
};

struct Program {
  Block body;
  std::vector<Block> partials;
  Escaping escaping = Escaping::kNone;
  MembersRead reads;
  std::size_t source_bytes = 0;  // about as many are written
};

Result<Program> parse_template(std::string_view source);

}  // namespace rapport::messages
