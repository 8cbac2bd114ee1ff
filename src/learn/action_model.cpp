#include "learn/action_model.h"

#include "base/text.h"

namespace rapport::learn {

std::optional<ActionEvent> parse_action_event(std::string_view text) {
  std::string letters;
  for (const char letter : to_lower(trim(text))) {
    if (letter != ' ' && letter != '_' && letter != '-') letters += letter;
  }
  if (letters == "taken") return ActionEvent::kTaken;
  if (letters == "nottaken") return ActionEvent::kNotTaken;
  if (letters == "viewed") return ActionEvent::kViewed;
  return std::nullopt;
}

}  // namespace rapport::learn
