#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pinpoint/fixture_test.h"

namespace rapport::pinpoint {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kTarget = "/v1/templates/welcome/email";
constexpr std::string_view kContent =
    R"({"Subject":"Hello {{User.UserAttributes.Name}}","HtmlPart":"<p>{{Address}}</p>","TextPart":"t",)"
    R"("Headers":[{"Name":"X-A","Value":"b"}],"DefaultSubstitutions":"{\"User.UserAttributes.Name\":\"friend\"}",)"
    R"("TemplateDescription":"d","tags":{"team":"crm"}})";

class TemplatesTest : public ServiceTest {
 protected:
  json::object create(const std::string& name = "welcome") {
    return body({"CreateEmailTemplate", "POST", "/v1/templates/" + name + "/email", "CreateTemplateMessageBody",
                 std::string(kContent)},
                201);
  }
  json::object read(const std::string& query = "") {
    return body({"GetEmailTemplate", "GET", std::string(kTarget) + query, "EmailTemplateResponse"});
  }
  void update(const std::string& query, const std::string& subject) {
    EXPECT_EQ(body({"UpdateEmailTemplate", "PUT", std::string(kTarget) + query, "MessageBody",
                    R"({"TextPart":"t","Subject":")" + subject + "\"}"},
                   202),
              (json::object{{"Message", "Accepted"}, {"RequestID", "request-1"}}));
  }
};

TEST_F(TemplatesTest, AreCreatedAndRead) {
  EXPECT_EQ(create(),
            (json::object{{"Message", "Created"},
                          {"RequestID", "request-1"},
                          {"Arn", "arn:aws:mobiletargeting:us-east-1:111122223333:templates/welcome/EMAIL"}}));
  const auto stored = read();
  EXPECT_EQ(stored.at("Arn"), "arn:aws:mobiletargeting:us-east-1:111122223333:templates/welcome/EMAIL");
  EXPECT_EQ(stored.at("TemplateName"), "welcome");
  EXPECT_EQ(stored.at("TemplateType"), "EMAIL");
  EXPECT_EQ(stored.at("Version"), "1");
  EXPECT_EQ(stored.at("Subject"), "Hello {{User.UserAttributes.Name}}");
  EXPECT_EQ(stored.at("Headers").as_array().size(), 1U);
  EXPECT_EQ(stored.at("tags"), (json::object{{"team", "crm"}}));
  EXPECT_EQ(stored.at("CreationDate").as_string(), format_iso8601(clock_.now()));
  EXPECT_EQ(send({"CreateEmailTemplate", "POST", std::string(kTarget), "", std::string(kContent)}).status, 400);
  expect_error({"GetEmailTemplate", "GET", "/v1/templates/none/email", ""}, 404, "Template not found");
  expect_error({"GetEmailTemplate", "GET", std::string(kTarget) + "?version=7", ""}, 404, "Template version not found");
}

