#include "sample/contents.h"

namespace rapport::sample {

using messages::TemplateType;

const std::array<TemplateContent, 5> kTemplates = {
    {{"action-week", TemplateType::kEmail,
      R"({"Subject":"A week of action films","TemplateDescription":"The same words for everybody",
"TextPart":"Hello,\n\nthis week is for action films: chases, heists and narrow escapes.\n",
"HtmlPart":"<h1>A week of action</h1><p>Chases, heists and narrow escapes: <a href=\"https://bingewatch.example/action\">choose one for tonight</a>.</p>"})"},
     {"action-week-by-name", TemplateType::kEmail,
      R"({"Subject":"{{User.UserAttributes.FirstName}}, your week of action films","TemplateDescription":"With the first name",
"TextPart":"Hello {{User.UserAttributes.FirstName}},\n\nthis week is for action films: chases, heists and narrow escapes.\n",
"HtmlPart":"<h1>{{User.UserAttributes.FirstName}}, a week of action</h1><p>Chases, heists and narrow escapes: <a href=\"https://bingewatch.example/action\">choose one for tonight</a>.</p>",
"DefaultSubstitutions":"{\"User\":{\"UserAttributes\":{\"FirstName\":\"film lover\"}}}"})"},
     {"weekend", TemplateType::kEmail,
      R"({"Subject":"Films for the weekend","TextPart":"Hello {{User.UserAttributes.FirstName}},\n\nnew on Bingewatch this weekend.\n",
"HtmlPart":"<p>Hello {{User.UserAttributes.FirstName}},</p><p>see what is <a href=\"https://bingewatch.example/new\">new on Bingewatch</a> this weekend.</p>",
"DefaultSubstitutions":"{\"User\":{\"UserAttributes\":{\"FirstName\":\"film lover\"}}}"})"},
     {"come-back", TemplateType::kPush,
      R"({"Default":{"Title":"We kept your seat","Body":"{{User.UserAttributes.FirstName}}, there are new films you may like.","Action":"OPEN_APP"},
"DefaultSubstitutions":"{\"User\":{\"UserAttributes\":{\"FirstName\":\"Hello\"}}}"})"},
     {"renewal", TemplateType::kSms,
      R"({"Body":"Bingewatch: your {{User.UserAttributes.Membership}} membership renews tomorrow.",
"DefaultSubstitutions":"{\"User\":{\"UserAttributes\":{\"Membership\":\"yearly\"}}}"})"}}};

const std::array<SegmentContent, 7> kSegments = {
    {{kEverybody, R"({"Dimensions":{}})"},
     {kActionFans,
      R"({"Dimensions":{"Behavior":{"Events":[{"EventType":"film.watched","Attributes":{"Genre":{"Values":["Action"]}},"Value":3}]}}})"},
     {"Yearly members",
      R"({"Dimensions":{"UserAttributes":{"Membership":{"AttributeType":"INCLUSIVE","Values":["Yearly"]}}}})"},
     {"Taiwan and Japan",
      R"({"Dimensions":{"Location":{"Country":{"DimensionType":"INCLUSIVE","Values":["TW","JP"]}}}})"},
     {"Watches much",
      R"({"Dimensions":{"Metrics":{"FilmsWatched":{"ComparisonOperator":"GREATER_THAN_OR_EQUAL","Value":60}}}})"},
     {"Watched nothing for 14 days",
      R"({"Dimensions":{"Behavior":{"Events":[{"EventType":"film.watched","Within":{"Days":14},"Did":false}]}}})"},
     {"On a phone",
      R"({"Dimensions":{"Demographic":{"Platform":{"DimensionType":"INCLUSIVE","Values":["iOS","Android"]}}}})"}}};

json::object request_of(const CampaignContent& content, const std::string& template_prefix, const std::string& segment,
                        Timestamp sent) {
  const auto template_of = [&](std::string_view name) -> json::object {
    return {{"EmailTemplate", {{"Name", template_prefix + std::string(name)}}}};
  };
  const json::object schedule = {{"StartTime", format_iso8601(sent)}, {"Frequency", "ONCE"}, {"Timezone", "UTC"}};
  json::object request{{"Name", content.name},
                       {"SegmentId", segment},
                       {"SegmentVersion", 1},
                       {"Schedule", schedule},
                       {"HoldoutPercent", content.holdout_percent},
                       {"TemplateConfiguration", template_of(content.default_template)}};
  if (content.other_percent == 0) return request;
  request["TreatmentName"] = "The same words for everybody";
  request["AdditionalTreatments"] =
      json::array{json::object{{"SizePercent", content.other_percent},
                               {"TreatmentName", "With the first name"},
                               {"Schedule", schedule},
                               {"TemplateConfiguration", template_of(content.other_template)}}};
  return request;
}

}  // namespace rapport::sample
