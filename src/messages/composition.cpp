#include "messages/composition.h"

#include <algorithm>
#include <array>

#include "messages/composition_plan.h"
#include "messages/templates.h"

namespace rapport::messages {

struct Composition::Plans {
  std::optional<Plan<Email>> email;
  std::optional<Plan<TextMessage>> sms;
  std::optional<Plan<VoiceMessage>> voice;
  std::optional<Plan<CustomMessage>> custom;
  std::optional<Plan<PushMessage>> apns;
  std::optional<Plan<PushMessage>> gcm;
  std::optional<Plan<PushMessage>> adm;
  std::optional<Plan<PushMessage>> baidu;
  std::optional<json::object> in_app;

  // Calls `visit` with the plan of the channel type, or with nothing.
  template <class Visitor>
  auto visit(std::string_view channel_type, Visitor visitor) const {
    if (channel_type == "EMAIL") return visitor(email);
    if (channel_type == "SMS") return visitor(sms);
    if (channel_type == "VOICE") return visitor(voice);
    if (channel_type == "CUSTOM") return visitor(custom);
    if (channel_type.starts_with("APNS")) return visitor(apns);
    if (channel_type == "GCM") return visitor(gcm);
    if (channel_type == "ADM") return visitor(adm);
    if (channel_type == "BAIDU") return visitor(baidu);
    static const std::optional<Plan<CustomMessage>> kNone;
    return visitor(kNone);
  }
};

namespace {

constexpr std::size_t kMessagesMax = 5;  // of a push message, whose substitutions all count

// What the texts of one message are rendered with.
struct Recipient {
  const json::object& endpoint;
  Timestamp now;
  const RecipientOverrides* overrides;
};

class Rendering {
 public:
  template <class T>
  Rendering(const Plan<T>& plan, const Recipient& recipient)
      : data_{.endpoint = recipient.endpoint, .overrides = {}, .defaults = &plan.defaults, .now = recipient.now} {
    if (recipient.overrides != nullptr) add(recipient.overrides->substitutions);
    for (const Substitutions& values : plan.substitutions) add(values);
    data_.overrides = std::span(overrides_).first(count_);
  }
  Rendering(const Rendering&) = delete;
  Rendering& operator=(const Rendering&) = delete;

  Status render(const Text& text, std::string& out) const {
    auto status = text.compiled.render(data_, out);
    if (!status) status.error().field = text.path;
    return status;
  }

  // An override is compiled for its one recipient.
  Status render(std::string_view source, Escaping escaping, std::string_view path, std::string& out) const {
    auto compiled = Template::compile(source, escaping);
    if (!compiled) return fail(compiled.error().kind, compiled.error().message, std::string(path));
    out.clear();
    return render(Text{*std::move(compiled), std::string(path)}, out);
  }

 private:
  void add(const Substitutions& values) {
    if (!values.empty() && count_ < overrides_.size()) overrides_[count_++] = &values;
  }

