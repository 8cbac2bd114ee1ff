#include "messages/composition_plan.h"

#include <algorithm>
#include <initializer_list>

#include "base/digest.h"
#include "base/text.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kCustomBytesMax = 5 * 1024;

using Names = std::initializer_list<std::string_view>;  // paths with dots, the first that is there counts

const json::value* find_path(const json::object& from, std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return json::find(from, path);
  const json::object* next = json::find_object(from, path.substr(0, dot));
  return next == nullptr ? nullptr : find_path(*next, path.substr(dot + 1));
}

struct Found {
  const json::value* value = nullptr;
  std::string path;
};

// The strongest layer's member; texts that are empty are passed over.
Found find_member(const Layers& layers, Names names) {
  for (const Layer& layer : layers.all) {
    for (const std::string_view name : names) {
      const json::value* value = find_path(*layer.members, name);
      if (value == nullptr || (value->is_string() && value->get_string().empty())) continue;
      return {value, layer.path + "." + std::string(name)};
    }
  }
  return {};
}

std::string fixed_text(const Layers& layers, Names names, std::string_view otherwise = {}) {
  const Found found = find_member(layers, names);
  return std::string(found.value != nullptr && found.value->is_string() ? json::view(found.value->get_string())
                                                                        : otherwise);
}

Result<Text> compile_text(std::string_view source, Escaping escaping, std::string path) {
  auto compiled = Template::compile(source, escaping);
  if (compiled) return Text{*std::move(compiled), std::move(path)};
  compiled.error().field = std::move(path);
  return std::unexpected(std::move(compiled).error());
}

// A text without a tag needs no rendering.
bool has_tag(std::string_view source) { return source.contains("{{"); }

template <class T>
Status add_text(Plan<T>& plan, std::string T::* member, const Layers& layers, Names names,
                Escaping escaping = Escaping::kNone) {
  Found found = find_member(layers, names);
  if (found.value == nullptr || !found.value->is_string()) return {};
  const std::string_view source = json::view(found.value->get_string());
  if (!has_tag(source)) {
    plan.fixed.*member = source;
    return {};
  }
  plan.slots.push_back({ member, TRY(compile_text(source, escaping, std::move(found.path))) });
  return {};
}

template <class T>
bool says(const Plan<T>& plan, std::string T::* member) {
  return !(plan.fixed.*member).empty() ||
         std::ranges::any_of(plan.slots, [&](const auto& slot) { return slot.member == member; });
}

// What the messages and templates say about all their texts. REQUIRES that the texts are there.
template <class T>
Status add_variables(Plan<T>& plan, const Layers& layers) {
  for (const auto& slot : plan.slots) plan.reads.add(slot.text.compiled.reads());
  for (const auto& entry : plan.entries) plan.reads.add(entry.text.compiled.reads());
  for (const Layer& layer : layers.all) {
    if (const json::object* values = json::find_object(*layer.members, "Substitutions")) {
      plan.substitutions.emplace_back(*values);
    }
    const auto recommending = [](const auto& place) { return place.text.compiled.uses_recommendations(); };
    if (std::ranges::any_of(plan.slots, recommending) || std::ranges::any_of(plan.entries, recommending)) {
      plan.recommender = json::string_or(*layer.members, "RecommenderId", plan.recommender);
    }
    const auto defaults = json::find_string(*layer.members, "DefaultSubstitutions");
    if (!defaults) continue;
    auto parsed = Substitutions::parse(*defaults);
    if (!parsed) return fail(parsed.error().kind, parsed.error().message, layer.path + ".DefaultSubstitutions");
    plan.defaults = *std::move(parsed);
  }
  return {};
}

Layers layers_of(const json::object& configuration, const json::object& templates, std::string_view kind) {
  Layers layers;
  layers.add(configuration, std::string(kind) + "Message", "MessageConfiguration");
  layers.add(templates, std::string(kind) + "Template", "TemplateConfiguration");
  return layers;
}

