#include "messages/template.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace rapport::messages {
namespace {

using ::testing::HasSubstr;

json::object document(std::string_view text) { return json::parse(text).value().as_object(); }

std::string text_or_error(const Result<std::string>& text) { return text ? *text : "ERROR " + text.error().message; }

// The endpoint's members that the template says it reads.
json::object what_is_read(const Template& compiled, const json::object& endpoint) {
  if (compiled.reads().all) return endpoint;
  json::object read;
  for (const std::string& name : compiled.reads().names) {
    if (const json::value* member = endpoint.if_contains(name)) read[name] = *member;
  }
  return read;
}

// Checks besides that the template reads no more than it says.
std::string render(std::string_view source, std::string_view endpoint, Escaping escaping = Escaping::kNone) {
  const auto compiled = Template::compile(source, escaping);
  if (!compiled) return "ERROR " + compiled.error().message;
  const json::object data = document(endpoint);
  const std::string text = text_or_error(compiled->render({.endpoint = data}));
  EXPECT_EQ(text_or_error(compiled->render({.endpoint = what_is_read(*compiled, data)})), text) << source;
  return text;
}

std::string render_with(std::string_view source, std::string_view endpoint, std::string_view defaults,
                        std::string_view message = "{}", std::string_view address = "{}") {
  const json::object data = document(endpoint);
  const Substitutions fallback = Substitutions::parse(defaults).value();
  const Substitutions of_message(document(message));
  const Substitutions of_address(document(address));
  const Substitutions* const overrides[] = {&of_address, &of_message};
  return Template::compile(source, Escaping::kNone)
      .value()
      .render({.endpoint = data, .overrides = overrides, .defaults = &fallback})
      .value();
}

TEST(Template, RendersTheDocumentedVariables) {
  constexpr std::string_view kSource =
      "Hi {{User.UserAttributes.FirstName}}, congratulations on your new {{User.UserAttributes.Activity}} record of "
      "{{User.UserAttributes.PersonalRecord}}!";
  constexpr std::string_view kDefault = R"({"User.UserAttributes.Activity":"running"})";
  const auto person = [](std::string_view name, std::string_view activity, std::string_view record) {
    return fmt::format(R"({{"User":{{"UserAttributes":{{"FirstName":["{}"]{},"PersonalRecord":["{}"]}}}}}})", name,
                       activity.empty() ? "" : fmt::format(R"(,"Activity":["{}"])", activity), record);
  };
  EXPECT_EQ(render_with(kSource, person("Sofia", "half marathon", "1:42:17"), ""),
            "Hi Sofia, congratulations on your new half marathon record of 1:42:17!");
  EXPECT_EQ(render_with(kSource, person("Alejandro", "5K", "20:52"), kDefault),
            "Hi Alejandro, congratulations on your new 5K record of 20:52!");
  EXPECT_EQ(render_with(kSource, person("Jane", "", "1:42:17"), kDefault),
            "Hi Jane, congratulations on your new running record of 1:42:17!");
  EXPECT_EQ(render_with(kSource, person("Mary", "", "20:52"), ""),
            "Hi Mary, congratulations on your new  record of 20:52!");
}

TEST(Template, ReadsEveryFormOfPath) {
  constexpr std::string_view kEndpoint = R"({"Address":"ana@example.com","Id":"e1","Metrics":{"visits":12.0,"rate":0.5},
      "Attributes":{"color":["red","blue"],"a.b":["dotted"]},"RecommendationItems":["i1","i2"],
      "Demographic":{"AppVersion":"1.2"},"Recommendations":{"name":["Heat"]},
      "User":{"UserId":"u1","UserAttributes":{"Last Name":["Silva"],"empty":[]}}})";
  EXPECT_EQ(render("{{Address}} {{Id}} {{User.UserId}}", kEndpoint), "ana@example.com e1 u1");
  EXPECT_EQ(render("{{Attributes.color.[0]}}{{Attributes.color.[1]}}{{Attributes.color.[2]}}", kEndpoint), "redblue");
  EXPECT_EQ(render("{{Attributes.color}}", kEndpoint), "red, blue");
  EXPECT_EQ(render("{{User.UserAttributes.[Last Name].[0]}}", kEndpoint), "Silva");
  EXPECT_EQ(render("{{User.UserAttributes.[Last Name]}}", kEndpoint), "Silva");
  EXPECT_EQ(render("{{Metrics.visits}} {{Metrics.rate}}", kEndpoint), "12 0.5");
  EXPECT_EQ(render("{{RecommendationItems.[1]}} {{Recommendations.name.[0]}} {{Recommendations.name}}", kEndpoint),
            "i2 Heat Heat");
  EXPECT_EQ(render("{{Attributes.a.b}} {{Attributes.[a.b].[0]}} {{Attributes.a.b.[0]}}", kEndpoint),
            "dotted dotted dotted");
  EXPECT_EQ(render("<{{User.UserAttributes.empty}}{{Nothing.at.all}}{{User.UserId.[0]}}>", kEndpoint), "<u1>");
  EXPECT_EQ(render("{{  Demographic.AppVersion }}{{Attributes/color/[0]}}", kEndpoint), "1.2red");
}

