#include "messages/template_preview.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "messages/composition.h"
#include "messages/email.h"
#include "messages/template.h"
#include "messages/template_check.h"
#include "messages/template_program.h"

namespace rapport::messages {
namespace {

constexpr std::array<std::string_view, 5> kPushParts = {"Default", "GCM", "APNS", "ADM", "Baidu"};
constexpr std::array<std::string_view, 9> kPushTexts = {
    "Title", "Body", "Url", "ImageUrl", "ImageIconUrl", "SmallImageIconUrl", "MediaUrl", "Sound", "RawContent"};

struct Source {
  std::string part;
  std::string text;
  Escaping escaping = Escaping::kNone;
};

void add_source(std::vector<Source>& sources, const json::object& from, std::string_view member,
                std::string_view prefix = {}, Escaping escaping = Escaping::kNone) {
  const auto text = json::find_string(from, member);
  if (text) sources.push_back({std::string(prefix) + std::string(member), std::string(*text), escaping});
}

std::vector<Source> sources_of(TemplateType type, const json::object& content) {
  std::vector<Source> sources;
  switch (type) {
    case TemplateType::kEmail:
      add_source(sources, content, "Subject");
      add_source(sources, content, "HtmlPart", {}, Escaping::kHtml);
      add_source(sources, content, "TextPart");
      break;
    case TemplateType::kPush:
      for (const std::string_view part : kPushParts) {
        const json::object* texts = json::find_object(content, part);
        if (texts == nullptr) continue;
        for (const std::string_view text : kPushTexts) {
          const bool is_json = text == "RawContent";
          add_source(sources, *texts, text, std::string(part) + ".", is_json ? Escaping::kJson : Escaping::kNone);
        }
      }
      break;
    case TemplateType::kSms:
    case TemplateType::kVoice: add_source(sources, content, "Body"); break;
    case TemplateType::kInApp: break;
  }
  return sources;
}

// The number behind a word in the words of a syntax error: "... (template line 3, column 7)".
std::int64_t number_behind(std::string_view text, std::string_view word) {
  const std::size_t at = text.rfind(word);
  if (at == text.npos) return 0;
  const std::string_view rest = text.substr(at + word.size());
  return parse_integer(rest.substr(0, rest.find_first_not_of("0123456789"))).value_or(0);
}

PreviewProblem problem_of(const Error& error, std::string part) {
  PreviewProblem problem{.part = std::move(part), .message = error.message};
  const std::size_t place = error.message.rfind(" (template line ");
  if (place == std::string::npos) return problem;
  problem.line = number_behind(error.message, "template line ");
  problem.column = number_behind(error.message, "column ");
  problem.message.resize(place);
  return problem;
}

// The variables of a compiled template that stand for the endpoint's own: what a block's items are called by is not
// looked at.
class Variables {
 public:
  void add(const Program& program, const std::string& part) {
    walk(program.body, part, true);
    for (const Block& partial : program.partials) walk(partial, part, true);
  }
  std::map<std::string, PreviewVariable> take() && { return std::move(found_); }

 private:
  void walk(const Block& block, const std::string& part, bool is_outside) {
    for (const Node& node : block) {
      walk(node.expression, part, is_outside);
      const bool scopes =
          node.kind == Node::Kind::kEach || node.kind == Node::Kind::kWith || node.kind == Node::Kind::kSection;
      walk(node.body, part, is_outside && !scopes);
      walk(node.otherwise, part, is_outside);
    }
  }

  void walk(const Expression& expression, const std::string& part, bool is_outside) {
    if (expression.kind == Expression::Kind::kPath) add(expression.path, part, is_outside);
    for (const Expression& argument : expression.arguments) walk(argument, part, is_outside);
    for (const Expression& named : expression.named) walk(named, part, is_outside);
  }

  void add(const Path& path, const std::string& part, bool is_outside) {
    const bool is_root = path.start == Path::Start::kRoot;
    if (path.steps.empty() || (!is_root && (path.start != Path::Start::kScopes || !is_outside))) return;
    PreviewVariable& variable = found_[path.source];
    variable.name = path.source;
    if (std::ranges::find(variable.parts, part) == variable.parts.end()) variable.parts.push_back(part);
  }

  std::map<std::string, PreviewVariable> found_;
};

bool is_recommendation(std::string_view name) {
  return name.starts_with("RecommendationItems") || name.starts_with("Recommendations");
}

std::optional<std::string> rendered(const std::string& name, const RenderData& data) {
  const auto compiled = Template::compile("{{{" + name + "}}}", Escaping::kNone);
  if (!compiled) return {};
  auto text = compiled->render(data);
  if (!text || text->empty()) return {};
  return *std::move(text);
}

std::vector<PreviewPart> parts_of(const Message& message) {
  std::vector<PreviewPart> parts;
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) parts.push_back({std::string(name), text});
  };
  if (const auto* email = std::get_if<Email>(&message)) {
    add("Subject", email->subject);
    add("HtmlPart", email->html);
    add("TextPart", email->text);
  } else if (const auto* text = std::get_if<TextMessage>(&message)) {
    add("Body", text->body);
  } else if (const auto* voice = std::get_if<VoiceMessage>(&message)) {
    add("Body", voice->body);
  } else if (const auto* push = std::get_if<PushMessage>(&message)) {
    add("Title", push->title);
    add("Body", push->body);
    add("Action", push->action);
    add("Url", push->url);
    add("ImageUrl", push->image_url);
    add("ImageIconUrl", push->icon_url);
    add("SmallImageIconUrl", push->small_icon_url);
    add("MediaUrl", push->media_url);
    add("Sound", push->sound);
    add("RawContent", push->raw_content);
  }
  return parts;
}

