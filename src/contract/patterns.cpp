#include "contract/patterns.h"

#include <re2/re2.h>

#include <map>
#include <memory>

#include "base/check.h"

namespace rapport::contract {
namespace {

using Compiled = std::map<const std::string_view*, std::unique_ptr<re2::RE2>>;

Compiled compile_all() {
  Compiled compiled;
  for (const Service* service : services()) {
    for (const std::string_view& pattern : service->patterns) {
      auto expression = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), re2::RE2::Quiet);
      CHECK(expression->ok());
      compiled.emplace(&pattern, std::move(expression));
    }
  }
  return compiled;
}

}  // namespace

bool matches(const Service& service, std::int16_t pattern, std::string_view text) {
  static const Compiled kCompiled = compile_all();
  const std::string_view& key = service.patterns[static_cast<std::size_t>(pattern)];
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *kCompiled.at(&key));
}

}  // namespace rapport::contract