TEST(Template, TakesTheStrongestSource) {
  constexpr std::string_view kEndpoint = R"({"User":{"UserAttributes":{"Name":["endpoint"],"Empty":[""]}}})";
  constexpr std::string_view kDefaults =
      R"({"User.UserAttributes.Name":"default","User.UserAttributes.Empty":"e","Other":"o"})";
  constexpr std::string_view kName = "{{User.UserAttributes.Name}}";
  EXPECT_EQ(render_with(kName, kEndpoint, kDefaults), "endpoint");
  EXPECT_EQ(render_with(kName, kEndpoint, kDefaults, R"({"User.UserAttributes.Name":["message"]})"), "message");
  EXPECT_EQ(render_with(kName, kEndpoint, kDefaults, R"({"User.UserAttributes.Name":["message"]})",
                        R"({"User.UserAttributes.Name":["address"]})"),
            "address");
  EXPECT_EQ(render_with("{{User.UserAttributes.Empty}}{{Other}}", kEndpoint, kDefaults), "eo");
  EXPECT_EQ(render_with(kName, "{}", kDefaults), "default");
  EXPECT_EQ(render_with("{{User.UserAttributes.Name.[0]}}", "{}", kDefaults), "default");
  EXPECT_EQ(render_with("{{User.UserAttributes.[Name].[1]}}", "{}", R"({"User.UserAttributes.Name":["a","b"]})"), "b");
  EXPECT_FALSE(Substitutions::parse("[1]"));
  EXPECT_FALSE(Substitutions::parse("{broken"));
}

TEST(Template, EscapesHtmlOnlyInHtml) {
  constexpr std::string_view kEndpoint = R"({"x":"<b>\"A\" & 'B'=`</b>"})";
  EXPECT_EQ(render("{{x}}", kEndpoint, Escaping::kHtml),
            "&lt;b&gt;&quot;A&quot; &amp; &#x27;B&#x27;&#x3D;&#x60;&lt;/b&gt;");
  EXPECT_EQ(render("<i>{{{x}}}{{&x}}</i>", kEndpoint, Escaping::kHtml),
            "<i><b>\"A\" & 'B'=`</b><b>\"A\" & 'B'=`</b></i>");
  EXPECT_EQ(render("{{x}}", kEndpoint), "<b>\"A\" & 'B'=`</b>");
  EXPECT_EQ(render("{{upper x}}", R"({"x":["<a>"]})", Escaping::kHtml), "&lt;A&gt;");
}

