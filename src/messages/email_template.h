#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "messages/email.h"
#include "messages/template.h"

namespace rapport::messages {

// What an e-mail template says, not compiled: a stored template's, or a campaign's own message.
struct EmailContent {
  std::string subject;
  std::string html;
  std::string text;
  std::vector<EmailHeader> headers;
  std::string default_substitutions;  // a JSON object as text; may be empty
};

// Reads Subject, HtmlPart, TextPart, Headers and DefaultSubstitutions of an EmailTemplateRequest document.
EmailContent email_content(const json::object& document);

// The compiled form. Immutable and thread-safe; cheap to copy.
class EmailTemplate {
 public:
  // kInvalid with `field` Subject, HtmlPart, TextPart, Headers or DefaultSubstitutions: syntax errors with their
  // position, more than 600 000 characters in all, more than 15 headers, a header that cannot be set.
  static Result<EmailTemplate> compile(const EmailContent& content);

  // Subject, parts and headers for one endpoint; `overrides` as in RenderData. From, to, message id and date are the
  // caller's. Line breaks that data brings into subject or headers become blanks. kInvalid when rendering fails.
  Result<Email> render(const json::object& endpoint, std::span<const Substitutions* const> overrides = {}) const;

 private:
  EmailTemplate(Template subject, Template html, Template text)
      : subject_(std::move(subject)), html_(std::move(html)), text_(std::move(text)) {}

  Template subject_;
  Template html_;
  Template text_;
  std::vector<std::pair<std::string, Template>> headers_;
  std::shared_ptr<const Substitutions> defaults_;
};

}  // namespace rapport::messages
