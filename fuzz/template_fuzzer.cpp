#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "messages/email.h"
#include "messages/email_template.h"

// Any bytes as the parts of an e-mail template and as the data it reads: compiles or is refused, renders or is refused,
// and what it renders is an e-mail or is refused.

namespace {

using rapport::messages::Email;
using rapport::messages::EmailContent;
using rapport::messages::EmailTemplate;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view source = text.substr(0, text.find('\0'));
  const std::string_view value = source.size() < text.size() ? text.substr(source.size() + 1) : text;
  EmailContent content;
  content.subject = source;
  content.html = source;
  content.headers = {{"X-Any", std::string(source)}};
  const auto compiled = EmailTemplate::compile(content);
  if (!compiled) return 0;
  const rapport::json::object endpoint = {
      {"x", value}, {"Attributes", {{"x", {value, value}}}}, {"User", {{"UserAttributes", {{"x", {value}}}}}}};
  auto email = compiled->render(endpoint);
  if (!email) return 0;
  email->from = "news@example.com";
  email->to = value;
  email->message_id = "1@example.com";
  const auto mime = rapport::messages::to_mime(*email);
  if (mime) CHECK(!mime->contains('\0'));
  return 0;
}
