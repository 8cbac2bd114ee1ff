#include "learn/action_model.h"

#include "base/text.h"
#include "learn/model_file.h"

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

Result<std::unique_ptr<ActionModel>> load_action_model(std::string_view bytes) {
  const ModelFileReader reader = TRY(ModelFileReader::open(bytes));
  return fail(ErrorKind::kUnsupported,
              "The model file is of an unknown form: " + std::string(TRY(reader.text("form"))));
}

}  // namespace rapport::learn