  std::array<const Substitutions*, kMessagesMax + 1> overrides_{};
  std::size_t count_ = 0;
  RenderData data_;
};

void join_lines(std::string& text) {
  std::ranges::replace_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

Status finish(const Plan<Email>& plan, const Rendering& rendering, const RecipientOverrides* overrides, Email& email) {
  for (const auto& entry : plan.entries) {
    std::string& value = email.headers[entry.place].value;
    value.clear();
    TRY(rendering.render(entry.text, value));
    join_lines(value);
  }
  if (overrides != nullptr && overrides->title) {
    TRY(rendering.render(*overrides->title, Escaping::kNone, "TitleOverride", email.subject));
  }
  if (overrides != nullptr && overrides->body) {
    const bool html_only = !email.html.empty() && email.text.empty();
    if (!email.html.empty()) TRY(rendering.render(*overrides->body, Escaping::kHtml, "BodyOverride", email.html));
    if (!html_only) TRY(rendering.render(*overrides->body, Escaping::kNone, "BodyOverride", email.text));
  }
  join_lines(email.subject);
  return {};
}
bool is_blank(const Email& email) { return email.html.empty() && email.text.empty() && email.raw.empty(); }

Status override_body(const Rendering& rendering, const RecipientOverrides* overrides, std::string& body) {
  if (overrides == nullptr || !overrides->body) return {};
  return rendering.render(*overrides->body, Escaping::kNone, "BodyOverride", body);
}

Status finish(const Plan<TextMessage>&, const Rendering& rendering, const RecipientOverrides* overrides,
              TextMessage& message) {
  return override_body(rendering, overrides, message.body);
}
bool is_blank(const TextMessage& message) { return message.body.empty() && message.media_url.empty(); }

Status finish(const Plan<VoiceMessage>&, const Rendering& rendering, const RecipientOverrides* overrides,
              VoiceMessage& message) {
  return override_body(rendering, overrides, message.body);
}
bool is_blank(const VoiceMessage& message) { return message.body.empty(); }

Status finish(const Plan<CustomMessage>&, const Rendering&, const RecipientOverrides*, CustomMessage&) { return {}; }
bool is_blank(const CustomMessage&) { return false; }

Status finish(const Plan<PushMessage>& plan, const Rendering& rendering, const RecipientOverrides* overrides,
              PushMessage& message) {
  for (const auto& entry : plan.entries) {
    std::string value;
    TRY(rendering.render(entry.text, value));
    message.data["Data"].get_object()[entry.name] = value;
  }
  TRY(override_body(rendering, overrides, message.body));
  if (overrides == nullptr) return {};
  if (overrides->title) TRY(rendering.render(*overrides->title, Escaping::kNone, "TitleOverride", message.title));
  if (overrides->raw_content) {
    TRY(rendering.render(*overrides->raw_content, Escaping::kJson, "RawContent", message.raw_content));
  }
  if (!overrides->context.empty()) message.data["Context"] = overrides->context;
  return {};
}
bool is_blank(const PushMessage& message) {
  return !message.silent && message.title.empty() && message.body.empty() && message.raw_content.empty() &&
         message.image_url.empty() && message.media_url.empty();
}

template <class T>
Result<Message> render_plan(const Plan<T>& plan, const Recipient& recipient) {
  if (!plan.recommender.empty() && !recipient.endpoint.contains("RecommendationItems")) {
    return fail(ErrorKind::kUnsupported, "the message needs recommendations, and nobody added them to the endpoint",
                plan.body_path);
  }
  const Rendering rendering(plan, recipient);
  T message = plan.fixed;
  for (const auto& slot : plan.slots) TRY(rendering.render(slot.text, message.*slot.member));
  TRY(finish(plan, rendering, recipient.overrides, message));
  if (is_blank(message))
    return fail(ErrorKind::kInvalid, "the message has nothing to say, give a text", plan.body_path);
  return Message(std::move(message));
}

std::optional<std::string> text_of(const json::object& document, std::string_view name) {
  const auto text = json::find_string(document, name);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

RecipientOverrides RecipientOverrides::read(const json::object& document) {
  RecipientOverrides overrides;
  overrides.body = text_of(document, "BodyOverride");
  overrides.title = text_of(document, "TitleOverride");
  overrides.raw_content = text_of(document, "RawContent");
  if (const auto* values = json::find_object(document, "Substitutions"))
    overrides.substitutions = Substitutions(*values);
  if (const auto* context = json::find_object(document, "Context")) overrides.context = *context;
  return overrides;
}

Result<json::object> load_templates(Templates& templates, const json::object& configuration) {
  static constexpr std::pair<std::string_view, TemplateType> kMembers[] = {{"EmailTemplate", TemplateType::kEmail},
                                                                           {"InAppTemplate", TemplateType::kInApp},
                                                                           {"PushTemplate", TemplateType::kPush},
                                                                           {"SMSTemplate", TemplateType::kSms},
                                                                           {"VoiceTemplate", TemplateType::kVoice}};
  json::object contents;
  for (const auto& [member, type] : kMembers) {
    const json::object* named = json::find_object(configuration, member);
    if (named == nullptr || !json::find_string(*named, "Name")) continue;
    auto stored = templates.get({json::string_or(*named, "Name"), type}, json::find_string(*named, "Version"));
    if (!stored) {
      Error error = std::move(stored).error();
      return fail(error.kind, std::move(error.message), "TemplateConfiguration." + std::string(member));
    }
    contents[member] = std::move(stored->content);
  }
  return contents;
}

Result<Composition> Composition::compile(const json::object& configuration, const json::object& templates) {
  auto plans = std::make_shared<Plans>();
  plans->email = TRY(plan_email(configuration, templates));
  plans->sms = TRY(plan_sms(configuration, templates));
  plans->voice = TRY(plan_voice(configuration, templates));
  plans->custom = TRY(plan_custom(configuration));
  plans->apns = TRY(plan_push(configuration, templates, "APNS"));
  plans->gcm = TRY(plan_push(configuration, templates, "GCM"));
  plans->adm = TRY(plan_push(configuration, templates, "ADM"));
  plans->baidu = TRY(plan_push(configuration, templates, "Baidu"));
  plans->in_app = plan_in_app(configuration, templates);
  return Composition(std::move(plans));
}

bool Composition::has_message_for(std::string_view channel_type) const {
  return plans_->visit(channel_type, [](const auto& plan) { return plan.has_value(); });
}

Result<std::optional<Message>> Composition::render(std::string_view channel_type, const json::object& endpoint,
                                                   Timestamp now, const RecipientOverrides* overrides) const {
  return plans_->visit(channel_type, [&](const auto& plan) -> Result<std::optional<Message>> {
    if (!plan) return std::nullopt;
    return TRY(render_plan(*plan, Recipient{endpoint, now, overrides}));
  });
}

const MembersRead& Composition::reads(std::string_view channel_type) const {
  static const MembersRead kNothing;
  return *plans_->visit(channel_type, [](const auto& plan) { return plan ? &plan->reads : &kNothing; });
}

std::string_view Composition::recommender(std::string_view channel_type) const {
  return plans_->visit(
      channel_type, [](const auto& plan) { return plan ? std::string_view(plan->recommender) : std::string_view(); });
}

const json::object* Composition::in_app() const { return plans_->in_app ? &*plans_->in_app : nullptr; }

}  // namespace rapport::messages
