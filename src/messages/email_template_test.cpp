#include "messages/email_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapport::messages {
namespace {

EmailContent example() {
  return email_content(json::parse(R"({
    "Subject":"Hello {{User.UserAttributes.Name}}","HtmlPart":"<p>{{User.UserAttributes.Name}}</p>",
    "TextPart":"{{User.UserAttributes.Name}}",
    "Headers":[{"Name":"List-Unsubscribe","Value":"<https://x.example/u?e={{Id}}>"}],
    "DefaultSubstitutions":"{\"User.UserAttributes.Name\":\"friend\"}"})")
                           .value()
                           .as_object());
}

json::object endpoint(std::string_view name) {
  return {{"Id", "e1"}, {"User", {{"UserAttributes", {{"Name", json::array{name}}}}}}};
}

TEST(EmailTemplate, RendersEveryPart) {
  const auto compiled = EmailTemplate::compile(example()).value();
  const Email email = compiled.render(endpoint("A&B")).value();
  EXPECT_EQ(email.subject, "Hello A&B");
  EXPECT_EQ(email.html, "<p>A&amp;B</p>");
  EXPECT_EQ(email.text, "A&B");
  ASSERT_EQ(email.headers.size(), 1u);
  EXPECT_EQ(email.headers[0].value, "<https://x.example/u?e=e1>");
  EXPECT_EQ(compiled.render({}).value().subject, "Hello friend");
}

TEST(EmailTemplate, TakesOverrides) {
  const Substitutions mine(json::object{{"User.UserAttributes.Name", json::array{"Mine"}}});
  const Substitutions* const overrides[] = {&mine};
  EXPECT_EQ(EmailTemplate::compile(example())->render(endpoint("A"), overrides)->subject, "Hello Mine");
}

TEST(EmailTemplate, KeepsDataOutOfHeaders) {
  const Email email = EmailTemplate::compile(example())->render(endpoint("A\r\nBcc: b@example.com")).value();
  EXPECT_EQ(email.subject, "Hello A  Bcc: b@example.com");
}

TEST(EmailTemplate, NamesThePartAtFault) {
  const auto field_of = [](auto change) {
    EmailContent content = example();
    change(content);
    const auto compiled = EmailTemplate::compile(content);
    return compiled ? "none" : compiled.error().field;
  };
  EXPECT_EQ(field_of([](EmailContent& c) { c.subject = "{{"; }), "Subject");
  EXPECT_EQ(field_of([](EmailContent& c) { c.html = "{{#if x}}"; }), "HtmlPart");
  EXPECT_EQ(field_of([](EmailContent& c) { c.text = "{{nosuch 1}}"; }), "TextPart");
  EXPECT_EQ(field_of([](EmailContent& c) { c.headers[0].value = "{{/x}}"; }), "Headers");
  EXPECT_EQ(field_of([](EmailContent& c) { c.headers[0].name = "Subject"; }), "Headers");
  EXPECT_EQ(field_of([](EmailContent& c) { c.headers[0].value = std::string(871, 'x'); }), "Headers");
  EXPECT_EQ(field_of([](EmailContent& c) { c.headers.resize(16, {"X-A", "b"}); }), "Headers");
  EXPECT_EQ(field_of([](EmailContent& c) { c.default_substitutions = "x"; }), "DefaultSubstitutions");
  EXPECT_EQ(field_of([](EmailContent& c) { c.html = std::string(600'001, 'x'); }), "HtmlPart");
  EXPECT_EQ(field_of([](EmailContent& c) { c.html.clear(); }), "none");
}

}  // namespace
}  // namespace rapport::messages