Status add_header(Plan<Email>& plan, std::string name, std::string_view value, std::string path) {
  const auto same = [&](const EmailHeader& other) { return equals_ignore_case(other.name, name); };
  if (std::ranges::any_of(plan.fixed.headers, same)) return {};
  const EmailHeader header{std::move(name), std::string(value)};
  if (plan.fixed.headers.size() == kEmailHeadersMax) {
    return fail(ErrorKind::kInvalid, "at most 15 headers can be set", std::move(path));
  }
  if (const auto status = check_header(header); !status) {
    return fail(status.error().kind, status.error().message, std::move(path));
  }
  if (has_tag(value)) {
    plan.entries.push_back(
        { plan.fixed.headers.size(), {}, TRY(compile_text(value, Escaping::kNone, std::move(path))) });
  }
  plan.fixed.headers.push_back(header);
  return {};
}

Status add_headers(Plan<Email>& plan, const Layer& layer) {
  for (const std::string_view name : {"SimpleEmail.Headers", "Headers"}) {
    const json::value* list = find_path(*layer.members, name);
    if (list == nullptr || !list->is_array()) continue;
    std::size_t place = 0;
    for (const json::value& header : list->get_array()) {
      std::string path = layer.path + "." + std::string(name) + "[" + std::to_string(place++) + "]";
      if (!header.is_object()) continue;
      TRY(add_header(plan, json::string_or(header.get_object(), "Name"), json::string_or(header.get_object(), "Value"),
                     std::move(path)));
    }
  }
  const json::array* reply_to = json::find_array(*layer.members, "ReplyToAddresses");
  std::string addresses;
  for (std::size_t i = 0; reply_to != nullptr && i < reply_to->size(); ++i) {
    const json::value& address = (*reply_to)[i];
    if (address.is_string()) addresses += (addresses.empty() ? "" : ", ") + std::string(address.get_string());
  }
  return addresses.empty() ? Status() : add_header(plan, "Reply-To", addresses, layer.path + ".ReplyToAddresses");
}

Status add_raw_email(Plan<Email>& plan, const Layers& layers) {
  const Found raw = find_member(layers, {"RawEmail.Data"});
  if (raw.value == nullptr || !raw.value->is_string()) return {};
  auto decoded = from_base64(json::view(raw.value->get_string()));
  if (!decoded || decoded->empty()) return fail(ErrorKind::kInvalid, "a raw e-mail is base64", raw.path);
  plan.fixed.raw = *std::move(decoded);
  return {};
}

// The texts of `Data`, each of which may have variables.
Status add_data(Plan<PushMessage>& plan, const Layers& layers) {
  const Found data = find_member(layers, {"Data"});
  if (data.value == nullptr || !data.value->is_object()) return {};
  for (const auto& [name, value] : data.value->get_object()) {
    if (!value.is_string() || !has_tag(json::view(value.get_string()))) continue;
    plan.entries.push_back({
      0, name, TRY(compile_text(json::view(value.get_string()), Escaping::kNone, data.path + "." + std::string(name)))
    });
  }
  plan.fixed.data["Data"] = *data.value;
  return {};
}

Status add_push_texts(Plan<PushMessage>& plan, const Layers& layers) {
  TRY(add_text(plan, &PushMessage::title, layers, {"Title"}));
  TRY(add_text(plan, &PushMessage::body, layers, {"Body"}));
  TRY(add_text(plan, &PushMessage::url, layers, {"Url"}));
  TRY(add_text(plan, &PushMessage::image_url, layers, {"ImageUrl"}));
  TRY(add_text(plan, &PushMessage::icon_url, layers, {"ImageIconUrl"}));
  TRY(add_text(plan, &PushMessage::small_icon_url, layers, {"SmallImageIconUrl", "ImageSmallIconUrl"}));
  TRY(add_text(plan, &PushMessage::media_url, layers, {"MediaUrl"}));
  TRY(add_text(plan, &PushMessage::sound, layers, {"Sound"}));
  TRY(add_text(plan, &PushMessage::json_body, layers, {"JsonBody"}, Escaping::kJson));
  return add_text(plan, &PushMessage::raw_content, layers, {"RawContent"}, Escaping::kJson);
}