TEST(Template, RendersTheDocumentedBlocks) {
  constexpr std::string_view kEach =
      "{{#each User.UserAttributes.FavoriteColors}}<li>{{this}}</li>{{else}}You have no favorite colors.{{/each}}";
  EXPECT_EQ(render(kEach, R"({"User":{"UserAttributes":{"FavoriteColors":["red","blue","yellow"]}}})"),
            "<li>red</li><li>blue</li><li>yellow</li>");
  EXPECT_EQ(render(kEach, R"({"User":{"UserAttributes":{"FavoriteColors":[]}}})"), "You have no favorite colors.");
  EXPECT_EQ(render(kEach, "{}"), "You have no favorite colors.");
  constexpr std::string_view kPosition =
      "{{#each value}}Value at position {{@index}} is {{this}}.{{else}}Condition is false.{{/each}}";
  EXPECT_EQ(render(kPosition, R"({"value":["a","b"]})"), "Value at position 0 is a.Value at position 1 is b.");
  EXPECT_EQ(render(kPosition, "{}"), "Condition is false.");
  constexpr std::string_view kIf =
      "{{#if User.UserAttributes.FirstName.[0]}}Hello {{User.UserAttributes.FirstName.[0]}},{{else}}Hello,{{/if}}";
  EXPECT_EQ(render(kIf, R"({"User":{"UserAttributes":{"FirstName":["Jane"]}}})"), "Hello Jane,");
  EXPECT_EQ(render(kIf, "{}"), "Hello,");
  EXPECT_EQ(render(R"({{capitalizeFirst (lower "JANE")}})", "{}"), "Jane");
  constexpr std::string_view kPartial =
      "{{#* inline \"fullName\"}}{{User.UserAttributes.FirstName.[0]}}{{#if User.UserAttributes.LastName.[0]}} "
      "{{User.UserAttributes.LastName.[0]}}{{/if}}{{/inline}}Hello {{> fullName}}";
  EXPECT_EQ(render(kPartial, R"({"User":{"UserAttributes":{"FirstName":["Jane"],"LastName":["Doe"]}}})"),
            "Hello Jane Doe");
  EXPECT_EQ(render(kPartial, R"({"User":{"UserAttributes":{"FirstName":["Jane"]}}})"), "Hello Jane");
}

TEST(Template, EachStopsAfterFifteenItems) {
  std::string list;
  for (int i = 0; i < 20; ++i) list += (i == 0 ? "" : ",") + std::to_string(i);
  EXPECT_EQ(render("{{#each v}}{{this}}{{#unless @last}},{{/unless}}{{/each}}", "{\"v\":[" + list + "]}"),
            "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14");
}

TEST(Template, KnowsScopes) {
  constexpr std::string_view kData =
      R"({"name":"root","list":[{"name":"a","sub":{"x":1}},{"sub":{"x":2}}],"o":{"k":"v"}})";
  EXPECT_EQ(render("{{#each list}}{{name}}{{this.name}}{{../name}}{{@root.name}}{{sub.x}} {{/each}}", kData),
            "aarootroot1 rootrootroot2 ");
  EXPECT_EQ(render("{{#with o}}{{k}}{{name}}{{/with}}{{#o}}{{k}}{{/o}}{{#none}}x{{/none}}{{^none}}y{{/none}}", kData),
            "vrootvy");
  EXPECT_EQ(render("{{#each o}}{{@key}}={{this}}{{/each}}{{#list}}{{@index}}{{/list}}", kData), "k=v01");
  EXPECT_EQ(render("{{#if none}}a{{else if name}}b{{else}}c{{/if}}{{#if none}}a{{else if no}}b{{else}}c{{/if}}", kData),
            "bc");
}

TEST(Template, KnowsCommentsTrimmingAndEscapedBraces) {
  EXPECT_EQ(render("a{{! b }}c{{!-- {{d}} --}}e", "{}"), "ace");
  EXPECT_EQ(render("a  {{~x~}}  b {{~#if x~}} c {{~/if~}} d", R"({"x":"-"})"), "a-bcd");
  EXPECT_EQ(render("\\{{x}} {x} }}", R"({"x":"-"})"), "{{x}} {x} }}");
}

