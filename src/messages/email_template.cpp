#include "messages/email_template.h"

#include <algorithm>

#include "messages/characters.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kCharactersMax = 600'000;

Status check_size(const EmailContent& content) {
  if (count_characters(content.subject) + count_characters(content.html) + count_characters(content.text) <=
      kCharactersMax) {
    return {};
  }
  return fail(ErrorKind::kInvalid, "an e-mail template can have at most 600000 characters", "HtmlPart");
}

Status check_headers(const std::vector<EmailHeader>& headers) {
  if (headers.size() > kEmailHeadersMax) return fail(ErrorKind::kInvalid, "at most 15 headers can be set", "Headers");
  for (const EmailHeader& header : headers) TRY(check_header(header));
  return {};
}

Result<Template> compile_part(std::string_view source, Escaping escaping, std::string_view field) {
  auto compiled = Template::compile(source, escaping);
  if (!compiled) compiled.error().field = field;
  return compiled;
}

Status render_part(const Template& part, const RenderData& data, std::string& out, std::string_view field) {
  auto status = part.render(data, out);
  if (!status) status.error().field = field;
  return status;
}

void join_lines(std::string& text) {
  std::ranges::replace_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

}  // namespace

EmailContent email_content(const json::object& document) {
  EmailContent content{.subject = json::string_or(document, "Subject"),
                       .html = json::string_or(document, "HtmlPart"),
                       .text = json::string_or(document, "TextPart"),
                       .headers = {},
                       .default_substitutions = json::string_or(document, "DefaultSubstitutions")};
  const json::array* headers = json::find_array(document, "Headers");
  if (headers == nullptr) return content;
  for (const json::value& header : *headers) {
    if (!header.is_object()) continue;
    content.headers.push_back(
        {json::string_or(header.get_object(), "Name"), json::string_or(header.get_object(), "Value")});
  }
  return content;
}

Result<EmailTemplate> EmailTemplate::compile(const EmailContent& content) {
  TRY(check_size(content));
  TRY(check_headers(content.headers));
  EmailTemplate compiled(TRY(compile_part(content.subject, Escaping::kNone, "Subject")),
                         TRY(compile_part(content.html, Escaping::kHtml, "HtmlPart")),
                         TRY(compile_part(content.text, Escaping::kNone, "TextPart")));
  for (const EmailHeader& header : content.headers) {
    compiled.headers_.emplace_back(header.name, TRY(compile_part(header.value, Escaping::kNone, "Headers")));
  }
  compiled.defaults_ = std::make_shared<const Substitutions>(TRY(Substitutions::parse(content.default_substitutions)));
  return compiled;
}

Result<Email> EmailTemplate::render(const json::object& endpoint,
                                    std::span<const Substitutions* const> overrides) const {
  const RenderData data{.endpoint = endpoint, .overrides = overrides, .defaults = defaults_.get()};
  Email email;
  TRY(render_part(subject_, data, email.subject, "Subject"));
  TRY(render_part(html_, data, email.html, "HtmlPart"));
  TRY(render_part(text_, data, email.text, "TextPart"));
  join_lines(email.subject);
  for (const auto& [name, value] : headers_) {
    EmailHeader& header = email.headers.emplace_back(name, std::string());
    TRY(render_part(value, data, header.value, "Headers"));
    join_lines(header.value);
  }
  return email;
}

}  // namespace rapport::messages
