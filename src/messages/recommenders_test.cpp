#include "messages/recommenders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/recommendations.h"
#include "messages/templates.h"
#include "testing/temporary_directory.h"

namespace rapport::messages {
namespace {

json::object document(std::string_view text) { return json::parse(text).value().as_object(); }

constexpr std::string_view kCampaign = "arn:aws:personalize:us-east-1:123456789012:campaign/films";
const json::object kPlain = {{"RecommendationProviderUri", kCampaign},
                             {"RecommendationProviderRoleArn", "arn:aws:iam::123456789012:role/r"},
                             {"RecommendationsDisplayName", "Films"}};

json::object with(json::object changes) {
  json::object definition = kPlain;
  for (const auto& [name, value] : changes) definition[name] = value;
  return definition;
}

const json::object kTransformed = with({{"RecommendationTransformerUri", "https://example.com/t"},
                                        {"RecommendationProviderIdType", "PINPOINT_USER_ID"},
                                        {"RecommendationsPerMessage", 2},
                                        {"Attributes", {{"Recommendations.Name", "Name"}, {"Genre", "Genre"}}}});

class RecommendersTest : public ::testing::Test {
 protected:
  RecommendersTest() { EXPECT_TRUE(sql::migrate(*database_, migrations())); }

  std::string fault(const json::object& definition) {
    const auto made = recommenders_.create(definition);
    return made ? "none" : made.error().field;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("rapport.db")).value();
  Recommenders recommenders_{*database_, clock_};
};

TEST_F(RecommendersTest, AreKept) {
  const Recommender made = recommenders_.create(kPlain).value();
  EXPECT_EQ(made.id.size(), 32u);
  EXPECT_EQ(made.definition.at("RecommendationProviderIdType"), "PINPOINT_ENDPOINT_ID");
  EXPECT_EQ(made.definition.at("RecommendationsPerMessage"), 5);
  EXPECT_EQ(recommenders_.get(made.id)->definition, made.definition);
  clock_.advance(1000);
  const Recommender updated = recommenders_.update(made.id, kTransformed).value();
  EXPECT_EQ(updated.definition.at("RecommendationsPerMessage"), 2);
  EXPECT_EQ(updated.created, made.created);
  EXPECT_EQ(updated.modified, clock_.now());
  const Recommender other = recommenders_.create(kPlain).value();
  const auto first = recommenders_.list(apps::parse_page("1", std::nullopt).value()).value();
  EXPECT_EQ(first.items.at(0).id, other.id);
  const auto rest = recommenders_.list(apps::parse_page("1", first.next).value()).value();
  EXPECT_EQ(rest.items.at(0).id, made.id);
  EXPECT_TRUE(rest.next.empty());
  EXPECT_EQ(recommenders_.remove(made.id)->id, made.id);
  EXPECT_EQ(recommenders_.get(made.id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(recommenders_.update(made.id, kPlain).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(recommenders_.remove(made.id).error().kind, ErrorKind::kNotFound);
}

TEST_F(RecommendersTest, KeepToTheRules) {
  EXPECT_EQ(fault(with({{"RecommendationProviderUri", "arn:aws:personalize:r:1:solution/x"}})),
            "RecommendationProviderUri");
  EXPECT_EQ(fault(with({{"RecommendationProviderRoleArn", "x"}})), "RecommendationProviderRoleArn");
  EXPECT_EQ(fault(with({{"RecommendationProviderIdType", "OTHER"}})), "RecommendationProviderIdType");
  EXPECT_EQ(fault(with({{"RecommendationsPerMessage", 0}})), "RecommendationsPerMessage");
  EXPECT_EQ(fault(with({{"RecommendationsPerMessage", 6}})), "RecommendationsPerMessage");
  EXPECT_EQ(fault(with({{"Name", "-x"}})), "Name");
  EXPECT_EQ(fault(with({{"Name", "a/b"}})), "Name");
  EXPECT_EQ(fault(with({{"Name", std::string(129, 'x')}})), "Name");
  EXPECT_EQ(fault(with({{"Name", "My films_2-x"}})), "none");
  EXPECT_EQ(fault(with({{"Description", std::string(129, 'x')}})), "Description");
  EXPECT_EQ(fault(with({{"RecommendationsDisplayName", nullptr}})), "RecommendationsDisplayName");
  EXPECT_EQ(fault(with({{"RecommendationsDisplayName", std::string(26, 'x')}})), "RecommendationsDisplayName");
  EXPECT_EQ(fault(with({{"Attributes", {{"a", "b"}}}})), "Attributes");
  EXPECT_EQ(fault(with({{"RecommendationTransformerUri", "u"}})), "Attributes");
  const auto attributes = [&](json::object values) {
    return fault(with({{"RecommendationTransformerUri", "u"}, {"Attributes", std::move(values)}}));
  };
  json::object eleven;
  for (int i = 0; i < 11; ++i) eleven[std::to_string(i)] = "x";
  EXPECT_EQ(attributes({}), "Attributes");
  EXPECT_EQ(attributes(eleven), "Attributes");
  EXPECT_EQ(attributes({{std::string(51, 'x'), "b"}}), "Attributes");
  EXPECT_EQ(attributes({{"a", std::string(26, 'x')}}), "Attributes");
  EXPECT_EQ(attributes({{"Recommendations." + std::string(50, 'x'), "b"}}), "none");
}

TEST_F(RecommendersTest, AreAHundredAtMost) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(recommenders_.create(kPlain));
  EXPECT_EQ(recommenders_.create(kPlain).error().kind, ErrorKind::kInvalid);
}

RecommendationSource example_source() {
  return {.items = [](std::string_view arn, std::string_view user, std::size_t) -> Result<std::vector<std::string>> {
            EXPECT_EQ(arn, kCampaign);
            return std::vector<std::string>{std::string(user) + "-1", "2", std::string(101, 'x'), "3", "4", "5", "6"};
          },
          .transform = [](std::string_view, const json::object& payload) -> Result<json::object> {
            EXPECT_EQ(payload.at("ApplicationId"), "app");
            json::object answer;
            for (const auto& [id, endpoint] : payload.at("Endpoints").as_object()) {
              if (id == "dropped") continue;
              json::object changed = endpoint.as_object();
              changed["Address"] = "changed";
              changed["Recommendations"] = {
                  {"Name", {"Film " + std::string(changed["RecommendationItems"].at(0).as_string())}},
                  {"Recommendations.Genre", "Action"},
                  {"other", "x"}};
              answer[id] = std::move(changed);
            }
            return answer;
          }};
}

TEST_F(RecommendersTest, AddItemsOrWhatTheTransformerMakesOfThem) {
  Recommendations recommendations(recommenders_, example_source());
  const json::object settings{{"ApplicationId", "app"}};
  const json::object ana = document(R"({"Id":"e1","Address":"a","User":{"UserId":"u1"}})");
  const json::object nobody = document(R"({"Id":"e2"})");
  const json::object dropped = document(R"({"Id":"dropped","User":{"UserId":"u3"}})");
  const json::object* const endpoints[] = {&ana, &nobody, &dropped};

  const auto plain = recommendations.add(recommenders_.create(kPlain)->id, settings, endpoints).value();
  EXPECT_EQ(json::serialize((*plain.at(0))->at("RecommendationItems")), R"(["e1-1","2","3","4","5"])");
  EXPECT_TRUE(plain.at(1).value());

  const auto made = recommendations.add(recommenders_.create(kTransformed)->id, settings, endpoints).value();
  EXPECT_EQ(json::serialize((*made.at(0))->at("Recommendations")), R"({"Name":["Film u1-1"],"Genre":"Action"})");
  EXPECT_EQ((*made.at(0))->at("RecommendationItems").as_array().size(), 2u);
  EXPECT_EQ((*made.at(0))->at("Address"), "a");
  EXPECT_FALSE(made.at(1).value());
  EXPECT_FALSE(made.at(2).value());

  EXPECT_EQ(recommendations.add("none", settings, endpoints).error().kind, ErrorKind::kNotFound);
  Recommendations silent(recommenders_, {});
  EXPECT_EQ(silent.add(recommenders_.create(kPlain)->id, settings, endpoints).error().kind, ErrorKind::kUnsupported);
}

TEST_F(RecommendersTest, FailForOneUserWithoutTheOthers) {
  RecommendationSource source = example_source();
  source.items = [](std::string_view, std::string_view user, std::size_t) -> Result<std::vector<std::string>> {
    if (user == "poison") return fail(ErrorKind::kInternal, "cannot rank");
    if (user == "unknown") return fail(ErrorKind::kNotFound, "no such user");
    return std::vector<std::string>{std::string(user) + "-1"};
  };
  Recommendations recommendations(recommenders_, source);
  std::vector<json::object> endpoints;
  std::vector<Recipient> recipients;
  for (const char* user : {"ana", "poison", "unknown", "bob"}) {
    endpoints.push_back({{"Id", user}, {"User", {{"UserId", user}}}});
  }
  for (const json::object& endpoint : endpoints) recipients.push_back({"SMS", &endpoint});
  for (const json::object& definition : {kPlain, kTransformed}) {
    const std::string id = recommenders_.create(definition)->id;
    const auto composition =
        Composition::compile({}, {{"SMSTemplate", {{"Body", "{{RecommendationItems.[0]}}"}, {"RecommenderId", id}}}})
            .value();
    const auto documents = recommend(composition, recipients, recommendations, {{"ApplicationId", "app"}});
    EXPECT_EQ(documents.at(0).value().at("RecommendationItems").at(0), "ana-1");
    EXPECT_EQ(documents.at(1).error().message, "cannot rank");
    EXPECT_EQ(documents.at(2).error().kind, ErrorKind::kUnsupported) << "an error, not a wish for no message";
    EXPECT_EQ(documents.at(3).value().at("RecommendationItems").at(0), "bob-1");
  }
}

TEST_F(RecommendersTest, AreAskedInBatchesByMessagesThatNeedThem) {
  std::vector<std::size_t> batches;
  RecommendationSource source = example_source();
  source.transform = [&, transform = source.transform](std::string_view uri, const json::object& payload) {
    batches.push_back(payload.at("Endpoints").as_object().size());
    return transform(uri, payload);
  };
  Recommendations recommendations(recommenders_, source);
  const std::string id = recommenders_.create(kTransformed)->id;
  const auto composition =
      Composition::compile(document(R"({"DefaultMessage":{"Body":"default"}})"),
                           {{"SMSTemplate", {{"Body", "See {{Recommendations.Name.[0]}}"}, {"RecommenderId", id}}},
                            {"EmailTemplate", {{"TextPart", "No variable"}, {"RecommenderId", id}}}})
          .value();
  EXPECT_EQ(composition.recommender("SMS"), id);
  EXPECT_EQ(composition.recommender("EMAIL"), "");
  EXPECT_EQ(composition.recommender("VOICE"), "");
  EXPECT_EQ(composition.render("SMS", {}, Timestamp{}).error().kind, ErrorKind::kUnsupported);
  std::vector<json::object> endpoints;
  for (int i = 0; i < 120; ++i) {
    endpoints.push_back(
        {{"Id", i == 7 ? "dropped" : std::to_string(i)}, {"User", {{"UserId", "u" + std::to_string(i)}}}});
  }
  std::vector<Recipient> recipients;
  for (int i = 0; i < 120; ++i)
    recipients.push_back({i == 3 ? "EMAIL" : i == 4 ? "LINE" : "SMS", &endpoints[static_cast<std::size_t>(i)]});
  const auto documents = recommend(composition, recipients, recommendations, {{"ApplicationId", "app"}});
  EXPECT_THAT(batches, ::testing::ElementsAre(50, 50, 18));
  const auto message = composition.render("SMS", documents.at(119).value(), Timestamp{});
  EXPECT_EQ(std::get<TextMessage>(message.value().value()).body, "See Film u119-1");
  EXPECT_FALSE(documents.contains(3)) << "its template has no variable";
  EXPECT_FALSE(documents.contains(4)) << "no message for its channel";
  EXPECT_EQ(documents.at(7).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace rapport::messages
