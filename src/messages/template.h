#pragma once

// The template language: a Handlebars dialect over an endpoint's document.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "messages/substitutions.h"
#include "messages/template_reads.h"
#include "messages/template_value.h"

namespace rapport::messages {

// What a template reads. A variable is looked for in `overrides` (strongest first), then in the endpoint, then in
// `defaults`; an empty value counts as none.
struct RenderData {
  const json::object& endpoint;  // Address, Attributes, User...; may be any object
  std::span<const Substitutions* const> overrides = {};
  const Substitutions* defaults = nullptr;
  Timestamp now = {};  // what `now` prints
};

struct Program;

// A compiled template: compile once, render often. Immutable and thread-safe; copies share the program.
//
//   {{User.UserAttributes.[Last Name].[0]}}   a variable; a list of one prints its value, a longer one "a, b"
//   {{{x}}} {{&x}}                            the same without HTML escaping
//   {{#if x}}..{{else if y}}..{{else}}..{{/if}}, {{#unless x}}, {{#with x}}, {{#x}}, {{^x}}
//   {{#each x}}{{@index}} {{this}}{{else}}..{{/each}}   the first 15 items
//   {{upper x}} {{upper (lower x)}} {{#eq a "b"}}..{{/eq}} {{eq a b yes="y" no="n"}}   functions, see functions.cpp
//   {{#* inline "name"}}..{{/inline}} {{> name}}
//   {{! comment }} {{!-- comment --}} \{{literal}} {{~x~}}
class Template {
 public:
  // kInvalid with line and column for a syntax error, an unknown function or partial, or a wrong number of arguments.
  static Result<Template> compile(std::string_view source, Escaping escaping);

  // kInvalid when a function refuses its arguments, and when the template takes too many steps or writes too much.
  Result<std::string> render(const RenderData& data) const;
  // Appends.
  Status render(const RenderData& data, std::string& out) const;

  // The members of the endpoint that it may read.
  const MembersRead& reads() const;
  // Whether a variable starts with RecommendationItems or Recommendations.
  bool uses_recommendations() const;

 private:
  explicit Template(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

constexpr std::size_t kEachItemsMax = 15;

}  // namespace rapport::messages