TEST(Template, RefusesWrongSyntaxWithItsPosition) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"ab\n {{x", "must end with }} here (template line 2, column 5)"},
      {"{{}}", "line 1, column 3"},
      {"{{#if x}}", "no closing tag, write {{/if}}"},
      {"{{#if x}}{{/each}}", "write {{/if}}"},
      {"{{/if}}", "stands without its block"},
      {"{{else}}", "stands without its block"},
      {"{{nosuch x}}", "no such function: nosuch"},
      {"{{#nosuch x}}{{/nosuch}}", "no such function: nosuch"},
      {"{{upper}}", "upper takes 1 to 1 arguments, not 0"},
      {"{{eq a}}", "eq takes 2 to 2 arguments, not 1"},
      {"{{upper \"a}}", "a quoted text does not end"},
      {"{{upper (lower x}}", "a `(` has no `)`"},
      {"{{> none}}", "no inline partial has this name: none"},
      {"{{#* inline name}}{{/inline}}", "needs a quoted name"},
      {"{{{x}}", "must end with }}}"},
      {"{{a.}}", "ends with a separator"},
      {"{{a.[b}}", "has no `]`"},
      {"{{@nothing}}", "unknown data variable"},
      {"{{! never", "a comment does not end"},
      {"{{#each}}{{/each}}", "missing"},
  };
  for (const auto& [source, message] : cases) {
    const auto compiled = Template::compile(source, Escaping::kNone);
    ASSERT_FALSE(compiled) << source;
    EXPECT_EQ(compiled.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(compiled.error().message, HasSubstr(message)) << source;
    EXPECT_THAT(compiled.error().message, HasSubstr("(template line ")) << source;
  }
}

TEST(Template, StopsWhatWouldNeverEnd) {
  EXPECT_THAT(render("{{#* inline \"a\"}}{{> a}}{{/inline}}{{> a}}", "{}"), HasSubstr("too deep"));
  std::string nested = "{{this}}";
  for (int i = 0; i < 10; ++i) nested = "{{#each @root.v}}" + nested + "{{/each}}";
  EXPECT_THAT(render(nested, R"({"v":[1,2,3,4,5,6,7,8,9,10,11,12]})"), HasSubstr("too many steps"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{{#if x}}";
  EXPECT_THAT(render(deep, "{}"), HasSubstr("nested too deep"));
  std::string grown = "x";
  for (int i = 0; i < 20; ++i) grown = "(replace " + grown + " \"a\" \"aaaaaaaaaaaaaaaa\")";
  EXPECT_THAT(render("{{upper " + grown + "}}", R"({"x":"aaaa"})"), HasSubstr("too long a text"));
}

TEST(Template, SurvivesRandomTemplates) {
  static constexpr std::string_view kPieces[] = {"{{",         "}}",
                                                 "{{{",        "}}}",
                                                 "{{#",        "{{/",
                                                 "{{^",        "{{>",
                                                 "{{!",        "--",
                                                 "~",          "if",
                                                 "each",       "else",
                                                 "with",       "x",
                                                 "this",       "@index",
                                                 "@root",      ".",
                                                 "..",         "/",
                                                 "[0]",        "[",
                                                 "]",          "(",
                                                 ")",          "\"",
                                                 "'",          "=",
                                                 " ",          "\n",
                                                 "upper",      "eq",
                                                 "inline",     "#*",
                                                 "Attributes", "User.UserAttributes",
                                                 "1",          "-2.5",
                                                 "true",       "null",
                                                 "\\",         "é",
                                                 "{{else}}",   "{{/if}}",
                                                 "{{#if x}}",  "{{#each list}}",
                                                 "{{/each}}",  "ljust",
                                                 "substring",  "99999999",
                                                 "text",       "\xff"};
  const std::uint64_t seed = 424242;
  SCOPED_TRACE(seed);
  Random random(seed);
  const json::object data = document(R"({"x":"v","list":["a",{"x":1}],"Attributes":{"a":["1"]},"User":null})");
  int compiled_count = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string source;
    for (std::uint64_t n = random.below(16); n > 0; --n) source += kPieces[random.below(std::size(kPieces))];
    const auto compiled = Template::compile(source, round % 2 == 0 ? Escaping::kHtml : Escaping::kNone);
    if (!compiled) {
      ASSERT_EQ(compiled.error().kind, ErrorKind::kInvalid) << source;
      continue;
    }
    ++compiled_count;
    const auto text = compiled->render({.endpoint = data});
    ASSERT_EQ(text_or_error(compiled->render({.endpoint = what_is_read(*compiled, data)})), text_or_error(text))
        << source;
    if (!source.contains("{{")) {
      ASSERT_EQ(*text, source);
    }
  }
  EXPECT_GT(compiled_count, 1000);
}

}  // namespace
}  // namespace rapport::messages