Status add_sender(Plan<Email>& plan, const Layers& layers) {
  plan.fixed.from = fixed_text(layers, {"FromAddress"});
  if (plan.fixed.from.empty()) return {};
  auto mailbox = parse_mailbox(plan.fixed.from);
  if (mailbox) return {};
  return fail(ErrorKind::kInvalid, std::move(mailbox.error().message), find_member(layers, {"FromAddress"}).path);
}

}  // namespace

void Layers::add(const json::object& from, std::string_view member, std::string_view path) {
  if (const json::object* found = json::find_object(from, member)) {
    all.push_back({found, std::string(path) + "." + std::string(member)});
  }
}

Result<std::optional<Plan<Email>>> plan_email(const json::object& configuration, const json::object& templates) {
  const Layers layers = layers_of(configuration, templates, "Email");
  Layers fallback;
  fallback.add(configuration, "DefaultMessage", "MessageConfiguration");
  if (layers.empty() && fallback.empty()) return std::nullopt;
  Plan<Email> plan;
  TRY(add_text(plan, &Email::subject, layers, {"SimpleEmail.Subject.Data", "Title", "Subject"}));
  TRY(add_text(plan, &Email::html, layers, {"SimpleEmail.HtmlPart.Data", "HtmlBody", "HtmlPart"}, Escaping::kHtml));
  TRY(add_text(plan, &Email::text, layers, {"SimpleEmail.TextPart.Data", "Body", "TextPart"}));
  TRY(add_raw_email(plan, layers));
  if (!says(plan, &Email::html) && !says(plan, &Email::text)) {
    TRY(add_text(plan, &Email::text, fallback, {"Body"}));
    if (!says(plan, &Email::subject)) TRY(add_text(plan, &Email::subject, fallback, {"Title"}));
  }
  for (const Layer& layer : layers.all) TRY(add_headers(plan, layer));
  TRY(add_sender(plan, layers));
  plan.fixed.feedback_address = fixed_text(layers, {"FeedbackForwardingAddress"});
  TRY(add_variables(plan, layers));
  TRY(add_variables(plan, fallback));
  plan.body_path = layers.empty() ? "MessageConfiguration.DefaultMessage.Body" : layers.all.front().path;
  return plan;
}

Result<std::optional<Plan<TextMessage>>> plan_sms(const json::object& configuration, const json::object& templates) {
  Layers layers = layers_of(configuration, templates, "SMS");
  layers.add(configuration, "DefaultMessage", "MessageConfiguration");
  if (layers.empty()) return std::nullopt;
  Plan<TextMessage> plan;
  TRY(add_text(plan, &TextMessage::body, layers, {"Body"}));
  TRY(add_text(plan, &TextMessage::media_url, layers, {"MediaUrl"}));
  plan.fixed.message_type = fixed_text(layers, {"MessageType"}, plan.fixed.message_type);
  plan.fixed.origination_number = fixed_text(layers, {"OriginationNumber"});
  plan.fixed.sender_id = fixed_text(layers, {"SenderId"});
  plan.fixed.keyword = fixed_text(layers, {"Keyword"});
  plan.fixed.entity_id = fixed_text(layers, {"EntityId"});
  plan.fixed.template_id = fixed_text(layers, {"TemplateId"});
  TRY(add_variables(plan, layers));
  plan.body_path = layers.all.front().path + ".Body";
  return plan;
}

