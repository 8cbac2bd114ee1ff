#include "messages/template_check.h"

#include <gtest/gtest.h>

#include <string>

namespace rapport::messages {
namespace {

// The member at fault, or "none".
std::string fault(TemplateType type, std::string_view content) {
  const auto status = check_template(type, json::parse(content).value().as_object());
  return status ? "none" : status.error().field;
}

std::string body_of(std::size_t characters) {
  std::string text;
  for (std::size_t i = 0; i < characters; ++i) text += "ä";
  return R"({"Body":")" + text + "\"}";
}

TEST(TemplateCheck, TakesEveryType) {
  EXPECT_EQ(
      fault(TemplateType::kEmail, R"({"Subject":"{{x}}","HtmlPart":"<b>","Headers":[{"Name":"X-A","Value":"{{Id}}"}],
      "DefaultSubstitutions":"{\"x\":\"y\"}"})"),
      "none");
  EXPECT_EQ(fault(TemplateType::kSms, body_of(1600)), "none");
  EXPECT_EQ(fault(TemplateType::kVoice, body_of(10'000)), "none");
  EXPECT_EQ(fault(TemplateType::kPush, R"({"Default":{"Title":"{{x}}"},"APNS":{"RawContent":"{\"a\":{\"b\":1}}"}})"),
            "none");
  EXPECT_EQ(fault(TemplateType::kInApp, R"({"Content":[{},{},{},{},{}],"Layout":"CAROUSEL"})"), "none");
}

TEST(TemplateCheck, NamesTheTextThatIsNone) {
  EXPECT_EQ(fault(TemplateType::kEmail, R"({"Subject":"{{"})"), "Subject");
  EXPECT_EQ(fault(TemplateType::kEmail, R"({"HtmlPart":"{{#if x}}"})"), "HtmlPart");
  EXPECT_EQ(fault(TemplateType::kEmail, R"({"Headers":[{"Name":"X-A","Value":"{{/x}}"}]})"), "Headers");
  EXPECT_EQ(fault(TemplateType::kEmail, R"({"Headers":[{"Name":"Subject","Value":"x"}]})"), "Headers");
  EXPECT_EQ(fault(TemplateType::kSms, R"({"Body":"{{nosuch 1}}"})"), "Body");
  EXPECT_EQ(fault(TemplateType::kSms, R"({"DefaultSubstitutions":"[]"})"), "DefaultSubstitutions");
  EXPECT_EQ(fault(TemplateType::kVoice, R"({"Body":"{{#if RecommendationItems.[0]}}x{{/if}}"})"), "Body");
  EXPECT_EQ(fault(TemplateType::kPush, R"({"Baidu":{"Title":"{{"}})"), "Baidu.Title");
  EXPECT_EQ(
      fault(TemplateType::kPush, R"({"APNS":{"Body":"x"},"ADM":{"Body":"x"},"GCM":{"Body":"x"},"Baidu":{"Body":"x"},
      "Default":{"Body":"{{"}})"),
      "Default.Body");
}

TEST(TemplateCheck, HoldsTheLimits) {
  EXPECT_EQ(fault(TemplateType::kEmail, R"({"HtmlPart":")" + std::string(600'001, 'x') + "\"}"), "HtmlPart");
  EXPECT_EQ(fault(TemplateType::kEmail, R"({"Headers":[{"Name":"X-A","Value":")" + std::string(871, 'x') + "\"}]}"),
            "Headers");
  std::string headers = R"({"Name":"X-A","Value":"b"})";
  for (int i = 0; i < 15; ++i) headers += R"(,{"Name":"X-A","Value":"b"})";
  EXPECT_EQ(fault(TemplateType::kEmail, "{\"Headers\":[" + headers + "]}"), "Headers");
  EXPECT_EQ(fault(TemplateType::kSms, body_of(1601)), "Body");
  EXPECT_EQ(fault(TemplateType::kVoice, body_of(10'001)), "Body");
  EXPECT_EQ(fault(TemplateType::kPush, R"({"GCM":)" + body_of(4001) + "}"), "GCM.Body");
  EXPECT_EQ(fault(TemplateType::kPush, R"({"ADM":)" + body_of(6000) + "}"), "none");
  EXPECT_EQ(fault(TemplateType::kPush, R"({"ADM":)" + body_of(6001) + "}"), "ADM.Body");
  EXPECT_EQ(fault(TemplateType::kInApp, R"({"Content":[{},{},{},{},{},{}]})"), "Content");
  EXPECT_EQ(fault(TemplateType::kInApp, R"({"CustomConfig":{"a":")" + std::string(200'000, 'x') + "\"}}"), "Content");
  EXPECT_EQ(fault(TemplateType::kSms, R"({"TemplateDescription":")" + std::string(501, 'x') + "\"}"),
            "TemplateDescription");
}

}  // namespace
}  // namespace rapport::messages
