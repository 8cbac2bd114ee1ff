#include "messages/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/applications.h"
#include "messages/recommenders.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::messages {
namespace {

using ::testing::ElementsAre;

json::object content(std::string_view subject) { return {{"Subject", subject}, {"HtmlPart", "<p>x</p>"}}; }

enum class Engine { kSqlite, kPostgres };

class TemplatesTest : public ::testing::TestWithParam<Engine> {
 protected:
  TemplatesTest() : database_(open()), templates_(*database_, clock_) {
    EXPECT_TRUE(sql::migrate(*database_, apps::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
  }

  std::unique_ptr<sql::Database> open() const {
    if (GetParam() == Engine::kPostgres) return sql::open_postgres(test::new_postgres_database()).value();
    return sql::open_sqlite(directory_.file("test.db")).value();
  }
  std::string subject(std::optional<std::string_view> version = std::nullopt) {
    const auto stored = templates_.get(key_, version);
    return stored ? json::string_or(stored->content, "Subject") : stored.error().message;
  }
  std::vector<std::string> names(const Templates::Filter& filter) {
    std::vector<std::string> found;
    apps::PageRequest page{.limit = 2, .after_micros = 0, .after_id = {}};
    for (;;) {
      const auto part = templates_.list(filter, page).value();
      EXPECT_LE(part.items.size(), 2u);
      for (const StoredTemplate& item : part.items) found.push_back(item.key.name);
      if (part.next.empty()) return found;
      page = apps::parse_page("2", part.next).value();
    }
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_;
  Templates templates_;
  const TemplateKey key_{"welcome", TemplateType::kEmail};
};

INSTANTIATE_TEST_SUITE_P(Engines, TemplatesTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres));

TEST_P(TemplatesTest, NameRecommendersThatAreThere) {
  Recommenders recommenders(*database_, clock_);
  const std::string id = recommenders
                             .create({{"RecommendationProviderUri", "arn:aws:personalize:r:1:campaign/films"},
                                      {"RecommendationProviderRoleArn", "arn:aws:iam::1:role/r"},
                                      {"RecommendationsDisplayName", "Films"}})
                             ->id;
  json::object recommending = content("one");
  recommending["RecommenderId"] = id;
  EXPECT_TRUE(templates_.create(key_, recommending, {}));
  ASSERT_TRUE(recommenders.remove(id));
  for (const auto update : {Templates::Update::kInPlace, Templates::Update::kNewVersion}) {
    const auto refused = templates_.update(key_, recommending, update);
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(refused.error().field, "RecommenderId");
  }
  EXPECT_EQ(templates_.create({"other"}, recommending, {}).error().field, "RecommenderId");
  EXPECT_EQ(templates_.get({"other"}).error().kind, ErrorKind::kNotFound);
  recommending["RecommenderId"] = "";
  EXPECT_TRUE(templates_.update(key_, recommending, Templates::Update::kInPlace));
}

TEST_P(TemplatesTest, CreatesVersionOneActive) {
  ASSERT_TRUE(templates_.create(key_, content("one"), {{"team", "crm"}}));
  const StoredTemplate stored = templates_.get(key_).value();
  EXPECT_EQ(stored.version, 1);
  EXPECT_EQ(stored.created, clock_.now());
  EXPECT_EQ(stored.tags.at("team"), "crm");
  EXPECT_EQ(templates_.create(key_, content("two"), {}).error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(templates_.get({"Welcome", TemplateType::kEmail}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(templates_.get({"welcome", TemplateType::kSms}).error().kind, ErrorKind::kNotFound);
}

TEST_P(TemplatesTest, RefusesBadNamesAndContent) {
  for (const std::string& name :
       {std::string(), std::string("-a"), std::string("a b"), std::string("ä"), std::string(129, 'a')}) {
    EXPECT_EQ(templates_.create({name, TemplateType::kEmail}, content("x"), {}).error().field, "TemplateName") << name;
  }
  EXPECT_EQ(templates_.create(key_, content("{{"), {}).error().field, "Subject");
  EXPECT_EQ(templates_.get(key_).error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(templates_.create(key_, content("one"), {}));
  EXPECT_EQ(templates_.update(key_, content("{{"), Templates::Update::kInPlace).error().field, "Subject");
  EXPECT_EQ(templates_.create({"x", TemplateType::kSms}, {{"Body", "{{"}}, {}).error().field, "Body");
  EXPECT_TRUE(templates_.create({"x", TemplateType::kSms}, {{"Body", "x"}}, {}));
}

TEST_P(TemplatesTest, UpdatesInPlaceAndByVersion) {
  ASSERT_TRUE(templates_.create(key_, content("one"), {}));
  clock_.advance(kMicrosPerSecond);
  ASSERT_TRUE(templates_.update(key_, content("one b"), Templates::Update::kInPlace));
  EXPECT_EQ(subject(), "one b");
  EXPECT_GT(templates_.get(key_)->modified, templates_.get(key_)->created);
  ASSERT_TRUE(templates_.update(key_, content("two"), Templates::Update::kNewVersion));
  EXPECT_EQ(subject(), "one b");
  EXPECT_EQ(subject("2"), "two");
  ASSERT_TRUE(templates_.update(key_, content("two b"), Templates::Update::kInPlace));
  ASSERT_TRUE(templates_.update(key_, content("two c"), Templates::Update::kInPlace, "2"));
  EXPECT_EQ(subject("2"), "two c");
  EXPECT_EQ(templates_.update(key_, content("x"), Templates::Update::kInPlace, "1").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(templates_.update(key_, content("x"), Templates::Update::kNewVersion, "2").error().field, "Version");
  EXPECT_EQ(templates_.update({"none", TemplateType::kEmail}, content("x"), Templates::Update::kInPlace).error().kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(
      templates_.update({"none", TemplateType::kEmail}, content("x"), Templates::Update::kNewVersion).error().kind,
      ErrorKind::kNotFound);
}

TEST_P(TemplatesTest, ActivatesVersions) {
  ASSERT_TRUE(templates_.create(key_, content("one"), {}));
  ASSERT_TRUE(templates_.update(key_, content("two"), Templates::Update::kNewVersion));
  ASSERT_TRUE(templates_.update(key_, content("three"), Templates::Update::kNewVersion));
  ASSERT_TRUE(templates_.activate(key_, "2"));
  EXPECT_EQ(subject(), "two");
  ASSERT_TRUE(templates_.activate(key_, "latest"));
  EXPECT_EQ(subject(), "three");
  EXPECT_EQ(templates_.activate(key_, "4").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(templates_.activate(key_, "x").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(subject(), "three");
}

TEST_P(TemplatesTest, RemovesVersionsAndNeverUsesANumberAgain) {
  ASSERT_TRUE(templates_.create(key_, content("one"), {{"a", "b"}}));
  ASSERT_TRUE(templates_.update(key_, content("two"), Templates::Update::kNewVersion));
  ASSERT_TRUE(templates_.update(key_, content("three"), Templates::Update::kNewVersion));
  ASSERT_TRUE(templates_.remove(key_, "3"));
  EXPECT_EQ(templates_.remove(key_, "3").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(templates_.remove(key_, "1"));
  EXPECT_EQ(subject(), "two");
  ASSERT_TRUE(templates_.update(key_, content("four"), Templates::Update::kNewVersion));
  EXPECT_EQ(subject("4"), "four");
  ASSERT_TRUE(templates_.remove(key_));
  EXPECT_EQ(templates_.get(key_).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(templates_.remove(key_).error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(templates_.create(key_, content("new"), {}));
  EXPECT_TRUE(templates_.get(key_)->tags.empty());
  ASSERT_TRUE(templates_.remove(key_, "1"));
  EXPECT_EQ(templates_.get(key_).error().kind, ErrorKind::kNotFound);
}

TEST_P(TemplatesTest, ListsByPrefixAndTypeInPages) {
  for (const char* name : {"news-2", "news-1", "other", "news", "newt", "News"}) {
    ASSERT_TRUE(templates_.create({name, TemplateType::kEmail}, content(name), {}));
  }
  EXPECT_THAT(names({}), ElementsAre("News", "news", "news-1", "news-2", "newt", "other"));
  EXPECT_THAT(names({.prefix = "news", .type = TemplateType::kEmail}), ElementsAre("news", "news-1", "news-2"));
  EXPECT_THAT(names({.prefix = "", .type = TemplateType::kSms}), ElementsAre());
}

TEST_P(TemplatesTest, ListsVersionsNewestFirst) {
  ASSERT_TRUE(templates_.create(key_, content("1"), {}));
  for (const char* subject : {"2", "3"}) {
    ASSERT_TRUE(templates_.update(key_, content(subject), Templates::Update::kNewVersion));
  }
  const auto first = templates_.versions(key_, {.limit = 2, .after_micros = 0, .after_id = {}}).value();
  ASSERT_EQ(first.items.size(), 2u);
  EXPECT_EQ(first.items[0].version, 3);
  EXPECT_EQ(first.items[1].version, 2);
  const auto second = templates_.versions(key_, apps::parse_page("2", first.next).value()).value();
  ASSERT_EQ(second.items.size(), 1u);
  EXPECT_EQ(second.items[0].version, 1);
  EXPECT_TRUE(second.next.empty());
  EXPECT_EQ(templates_.versions({"none", TemplateType::kEmail}, {}).error().kind, ErrorKind::kNotFound);
}

TEST(TemplateType, IsReadIgnoringCase) {
  EXPECT_EQ(parse_template_type("email"), TemplateType::kEmail);
  EXPECT_EQ(parse_template_type("INAPP"), TemplateType::kInApp);
  EXPECT_EQ(parse_template_type("fax"), std::nullopt);
}

TEST_P(TemplatesTest, AreFoundByAPartOfTheirName) {
  using Search = Templates::Search;
  for (const char* name : {"Welcome_back", "goodbye", "welcome"}) {
    ASSERT_TRUE(templates_.create({name, TemplateType::kEmail}, content(name), {}));
    clock_.advance(kMicrosPerSecond);
  }
  ASSERT_TRUE(templates_.create({"welcome", TemplateType::kSms}, {{"Body", "hi"}}, {}));
  const auto found = [&](const Search& search) {
    std::vector<std::string> names;
    apps::PageRequest page{.limit = 2, .after_micros = 0, .after_id = {}};
    for (;;) {
      const auto part = templates_.search(search, page).value();
      for (const StoredTemplate& item : part.page.items) {
        names.push_back(item.key.name + "/" + std::string(to_string(item.key.type)));
      }
      if (part.page.next.empty()) {
        EXPECT_EQ(part.total, static_cast<std::int64_t>(names.size()));
        return names;
      }
      page = apps::parse_page("2", part.page.next).value();
    }
  };
  EXPECT_THAT(found({.text = "WELCOME"}), ElementsAre("welcome/SMS", "welcome/EMAIL", "Welcome_back/EMAIL"));
  EXPECT_THAT(found({.text = "e_b"}), ElementsAre("Welcome_back/EMAIL"));
  EXPECT_THAT(found({.text = "", .type = TemplateType::kSms}), ElementsAre("welcome/SMS"));
  EXPECT_THAT(found({.text = "", .order = apps::SearchOrder::kName}),
              ElementsAre("Welcome_back/EMAIL", "goodbye/EMAIL", "welcome/EMAIL", "welcome/SMS"));
  EXPECT_THAT(found({.text = "nothing"}), ElementsAre());
}

}  // namespace
}  // namespace rapport::messages