Result<std::optional<Plan<VoiceMessage>>> plan_voice(const json::object& configuration, const json::object& templates) {
  Layers layers = layers_of(configuration, templates, "Voice");
  layers.add(configuration, "DefaultMessage", "MessageConfiguration");
  if (layers.empty()) return std::nullopt;
  Plan<VoiceMessage> plan;
  TRY(add_text(plan, &VoiceMessage::body, layers, {"Body"}));
  plan.fixed.language_code = fixed_text(layers, {"LanguageCode"});
  plan.fixed.voice_id = fixed_text(layers, {"VoiceId"});
  plan.fixed.origination_number = fixed_text(layers, {"OriginationNumber"});
  TRY(add_variables(plan, layers));
  plan.body_path = layers.all.front().path + ".Body";
  return plan;
}

Result<std::optional<Plan<CustomMessage>>> plan_custom(const json::object& configuration) {
  Layers layers;
  layers.add(configuration, "CustomMessage", "MessageConfiguration");
  if (layers.empty()) return std::nullopt;
  Plan<CustomMessage> plan;
  plan.body_path = layers.all.front().path + ".Data";
  if (fixed_text(layers, {"Data"}).size() > kCustomBytesMax) {
    return fail(ErrorKind::kInvalid, "a custom message can have at most 5 KB of data", plan.body_path);
  }
  TRY(add_text(plan, &CustomMessage::data, layers, {"Data"}));
  return plan;
}

Result<std::optional<Plan<PushMessage>>> plan_push(const json::object& configuration, const json::object& templates,
                                                   std::string_view platform) {
  static constexpr std::string_view kFurther[] = {"APNSPushType", "Badge",
                                                  "Category",     "CollapseId",
                                                  "CollapseKey",  "ConsolidationKey",
                                                  "ExpiresAfter", "IconReference",
                                                  "MD5",          "PreferredAuthenticationMethod",
                                                  "Priority",     "RestrictedPackageName",
                                                  "ThreadId"};
  static const json::object kNone;
  const json::object* content = json::find_object(templates, "PushTemplate");
  const json::object& push_template = content == nullptr ? kNone : *content;
  constexpr std::string_view kTemplatePath = "TemplateConfiguration.PushTemplate";
  Layers layers;
  layers.add(configuration, std::string(platform) + "Message", "MessageConfiguration");
  layers.add(push_template, platform, kTemplatePath);
  layers.add(configuration, "DefaultPushNotificationMessage", "MessageConfiguration");
  layers.add(push_template, "Default", kTemplatePath);
  layers.add(configuration, "DefaultMessage", "MessageConfiguration");
  if (layers.empty()) return std::nullopt;
  Plan<PushMessage> plan;
  TRY(add_push_texts(plan, layers));
  TRY(add_data(plan, layers));
  plan.fixed.action = fixed_text(layers, {"Action"}, plan.fixed.action);
  const Found silent = find_member(layers, {"SilentPush"});
  plan.fixed.silent = silent.value != nullptr && silent.value->is_bool() && silent.value->get_bool();
  for (const Layer& layer : layers.all) {
    if (!plan.fixed.time_to_live) plan.fixed.time_to_live = json::find_integer(*layer.members, "TimeToLive");
  }
  for (const std::string_view name : kFurther) {
    if (const Found found = find_member(layers, {name}); found.value != nullptr) plan.fixed.data[name] = *found.value;
  }
  TRY(add_variables(plan, layers));
  if (content != nullptr) TRY(add_variables(plan, Layers{{{content, std::string(kTemplatePath)}}}));
  plan.body_path = layers.all.front().path + ".Body";
  return plan;
}

std::optional<json::object> plan_in_app(const json::object& configuration, const json::object& templates) {
  const Layers layers = layers_of(configuration, templates, "InApp");
  if (layers.empty()) return std::nullopt;
  json::object message;
  for (const std::string_view name : {"Content", "CustomConfig", "Layout"}) {
    if (const Found found = find_member(layers, {name}); found.value != nullptr) message[name] = *found.value;
  }
  return message;
}

}  // namespace rapport::messages
