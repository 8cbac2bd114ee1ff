#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "messages/composition.h"
#include "messages/email.h"

// Any bytes as the texts of a message and as the data they read: compiles or is refused, renders or is refused, what is
// rendered into JSON stays JSON, and an e-mail is written or refused.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using rapport::messages::Email;
  using rapport::messages::PushMessage;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view source = text.substr(0, text.find('\0'));
  const std::string_view value = source.size() < text.size() ? text.substr(source.size() + 1) : text;
  const rapport::json::object configuration = {
      {"EmailMessage",
       {{"Title", source}, {"HtmlBody", source}, {"Headers", {{{"Name", "X-Any"}, {"Value", source}}}}}},
      {"GCMMessage", {{"RawContent", R"({"x":"{{x}}{{Attributes.x}}"})"}}}};
  const auto composition = rapport::messages::Composition::compile(configuration);
  if (!composition) return 0;
  const rapport::json::object endpoint = {
      {"x", value}, {"Attributes", {{"x", {value, value}}}}, {"User", {{"UserAttributes", {{"x", {value}}}}}}};
  const auto push = composition->render("GCM", endpoint, {});
  if (rapport::is_valid_utf8(value)) {
    CHECK(rapport::json::parse(std::get<PushMessage>(push->value()).raw_content));
  }
  auto message = composition->render("EMAIL", endpoint, {});
  if (!message) return 0;
  Email& email = std::get<Email>(message->value());
  email.from = "news@example.com";
  email.to = value;
  email.message_id = "1@example.com";
  const auto mime = rapport::messages::to_mime(email);
  if (mime) CHECK(!mime->contains('\0'));
  return 0;
}
