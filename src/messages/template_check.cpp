#include "messages/template_check.h"

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>

#include "messages/characters.h"
#include "messages/email.h"
#include "messages/substitutions.h"
#include "messages/template.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kEmailCharactersMax = 600'000;
constexpr std::size_t kSmsCharactersMax = 1'600;
constexpr std::size_t kVoiceCharactersMax = 10'000;
constexpr std::size_t kPushCharactersMax = 4'000;  // of each part
constexpr std::size_t kAdmCharactersMax = 6'000;
constexpr std::size_t kInAppCharactersMax = 200'000;
constexpr std::size_t kInAppContentsMax = 5;
constexpr std::size_t kDescriptionCharactersMax = 500;

struct TextMember {
  std::string_view name;
  Escaping escaping = Escaping::kNone;
};

constexpr TextMember kEmailTexts[] = {{"Subject"}, {"HtmlPart", Escaping::kHtml}, {"TextPart"}};
constexpr TextMember kBody[] = {{"Body"}};
constexpr TextMember kPushTexts[] = {
    {"Body"},  {"ImageIconUrl"}, {"ImageUrl"}, {"MediaUrl"}, {"RawContent", Escaping::kJson}, {"SmallImageIconUrl"},
    {"Sound"}, {"Title"},        {"Url"}};

std::unexpected<Error> too_long(std::size_t characters_max, std::string field) {
  return fail(ErrorKind::kInvalid, fmt::format("this is too long, it can have at most {} characters", characters_max),
              std::move(field));
}

// The texts of one part of a template; `prefix` of their names is "" or "APNS.".
Status check_texts(const json::object& part, std::span<const TextMember> members, std::size_t characters_max,
                   std::string_view prefix = {}) {
  std::size_t characters = 0;
  for (const TextMember& member : members) {
    const auto text = json::find_string(part, member.name);
    if (!text) continue;
    std::string field = fmt::format("{}{}", prefix, member.name);
    characters += count_characters(*text);
    if (characters > characters_max) return too_long(characters_max, std::move(field));
    const auto compiled = Template::compile(*text, member.escaping);
    if (!compiled) return fail(ErrorKind::kInvalid, compiled.error().message, std::move(field));
  }
  return {};
}

Status check_headers(const json::object& content) {
  const json::array* headers = json::find_array(content, "Headers");
  if (headers == nullptr) return {};
  if (headers->size() > kEmailHeadersMax) return fail(ErrorKind::kInvalid, "at most 15 headers can be set", "Headers");
  for (const json::value& header : *headers) {
    if (!header.is_object()) return fail(ErrorKind::kInvalid, "a header has a Name and a Value", "Headers");
    const EmailHeader named{json::string_or(header.get_object(), "Name"),
                            json::string_or(header.get_object(), "Value")};
    TRY(check_header(named));
    const auto compiled = Template::compile(named.value, Escaping::kNone);
    if (!compiled) return fail(ErrorKind::kInvalid, compiled.error().message, "Headers");
  }
  return {};
}

Status check_push(const json::object& content) {
  for (const std::string_view name : {"ADM", "APNS", "Baidu", "Default", "GCM"}) {
    const json::object* part = json::find_object(content, name);
    if (part == nullptr) continue;
    TRY(check_texts(*part, kPushTexts, name == "ADM" ? kAdmCharactersMax : kPushCharactersMax,
                    std::string(name) + "."));
  }
  return {};
}

Status check_voice(const json::object& content) {
  TRY(check_texts(content, kBody, kVoiceCharactersMax));
  if (TRY(Template::compile(json::string_or(content, "Body"), Escaping::kNone)).uses_recommendations()) {
    return fail(ErrorKind::kInvalid, "a voice template cannot use recommendation variables", "Body");
  }
  return {};
}

Status check_in_app(const json::object& content) {
  const json::array* modals = json::find_array(content, "Content");
  if (modals != nullptr && modals->size() > kInAppContentsMax) {
    return fail(ErrorKind::kInvalid, "an in-app template can have at most 5 messages", "Content");
  }
  if (count_characters(json::serialize(content)) > kInAppCharactersMax) return too_long(kInAppCharactersMax, "Content");
  return {};
}

Status check_members(TemplateType type, const json::object& content) {
  switch (type) {
    case TemplateType::kEmail:
      TRY(check_texts(content, kEmailTexts, kEmailCharactersMax));
      return check_headers(content);
    case TemplateType::kInApp: return check_in_app(content);
    case TemplateType::kPush: return check_push(content);
    case TemplateType::kSms: return check_texts(content, kBody, kSmsCharactersMax);
    case TemplateType::kVoice: return check_voice(content);
  }
  return {};
}

}  // namespace

Status check_template(TemplateType type, const json::object& content) {
  TRY(check_members(type, content));
  TRY(Substitutions::parse(json::string_or(content, "DefaultSubstitutions")));
  if (count_characters(json::string_or(content, "TemplateDescription")) > kDescriptionCharactersMax) {
    return too_long(kDescriptionCharactersMax, "TemplateDescription");
  }
  return {};
}

}  // namespace rapport::messages
