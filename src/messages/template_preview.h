#pragma once

// What a template that need not be stored says to somebody, for people who write one.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "json/json.h"
#include "messages/sms_size.h"
#include "messages/templates.h"

namespace rapport::messages {

struct PreviewPart {
  std::string name;  // Subject, HtmlPart, Body, GCM.Title
  std::string text;
};

struct PreviewVariable {
  std::string name;                               // as written
  std::vector<std::string> parts;                 // that name it
  std::optional<std::string> value = {};          // the endpoint's
  std::optional<std::string> default_value = {};  // the template's
  bool is_missing = false;                        // neither says something; recommended items come when it is sent
};

struct PreviewProblem {
  std::string part = {};  // empty: of the whole
  std::string message = {};
  std::int64_t line = 0;  // 0: not known
  std::int64_t column = 0;
  bool is_error = true;  // it cannot be sent
};

struct PreviewMessage {
  std::string channel_type;
  std::vector<PreviewPart> parts;
};

struct TemplatePreview {
  std::vector<PreviewPart> parts;        // the template's own texts
  std::vector<PreviewMessage> messages;  // what each channel gets in the end
  std::vector<PreviewVariable> variables;
  std::vector<PreviewProblem> problems;
  std::optional<SmsSize> sms = {};
  std::optional<std::int64_t> email_bytes = {};  // as it goes out, with headers and without what tracking adds
};

// Never fails: what is wrong with the template is among the problems. `endpoint` is the document that variables read.
TemplatePreview preview_template(TemplateType type, const json::object& content, const json::object& endpoint,
                                 Timestamp now);

}  // namespace rapport::messages
