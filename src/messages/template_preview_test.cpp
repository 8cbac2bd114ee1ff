#include "messages/template_preview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapport::messages {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Timestamp kNow{1'700'000'000 * kMicrosPerSecond};

json::object ana() {
  return {{"Address", "ana@example.com"},
          {"User", json::object{{"UserAttributes", json::object{{"Name", json::array{"Ana"}}}}}},
          {"Attributes", json::object{{"films", json::array{"Alien", "Brazil"}}}}};
}

TEST(TemplatePreviewTest, RendersEveryPartForSomebody) {
  const json::object content = {{"Subject", "Hi {{User.UserAttributes.Name}}"},
                                {"HtmlPart", "<p>{{Attributes.city}} & {{User.UserAttributes.Name}}</p>"},
                                {"DefaultSubstitutions", R"({"Attributes.city":"<here>"})"}};
  const TemplatePreview preview = preview_template(TemplateType::kEmail, content, ana(), kNow);
  EXPECT_THAT(preview.problems, IsEmpty());
  ASSERT_EQ(preview.parts.size(), 2U);
  EXPECT_EQ(preview.parts[0].name, "Subject");
  EXPECT_EQ(preview.parts[0].text, "Hi Ana");
  EXPECT_EQ(preview.parts[1].text, "<p>&lt;here&gt; & Ana</p>");
  ASSERT_EQ(preview.messages.size(), 1U);
  EXPECT_EQ(preview.messages[0].channel_type, "EMAIL");
  EXPECT_GT(preview.email_bytes.value(), 100);
  EXPECT_FALSE(preview.sms);
}

TEST(TemplatePreviewTest, TellsWhichVariablesAreMissing) {
  const json::object content = {
      {"Body",
       "{{User.UserAttributes.Name}} {{Attributes.city}} {{#if Metrics.points}}{{upper Attributes.team}}{{/if}}"
       "{{#each Attributes.films}}{{this}} {{title}}{{/each}}"},
      {"DefaultSubstitutions", R"({"Attributes.city":"Rome"})"}};
  const TemplatePreview preview = preview_template(TemplateType::kSms, content, ana(), kNow);
  std::vector<std::string> shown;
  for (const PreviewVariable& variable : preview.variables) {
    shown.push_back(variable.name + "=" + variable.value.value_or("-") + "/" + variable.default_value.value_or("-") +
                    (variable.is_missing ? " missing" : ""));
    EXPECT_THAT(variable.parts, ElementsAre("Body"));
  }
  EXPECT_THAT(shown,
              ElementsAre("Attributes.city=-/Rome", "Attributes.films=Alien, Brazil/-", "Attributes.team=-/- missing",
                          "Metrics.points=-/- missing", "User.UserAttributes.Name=Ana/-"));
}

TEST(TemplatePreviewTest, SaysWhereATemplateIsWrongAndRendersTheRest) {
  const json::object content = {{"Subject", "fine"}, {"TextPart", "one\ntwo {{#if x}} three"}};
  const TemplatePreview preview = preview_template(TemplateType::kEmail, content, {}, kNow);
  ASSERT_EQ(preview.problems.size(), 1U);
  EXPECT_EQ(preview.problems[0].part, "TextPart");
  EXPECT_EQ(preview.problems[0].line, 2);
  EXPECT_GT(preview.problems[0].column, 0);
  EXPECT_TRUE(preview.problems[0].is_error);
  EXPECT_EQ(preview.problems[0].message.find("line"), std::string::npos);
  ASSERT_EQ(preview.parts.size(), 1U);
  EXPECT_THAT(preview.messages, IsEmpty());
  const TemplatePreview broken =
      preview_template(TemplateType::kSms, {{"Body", "hi"}, {"DefaultSubstitutions", "[]"}}, {}, kNow);
  EXPECT_EQ(broken.problems.at(0).part, "DefaultSubstitutions");
  const TemplatePreview too_long = preview_template(TemplateType::kSms, {{"Body", std::string(1'601, 'x')}}, {}, kNow);
  EXPECT_THAT(too_long.problems.at(0).message, HasSubstr("too long"));
}

TEST(TemplatePreviewTest, ShowsWhatEachPlatformGets) {
  const json::object content = {{"Default", json::object{{"Title", "all {{Address}}"}, {"Body", "b"}}},
                                {"APNS", json::object{{"Title", "apple"}}}};
  const TemplatePreview preview = preview_template(TemplateType::kPush, content, ana(), kNow);
  std::map<std::string, std::string> titles;
  for (const PreviewMessage& message : preview.messages) titles[message.channel_type] = message.parts.at(0).text;
  EXPECT_EQ(titles.at("GCM"), "all ana@example.com");
  EXPECT_EQ(titles.at("APNS"), "apple");
  EXPECT_EQ(preview.parts.size(), 3U);
  EXPECT_EQ(preview.parts[0].name, "Default.Title");
}

TEST(TemplatePreviewTest, WarnsOfWhatIsKnownWhenItIsSent) {
  const json::object content = {{"Body", "{{Recommendations.[0]}}"}, {"RecommenderId", "r"}};
  const TemplatePreview preview = preview_template(TemplateType::kSms, content, ana(), kNow);
  ASSERT_FALSE(preview.problems.empty());
  for (const PreviewProblem& problem : preview.problems) EXPECT_FALSE(problem.is_error) << problem.message;
  EXPECT_FALSE(preview.variables.at(0).is_missing);
}

// TS 23.038: 160 septets, or 153 in each of several parts; characters of the extension take two.
TEST(SmsSizeTest, FollowsTheAlphabets) {
  const auto shown = [](const std::string& text) {
    const SmsSize size = sms_size(text);
    return std::string(size.encoding == SmsEncoding::kGsm7 ? "gsm " : "ucs ") + std::to_string(size.places) + " " +
           std::to_string(size.segments);
  };
  EXPECT_EQ(shown(""), "gsm 0 1");
  EXPECT_EQ(shown(std::string(160, 'a')), "gsm 160 1");
  EXPECT_EQ(shown(std::string(161, 'a')), "gsm 161 2");
  EXPECT_EQ(shown(std::string(306, 'a')), "gsm 306 2");
  EXPECT_EQ(shown(std::string(307, 'a')), "gsm 307 3");
  EXPECT_EQ(shown("é€"), "gsm 3 1");
  EXPECT_EQ(shown(std::string(152, 'a') + "€" + std::string(10, 'a')), "gsm 164 2");
  EXPECT_EQ(shown(std::string(152, 'a') + "€" + std::string(152, 'a')), "gsm 306 3");
  EXPECT_EQ(shown("`"), "ucs 1 1");
  EXPECT_EQ(shown("日本"), "ucs 2 1");
  std::string smiles;
  for (int i = 0; i < 36; ++i) smiles += "😀";
  EXPECT_EQ(shown(smiles), "ucs 72 2");
}

}  // namespace
}  // namespace rapport::messages