TEST_F(TemplatesTest, AreRefusedWithThePositionOfTheMistake) {
  const auto response =
      send({"CreateEmailTemplate", "POST", std::string(kTarget), "", R"({"Subject":"s","HtmlPart":"<p>\n{{#if x}}"})"});
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("HtmlPart"));
  EXPECT_THAT(response.body, HasSubstr("template line 2"));
}

TEST_F(TemplatesTest, HaveVersions) {
  create();
  update("", "one b");
  update("?create-new-version=true", "two");
  EXPECT_EQ(read().at("Subject"), "one b");
  EXPECT_EQ(read("?version=2").at("Subject"), "two");
  EXPECT_EQ(send({"UpdateEmailTemplate", "PUT", std::string(kTarget) + "?version=1", "", "{}"}).status, 400);
  EXPECT_EQ(send({"UpdateEmailTemplate", "PUT", std::string(kTarget) + "?version=2&create-new-version=true", "", "{}"})
                .status,
            400);
  const std::string active = "/v1/templates/welcome/EMAIL/active-version";
  body({"UpdateTemplateActiveVersion", "PUT", active, "MessageBody", R"({"Version":"latest"})"});
  EXPECT_EQ(read().at("Subject"), "two");
  expect_error({"UpdateTemplateActiveVersion", "PUT", active, "", R"({"Version":"9"})"}, 404,
               "Template version not found");
  EXPECT_EQ(send({"UpdateTemplateActiveVersion", "PUT", active, "", "{}"}).status, 400);
  const auto versions =
      body({"ListTemplateVersions", "GET", "/v1/templates/welcome/email/versions", "TemplateVersionsResponse"});
  ASSERT_EQ(versions.at("Item").as_array().size(), 2U);
  EXPECT_EQ(versions.at("Item").at(0).at("Version"), "2");
  EXPECT_EQ(send({"ListTemplateVersions", "GET", "/v1/templates/welcome/fax/versions", ""}).status, 400);
}

TEST_F(TemplatesTest, AreListedInPages) {
  create("news-1");
  create("news-2");
  create("other");
  const auto first =
      body({"ListTemplates", "GET", "/v1/templates?prefix=news&page-size=1&template-type=EMAIL", "TemplatesResponse"});
  ASSERT_EQ(first.at("Item").as_array().size(), 1U);
  EXPECT_EQ(first.at("Item").at(0).at("TemplateName"), "news-1");
  EXPECT_EQ(first.at("Item").at(0).as_object().if_contains("Arn"), nullptr);
  const std::string token(first.at("NextToken").as_string());
  const auto second =
      body({"ListTemplates", "GET", "/v1/templates?prefix=news&page-size=1&next-token=" + token, "TemplatesResponse"});
  EXPECT_EQ(second.at("Item").at(0).at("TemplateName"), "news-2");
  EXPECT_EQ(second.if_contains("NextToken"), nullptr);
}

TEST_F(TemplatesTest, AreDeleted) {
  create();
  update("?create-new-version=true", "two");
  body({"DeleteEmailTemplate", "DELETE", std::string(kTarget) + "?version=2", "MessageBody"}, 202);
  EXPECT_EQ(read().at("Version"), "1");
  body({"DeleteEmailTemplate", "DELETE", std::string(kTarget), "MessageBody"}, 202);
  expect_error({"GetEmailTemplate", "GET", std::string(kTarget), ""}, 404, "Template not found");
  expect_error({"DeleteEmailTemplate", "DELETE", std::string(kTarget), ""}, 404, "Template not found");
}

// One of each other type: what it is made of, and what is refused.
struct Kind {
  std::string operation;
  std::string path;
  std::string response;
  std::string created;
  std::string content;
  std::string wrong;
  std::string fault;
};

const Kind kOthers[] = {
    {"Sms", "sms", "SMSTemplateResponse", "CreateTemplateMessageBody",
     R"({"Body":"{{x}}","DefaultSubstitutions":"{}"})", R"({"Body":"a\n{{#if"})", "Body"},
    {"Push", "push", "PushNotificationTemplateResponse", "CreateTemplateMessageBody",
     R"({"Default":{"Title":"t","Action":"DEEP_LINK","Url":"a://b"},"APNS":{"Body":"{{x}}"}})",
     R"({"GCM":{"Title":"\n{{"}})", "GCM.Title"},
    {"Voice", "voice", "VoiceTemplateResponse", "CreateTemplateMessageBody",
     R"({"Body":"{{x}}","LanguageCode":"en-US","VoiceId":"Amy"})", R"({"Body":"\n{{"})", "Body"},
    {"InApp", "inapp", "InAppTemplateResponse", "TemplateCreateMessageBody",
     R"({"Content":[{"ImageUrl":"u","BodyConfig":{"Alignment":"LEFT","Body":"b","TextColor":"#000000"}}],"Layout":"OVERLAYS"})",
     R"({"Content":[{},{},{},{},{},{}]})", "Content"}};

TEST_F(TemplatesTest, OfEveryTypeAreKeptApart) {
  create();
  for (const Kind& kind : kOthers) {
    const std::string target = "/v1/templates/welcome/" + kind.path;
    const auto name = [&](std::string_view verb) { return std::string(verb) + kind.operation + "Template"; };
    expect_error({name("Get"), "GET", target, ""}, 404, "Template not found");
    body({name("Create"), "POST", target, kind.created, kind.content}, 201);
    const auto stored = body({name("Get"), "GET", target, kind.response});
    const json::object content = json::parse(kind.content).value().as_object();
    for (const auto& [member, value] : content) EXPECT_EQ(stored.at(member), value);
    EXPECT_EQ(stored.at("TemplateName"), "welcome");
    EXPECT_EQ(send({name("Create"), "POST", target, "", kind.content}).status, 400);
    const auto refused = send({name("Update"), "PUT", target, "", kind.wrong});
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr(kind.fault));
    EXPECT_EQ(refused.body.contains("template line 2"), kind.path != "inapp") << refused.body;
    body({name("Update"), "PUT", target + "?create-new-version=true", "MessageBody", kind.content}, 202);
    EXPECT_EQ(body({name("Get"), "GET", target + "?version=2", kind.response}).at("Version"), "2");
    body({name("Delete"), "DELETE", target, "MessageBody"}, 202);
    expect_error({name("Delete"), "DELETE", target, ""}, 404, "Template not found");
  }
  EXPECT_EQ(read().at("TemplateType"), "EMAIL");
}

}  // namespace
}  // namespace rapport::pinpoint
