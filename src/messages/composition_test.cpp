#include "messages/composition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapport::messages {
namespace {

json::object document(std::string_view text) { return json::parse(text).value().as_object(); }

const json::object kEndpoint =
    document(R"({"Id":"e1","Attributes":{"team":["Lions"]},"User":{"UserAttributes":{"Name":["Ana \"A\" <b>"]}}})");

template <class T>
T rendered(std::string_view channel, std::string_view configuration, std::string_view templates = "{}",
           std::string_view overrides = "{}") {
  const auto composition = Composition::compile(document(configuration), document(templates)).value();
  const auto recipient = RecipientOverrides::read(document(overrides));
  const auto message = composition.render(channel, kEndpoint, Timestamp{}, &recipient).value();
  return std::get<T>(message.value());
}

std::string compile_error(std::string_view configuration, std::string_view templates = "{}") {
  const auto composition = Composition::compile(document(configuration), document(templates));
  return composition ? "none" : composition.error().field;
}

TEST(Composition, MakesAnEmailOfEitherForm) {
  const auto campaign = rendered<Email>("EMAIL", R"({"EmailMessage":{"Title":"Hi {{Attributes.team}}",
      "HtmlBody":"<p>{{User.UserAttributes.Name}}</p>","Body":"{{User.UserAttributes.Name}}",
      "FromAddress":"a@example.com","Headers":[{"Name":"X-Id","Value":"{{Id}}"}]}})");
  EXPECT_EQ(campaign.subject, "Hi Lions");
  EXPECT_EQ(campaign.html, "<p>Ana &quot;A&quot; &lt;b&gt;</p>");
  EXPECT_EQ(campaign.text, "Ana \"A\" <b>");
  EXPECT_EQ(campaign.from, "a@example.com");
  ASSERT_EQ(campaign.headers.size(), 1u);
  EXPECT_EQ(campaign.headers[0].value, "e1");

  const auto direct = rendered<Email>("EMAIL", R"({"EmailMessage":{"SimpleEmail":{"Subject":{"Data":"S {{x}}"},
      "TextPart":{"Charset":"UTF-8","Data":"T"}},"ReplyToAddresses":["r@example.com","s@example.com"],
      "FeedbackForwardingAddress":"f@example.com","Substitutions":{"x":["y"]}}})");
  EXPECT_EQ(direct.subject, "S y");
  EXPECT_EQ(direct.text, "T");
  EXPECT_EQ(direct.headers.at(0).value, "r@example.com, s@example.com");
  EXPECT_EQ(direct.feedback_address, "f@example.com");
  EXPECT_EQ(rendered<Email>("EMAIL", R"({"EmailMessage":{"RawEmail":{"Data":"SGVsbG8="}}})").raw, "Hello");
}

TEST(Composition, SaysWhatEachChannelIsToSay) {
  constexpr std::string_view kAll = R"({"DefaultMessage":{"Body":"default {{Id}}"},
      "DefaultPushNotificationMessage":{"Title":"push title","Body":"push","Data":{"k":"{{Id}}","f":"x"}},
      "APNSMessage":{"Body":"apple","Badge":3,"TimeToLive":0,"Priority":"5"},"GCMMessage":{"RawContent":"{\"n\":\"{{User.UserAttributes.Name}}\"}"},
      "SMSMessage":{"MessageType":"PROMOTIONAL","SenderId":"ME"},"CustomMessage":{"Data":"d {{Id}}"}})";
  const auto apple = rendered<PushMessage>("APNS_VOIP_SANDBOX", kAll);
  EXPECT_EQ(apple.body, "apple");
  EXPECT_EQ(apple.title, "push title");
  EXPECT_EQ(apple.time_to_live, 0);
  EXPECT_EQ(json::serialize(apple.data), R"({"Data":{"k":"e1","f":"x"},"Badge":3,"Priority":"5"})");
  EXPECT_EQ(rendered<PushMessage>("GCM", kAll).raw_content, R"({"n":"Ana \"A\" <b>"})");
  EXPECT_EQ(rendered<PushMessage>("BAIDU", kAll).body, "push");
  const auto sms = rendered<TextMessage>("SMS", kAll);
  EXPECT_EQ(sms.body, "default e1");
  EXPECT_EQ(sms.message_type, "PROMOTIONAL");
  EXPECT_EQ(sms.sender_id, "ME");
  EXPECT_EQ(rendered<VoiceMessage>("VOICE", kAll).body, "default e1");
  EXPECT_EQ(rendered<Email>("EMAIL", kAll).text, "default e1");
  EXPECT_EQ(rendered<CustomMessage>("CUSTOM", kAll).data, "d e1");
}

TEST(Composition, HasNothingForOtherChannels) {
  const auto composition = Composition::compile(document(R"({"SMSMessage":{"Body":"x"}})")).value();
  EXPECT_TRUE(composition.has_message_for("SMS"));
  for (const std::string_view channel : {"EMAIL", "APNS", "GCM", "CUSTOM", "VOICE", "IN_APP", "LINE", ""}) {
    EXPECT_FALSE(composition.has_message_for(channel)) << channel;
    EXPECT_FALSE(composition.render(channel, kEndpoint, Timestamp{}).value()) << channel;
  }
  EXPECT_EQ(composition.in_app(), nullptr);
}

