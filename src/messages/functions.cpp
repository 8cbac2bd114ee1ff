#include "messages/functions.h"

#include <unordered_map>

namespace rapport::messages {

const Value* Arguments::find(std::string_view name) const {
  for (const auto& [key, value] : named) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string Arguments::named_text(std::string_view name, std::string_view otherwise) const {
  const Value* value = find(name);
  return value == nullptr ? std::string(otherwise) : to_text(single(*value));
}

const Function* find_function(std::string_view name) {
  static const auto table = [] {
    std::unordered_map<std::string_view, const Function*> functions;
    for (const auto group :
         {condition_functions(), text_functions(), number_functions(), encoding_functions(), date_functions()}) {
      for (const Function& function : group) functions.emplace(function.name, &function);
    }
    return functions;
  }();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace rapport::messages