std::vector<std::string_view> channels_of(TemplateType type) {
  switch (type) {
    case TemplateType::kEmail: return {"EMAIL"};
    case TemplateType::kSms: return {"SMS"};
    case TemplateType::kVoice: return {"VOICE"};
    case TemplateType::kPush: return {"GCM", "APNS", "ADM", "BAIDU"};
    case TemplateType::kInApp: break;
  }
  return {};
}

std::string_view member_of(TemplateType type) {
  switch (type) {
    case TemplateType::kEmail: return "EmailTemplate";
    case TemplateType::kSms: return "SMSTemplate";
    case TemplateType::kVoice: return "VoiceTemplate";
    case TemplateType::kPush: return "PushTemplate";
    case TemplateType::kInApp: break;
  }
  return "InAppTemplate";
}

class Previewer {
 public:
  Previewer(TemplateType type, const json::object& content, const json::object& endpoint, Timestamp now)
      : type_(type), content_(content), endpoint_(endpoint), now_(now) {}

  TemplatePreview take() {
    if (auto defaults = Substitutions::parse(json::string_or(content_, "DefaultSubstitutions"))) {
      defaults_ = *std::move(defaults);
    } else {
      preview_.problems.push_back({.part = "DefaultSubstitutions", .message = defaults.error().message});
    }
    render_parts();
    if (const Status whole = check_template(type_, content_); !whole && preview_.problems.empty()) {
      preview_.problems.push_back(problem_of(whole.error(), whole.error().field));
    }
    if (preview_.problems.empty()) render_messages();
    return std::move(preview_);
  }

 private:
  RenderData data() const { return {.endpoint = endpoint_, .defaults = &defaults_, .now = now_}; }

  void render_parts() {
    Variables variables;
    for (const Source& source : sources_of(type_, content_)) {
      const auto compiled = Template::compile(source.text, source.escaping);
      if (!compiled) {
        preview_.problems.push_back(problem_of(compiled.error(), source.part));
        continue;
      }
      if (const auto program = parse_template(source.text)) variables.add(*program, source.part);
      recommends_ |= compiled->uses_recommendations();
      auto text = compiled->render(data());
      if (text) {
        preview_.parts.push_back({source.part, *std::move(text)});
      } else {
        preview_.problems.push_back(problem_of(text.error(), source.part));
      }
    }
    for (auto& [name, variable] : std::move(variables).take())
      preview_.variables.push_back(look_up(std::move(variable)));
    if (recommends_) {
      preview_.problems.push_back(
          {.message = "Recommended items are filled in when the message is sent; here they are empty",
           .is_error = false});
    }
  }

  PreviewVariable look_up(PreviewVariable variable) const {
    const json::object nothing;
    variable.value = rendered(variable.name, {.endpoint = endpoint_, .now = now_});
    variable.default_value = rendered(variable.name, {.endpoint = nothing, .defaults = &defaults_, .now = now_});
    variable.is_missing = !variable.value && !variable.default_value && !is_recommendation(variable.name);
    return variable;
  }

  void render_messages() {
    const json::object templates = {{member_of(type_), content_}};
    const auto composition = Composition::compile({}, templates);
    if (!composition) {
      preview_.problems.push_back(problem_of(composition.error(), composition.error().field));
      return;
    }
    for (const std::string_view channel : channels_of(type_)) {
      if (!composition->has_message_for(channel)) continue;
      auto message = composition->render(channel, endpoint_, now_);
      if (!message) {
        const bool is_error = message.error().kind != ErrorKind::kUnsupported;
        preview_.problems.push_back(
            {.part = message.error().field, .message = message.error().message, .is_error = is_error});
      } else if (*message) {
        measure(**message);
        preview_.messages.push_back({std::string(channel), parts_of(**message)});
      }
    }
  }

  void measure(Message& message) {
    if (const auto* text = std::get_if<TextMessage>(&message)) preview_.sms = sms_size(text->body);
    auto* email = std::get_if<Email>(&message);
    if (email == nullptr) return;
    email->from = "sender@example.com";
    email->to = "recipient@example.com";
    email->message_id = "preview@example.com";
    email->date = now_;
    if (const auto bytes = to_mime(*email)) {
      preview_.email_bytes = static_cast<std::int64_t>(bytes->size());
    } else {
      preview_.problems.push_back(problem_of(bytes.error(), bytes.error().field));
    }
  }

  const TemplateType type_;
  const json::object& content_;
  const json::object& endpoint_;
  const Timestamp now_;
  Substitutions defaults_;
  TemplatePreview preview_;
  bool recommends_ = false;
};

}  // namespace

TemplatePreview preview_template(TemplateType type, const json::object& content, const json::object& endpoint,
                                 Timestamp now) {
  return Previewer(type, content, endpoint, now).take();
}

}  // namespace rapport::messages