TEST(Composition, PutsTemplatesUnderWhatIsSaidInline) {
  constexpr std::string_view kTemplates = R"({
      "EmailTemplate":{"Subject":"T {{n}}","HtmlPart":"H","DefaultSubstitutions":"{\"n\":\"default\"}"},
      "SMSTemplate":{"Body":"template {{Attributes.team}}{{n}}","DefaultSubstitutions":"{\"n\":\"default\"}"},
      "PushTemplate":{"Default":{"Title":"dt","Body":"db {{n}}"},"APNS":{"Body":"ab"},"DefaultSubstitutions":"{\"n\":\"1\"}"},
      "InAppTemplate":{"Layout":"OVERLAYS","Content":[{"ImageUrl":"u"}]}})";
  EXPECT_EQ(rendered<TextMessage>("SMS", R"({"SMSMessage":{"SenderId":"X"}})", kTemplates).body,
            "template Lionsdefault");
  EXPECT_EQ(rendered<TextMessage>("SMS", R"({"SMSMessage":{"Body":"inline"}})", kTemplates).body, "inline");
  const auto email = rendered<Email>("EMAIL", R"({"EmailMessage":{"FromAddress":"f@example.com"},
      "DefaultMessage":{"Body":"d"}})",
                                     kTemplates);
  EXPECT_EQ(email.subject, "T default");
  EXPECT_EQ(email.html + email.text + email.from, "Hf@example.com");
  EXPECT_EQ(rendered<PushMessage>("APNS", "{}", kTemplates).body, "ab");
  EXPECT_EQ(rendered<PushMessage>("APNS", "{}", kTemplates).title, "dt");
  EXPECT_EQ(rendered<PushMessage>("ADM", "{}", kTemplates).body, "db 1");
  const auto composition = Composition::compile({}, document(kTemplates)).value();
  EXPECT_EQ(json::serialize(*composition.in_app()), R"({"Content":[{"ImageUrl":"u"}],"Layout":"OVERLAYS"})");
}

TEST(Composition, TakesWhatARecipientGetsInstead) {
  constexpr std::string_view kMessage = R"({"SMSMessage":{"Body":"b {{n}}","Substitutions":{"n":["message"]}},
      "DefaultPushNotificationMessage":{"Title":"t","Body":"b"},
      "EmailMessage":{"SimpleEmail":{"Subject":{"Data":"s"},"HtmlPart":{"Data":"h"}}}})";
  EXPECT_EQ(rendered<TextMessage>("SMS", kMessage).body, "b message");
  EXPECT_EQ(rendered<TextMessage>("SMS", kMessage, "{}", R"({"Substitutions":{"n":["mine"]}})").body, "b mine");
  EXPECT_EQ(rendered<TextMessage>("SMS", kMessage, "{}", R"({"BodyOverride":"o {{n}}"})").body, "o message");
  const auto push = rendered<PushMessage>(
      "GCM", kMessage, "{}", R"({"BodyOverride":"B","TitleOverride":"T","RawContent":"{}","Context":{"k":"v"}})");
  EXPECT_EQ(push.title + push.body + push.raw_content, "TB{}");
  EXPECT_EQ(json::serialize(push.data), R"({"Context":{"k":"v"}})");
  const auto email = rendered<Email>("EMAIL", kMessage, "{}", R"({"BodyOverride":"<b>","TitleOverride":"T\nX: y"})");
  EXPECT_EQ(email.subject + "|" + email.html + "|" + email.text, "T X: y|<b>|");
}

TEST(Composition, NamesTheMemberAtFault) {
  EXPECT_EQ(compile_error(R"({"SMSMessage":{"Body":"{{"}})"), "MessageConfiguration.SMSMessage.Body");
  EXPECT_EQ(compile_error(R"({"EmailMessage":{"SimpleEmail":{"HtmlPart":{"Data":"{{#if x}}"}}}})"),
            "MessageConfiguration.EmailMessage.SimpleEmail.HtmlPart.Data");
  EXPECT_EQ(
      compile_error(R"({"EmailMessage":{"Headers":[{"Name":"X-A","Value":"1"},{"Name":"Subject","Value":"x"}]}})"),
      "MessageConfiguration.EmailMessage.Headers[1]");
  EXPECT_EQ(compile_error("{}", R"({"PushTemplate":{"GCM":{"Title":"{{nosuch x}}"}}})"),
            "TemplateConfiguration.PushTemplate.GCM.Title");
  EXPECT_EQ(compile_error(R"({"EmailMessage":{"Body":"b","FromAddress":"x\r\nBcc: y@example.com"}})"),
            "MessageConfiguration.EmailMessage.FromAddress");
  EXPECT_EQ(compile_error(R"({"CustomMessage":{"Data":")" + std::string(6000, 'x') + "\"}}"),
            "MessageConfiguration.CustomMessage.Data");
  EXPECT_EQ(compile_error(R"({"EmailMessage":{"RawEmail":{"Data":"*"}}})"),
            "MessageConfiguration.EmailMessage.RawEmail.Data");
  const auto composition = Composition::compile(document(R"({"SMSMessage":{"Body":"{{divide 1 0}}"}})")).value();
  EXPECT_EQ(composition.render("SMS", {}, Timestamp{}).error().field, "MessageConfiguration.SMSMessage.Body");
  const auto blank = Composition::compile(document(R"({"SMSMessage":{"Body":"{{none}}"}})")).value();
  EXPECT_EQ(blank.render("SMS", {}, Timestamp{}).error().field, "MessageConfiguration.SMSMessage.Body");
}

}  // namespace
}  // namespace rapport::messages
