#include "audience/endpoints.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "base/random.h"
#include "testing/temporary_directory.h"

namespace rapport::audience {
namespace {

const std::string kApp = "0123456789abcdef0123456789abcdef";

class EndpointsTest : public ::testing::Test {
 protected:
  EndpointsTest() : store_(records::open_rocksdb(directory_.file("records")).value()), endpoints_(*store_, clock_) {}

  static json::object object(std::string_view text) { return json::parse(text).value().as_object(); }
  Status update(const std::string& id, std::string_view request) {
    return endpoints_.update(kApp, id, object(request));
  }
  json::object read(const std::string& id) { return endpoints_.get(kApp, id).value().document(); }
  std::vector<std::string> ids_of(const std::string& user) {
    return endpoints_.ids_of_users(kApp, std::span(&user, 1)).value().front();
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<records::Store> store_;
  Endpoints endpoints_;
};

TEST_F(EndpointsTest, CreatesWithDefaultsAndReadsItsOwnWrite) {
  ASSERT_TRUE(update("Device/One", R"({"Address":"a@x.org","ChannelType":"EMAIL","Location":{"Latitude":47.4444},
      "Demographic":{"Timezone":"Europe/Paris"},"Metrics":{"age":35.5},"Attributes":{"team":["a","b"]}})"));
  const auto document = read("dEVICE/oNE");
  EXPECT_EQ(document.at("Id"), "Device/One");
  EXPECT_EQ(document.at("ApplicationId").as_string(), kApp);
  EXPECT_EQ(document.at("EndpointStatus"), "ACTIVE");
  EXPECT_EQ(document.at("OptOut"), "NONE");
  EXPECT_EQ(document.at("EffectiveDate").as_string(), format_iso8601(clock_.now()));
  EXPECT_EQ(document.at("CreationDate").as_string(), format_iso8601(clock_.now()));
  EXPECT_EQ(document.at("Location").at("Latitude"), 47.4);
  EXPECT_EQ(document.at("Metrics").at("age"), 35.5);
  EXPECT_EQ(document.at("Attributes").at("team"), (json::array{"a", "b"}));
  EXPECT_EQ(document.if_contains("User"), nullptr);
  const int cohort = std::stoi(std::string(document.at("CohortId").as_string()));
  EXPECT_GE(cohort, 0);
  EXPECT_LT(cohort, 100);
}

TEST_F(EndpointsTest, MergesWhatIsGivenAndKeepsTheRest) {
  ASSERT_TRUE(update("e", R"({"Address":"a@x.org","ChannelType":"EMAIL","OptOut":"ALL",
      "Demographic":{"Make":"Apple","Model":"8"},"Attributes":{"team":["a","b"],"city":["Rome"]}})"));
  clock_.advance(kMicrosPerDay);
  ASSERT_TRUE(update("E", R"({"Demographic":{"Model":"9"},"Attributes":{"team":["c"],"city":[]}})"));
  const auto document = read("e");
  EXPECT_EQ(document.at("Address"), "a@x.org");
  EXPECT_EQ(document.at("OptOut"), "ALL");
  EXPECT_EQ(document.at("Demographic"), (json::object{{"Make", "Apple"}, {"Model", "9"}}));
  EXPECT_EQ(document.at("Attributes"), (json::object{{"team", json::array{"c"}}}));
  EXPECT_EQ(document.at("EffectiveDate").as_string(), format_iso8601(clock_.now()));
  EXPECT_EQ(document.at("CreationDate").as_string(), format_iso8601(clock_.now() - kMicrosPerDay));
}

TEST_F(EndpointsTest, EveryWriteActivatesUnlessItSaysInactive) {
  ASSERT_TRUE(update("e", R"({"EndpointStatus":"INACTIVE"})"));
  EXPECT_FALSE(endpoints_.get(kApp, "e").value().active());
  ASSERT_TRUE(update("e", R"({"Address":"x"})"));
  EXPECT_TRUE(endpoints_.get(kApp, "e").value().active());
}

TEST_F(EndpointsTest, UserAttributesBelongToTheUser) {
  ASSERT_TRUE(update("e1", R"({"User":{"UserId":"Ann","UserAttributes":{"name":"Ann","tier":["gold"]}}})"));
  ASSERT_TRUE(update("e2", R"({"User":{"UserId":"Ann"}})"));
  ASSERT_TRUE(update("e2", R"({"User":{"UserAttributes":{"tier":[],"age":["9"]}}})"));
  const auto user = read("e1").at("User").as_object();
  EXPECT_EQ(user.at("UserAttributes"), (json::object{{"age", json::array{"9"}}, {"name", json::array{"Ann"}}}));
  EXPECT_EQ(read("e2").at("User"), user);
  EXPECT_EQ(ids_of("Ann"), (std::vector<std::string>{"e1", "e2"}));
  EXPECT_TRUE(ids_of("ann").empty());
}

TEST_F(EndpointsTest, AttributesWaitAtTheEndpointForAUser) {
  ASSERT_TRUE(update("e1", R"({"User":{"UserAttributes":{"name":["Bo"]}}})"));
  EXPECT_EQ(read("e1").at("User").at("UserAttributes"), (json::object{{"name", json::array{"Bo"}}}));
  ASSERT_TRUE(update("e1", R"({"User":{"UserId":"bo"}})"));
  ASSERT_TRUE(update("e2", R"({"User":{"UserId":"bo"}})"));
  EXPECT_EQ(read("e2").at("User").at("UserAttributes"), (json::object{{"name", json::array{"Bo"}}}));
}

TEST_F(EndpointsTest, MovesBetweenUsersAndForgetsEmptyOnes) {
  ASSERT_TRUE(update("e1", R"({"User":{"UserId":"a","UserAttributes":{"n":["1"]}}})"));
  ASSERT_TRUE(update("e1", R"({"User":{"UserId":"b"}})"));
  EXPECT_TRUE(ids_of("a").empty());
  EXPECT_EQ(ids_of("b"), std::vector<std::string>{"e1"});
  EXPECT_EQ(read("e1").at("User"), (json::object{{"UserId", "b"}}));
  ASSERT_TRUE(endpoints_.remove(kApp, "E1"));
  EXPECT_TRUE(ids_of("b").empty());
  EXPECT_EQ(endpoints_.get(kApp, "e1").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(endpoints_.remove(kApp, "e1").error().kind, ErrorKind::kNotFound);
}

TEST_F(EndpointsTest, GivesAndRemovesTheEndpointsOfAUser) {
  ASSERT_TRUE(endpoints_.update_batch(kApp, json::parse(R"([{"Id":"b","User":{"UserId":"u"}},
      {"Id":"a","User":{"UserId":"u"}},{"Id":"c"}])")
                                                .value()
                                                .as_array()));
  EXPECT_EQ(endpoints_.of_user(kApp, "u").value().size(), 2U);
  EXPECT_EQ(endpoints_.remove_user(kApp, "u").value().size(), 2U);
  EXPECT_EQ(endpoints_.of_user(kApp, "u").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(endpoints_.get(kApp, "c"));
}

TEST_F(EndpointsTest, RefusesWhatIsWrongAndNamesIt) {
  EXPECT_EQ(update("a$b", "{}").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(update("e", R"({"ChannelType":"PIGEON"})").error().field, "ChannelType");
  EXPECT_EQ(update("e", R"({"OptOut":"MAYBE"})").error().field, "OptOut");
  EXPECT_EQ(update("e", R"({"EffectiveDate":"yesterday"})").error().field, "EffectiveDate");
  EXPECT_EQ(update("e", R"({"Location":{"Latitude":"north"}})").error().field, "Location.Latitude");
  EXPECT_EQ(update("e", R"({"Metrics":{"age":"old"}})").error().field, "Metrics.age");
  EXPECT_EQ(update("e", R"({"Attributes":{"x":{"y":1}}})").error().field, "Attributes.x");
  EXPECT_EQ(endpoints_.get(kApp, "e").error().kind, ErrorKind::kNotFound);
}

TEST_F(EndpointsTest, HoldsNamesAndValuesToTheirLimits) {
  const auto refused = [&](const json::object& request) {
    const auto done = endpoints_.update(kApp, "e", request);
    return done ? std::string() : done.error().field;
  };
  const std::string name(50, 'n');
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\xc3\xbc";  // characters count, not bytes
  EXPECT_EQ(refused({{"Attributes", {{name, json::array(50, json::value(umlauts))}}}, {"Metrics", {{name, 1}}}}), "");
  EXPECT_EQ(refused({{"Attributes", {{name + "n", {"v"}}}}}), "Attributes." + name + "n");
  EXPECT_EQ(refused({{"Metrics", {{name + "n", 1}}}}), "Metrics." + name + "n");
  EXPECT_EQ(refused({{"Attributes", {{"a", json::array(51, json::value("v"))}}}}), "Attributes.a");
  EXPECT_EQ(refused({{"User", {{"UserAttributes", {{"a", {umlauts + "x"}}}}}}}), "User.UserAttributes.a");
}

TEST_F(EndpointsTest, TakesAnEffectiveDateAsGivenEvenAnOlderOne) {
  ASSERT_TRUE(update("e", R"({"Address":"a@x.org","EffectiveDate":"2024-05-01T00:00:00Z"})"));
  ASSERT_TRUE(update("e", R"({"Address":"b@x.org","EffectiveDate":"2023-05-01T00:00:00Z"})"));
  EXPECT_EQ(read("e").at("Address"), "b@x.org");
  EXPECT_EQ(read("e").at("EffectiveDate"), "2023-05-01T00:00:00.000Z");
  ASSERT_TRUE(update("e", "{}"));
  EXPECT_EQ(read("e").at("EffectiveDate").as_string(), format_iso8601(clock_.now()));
}

TEST_F(EndpointsTest, ABatchIsAllOrNothing) {
  const auto items = json::parse(R"([{"Id":"a"},{"Id":"b{"}])").value().as_array();
  EXPECT_EQ(endpoints_.update_batch(kApp, items).error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(endpoints_.get(kApp, "a"));
  EXPECT_EQ(endpoints_.update_batch(kApp, json::array(101, json::object{{"Id", "a"}})).error().field, "Item");
  EXPECT_EQ(endpoints_.update_batch(kApp, json::array{json::object{}}).error().field, "Id");
}

TEST_F(EndpointsTest, ASixteenthEndpointOfAUserIsRefusedOrTakesTheOldestPushPlace) {
  Endpoints endpoints(*store_, clock_, {.endpoints_per_user_max = 15});
  for (int i = 0; i < 15; ++i) {
    clock_.advance(kMicrosPerSecond);
    const std::string channel = i == 3 || i == 7 ? "GCM" : "EMAIL";
    ASSERT_TRUE(
        endpoints.update(kApp, "e" + std::to_string(i), {{"ChannelType", channel}, {"User", {{"UserId", "u"}}}}));
  }
  EXPECT_EQ(endpoints.update(kApp, "late", object(R"({"ChannelType":"EMAIL","User":{"UserId":"u"}})")).error().message,
            "Exceeded maximum endpoint per user count 10");
  EXPECT_FALSE(endpoints_.get(kApp, "late"));
  ASSERT_TRUE(endpoints.update(kApp, "late", object(R"({"ChannelType":"APNS","User":{"UserId":"u"}})")));
  const auto evicted = endpoints_.get(kApp, "e3").value();
  EXPECT_FALSE(evicted.active());
  EXPECT_EQ(evicted.user_id(), "");
  EXPECT_EQ(ids_of("u").size(), 15U);
  EXPECT_EQ(endpoints_.get(kApp, "e7").value().user_id(), "u");
}

TEST_F(EndpointsTest, AUserHasAnyNumberOfEndpointsUnlessThereIsALimit) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(
        endpoints_.update(kApp, "e" + std::to_string(i), {{"ChannelType", "EMAIL"}, {"User", {{"UserId", "u"}}}}));
  }
  EXPECT_EQ(ids_of("u").size(), 20U);
  Endpoints limited(*store_, clock_, {.endpoints_per_user_max = 15});
  EXPECT_TRUE(limited.update(kApp, "e3", {{"User", {{"UserId", "u"}}}}));  // it is there already
  EXPECT_FALSE(limited.update(kApp, "late", {{"User", {{"UserId", "u"}}}}));
}

TEST_F(EndpointsTest, ARecordDoesNotGrowWithoutEnd) {
  for (const auto& path : {std::string("Attributes"), std::string("UserAttributes")}) {
    Status last;
    int updates = 0;
    for (; last && updates < 100; ++updates) {
      json::object attributes;
      for (int i = 0; i < 6; ++i) {
        attributes[fmt::format("n{}-{}", updates, i)] = json::array(50, json::value(std::string(100, 'x')));
      }
      json::object request{{"Attributes", attributes}};
      if (path != "Attributes") request = {{"User", {{"UserId", "u"}, {"UserAttributes", attributes}}}};
      last = endpoints_.update(kApp, path, request);
    }
    EXPECT_EQ(updates, 9) << path;
    EXPECT_TRUE(last || last.error().kind == ErrorKind::kInvalid);
    EXPECT_TRUE(endpoints_.get(kApp, path));
  }
}

TEST_F(EndpointsTest, VisitsEveryEndpointInOrderFromAnywhere) {
  std::vector<EndpointChange> changes;
  for (int i = 0; i < 1203; ++i) {
    const json::object request{{"User", {{"UserId", std::to_string(i)}}}};
    changes.push_back(change_of("e" + std::to_string(10'000 + i), request).value());
  }
  ASSERT_TRUE(endpoints_.apply(kApp, changes, {}));
  ASSERT_TRUE(endpoints_.update("another", "e1", {}));
  std::vector<std::string> seen;
  ASSERT_TRUE(endpoints_.for_each(kApp, "e10001", [&](const Endpoint& endpoint) {
    seen.push_back(endpoint.key_id());
    return true;
  }));
  EXPECT_EQ(seen.size(), 1201U);
  EXPECT_EQ(seen.front(), "e10002");
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  ASSERT_TRUE(endpoints_.erase_application(kApp));
  EXPECT_FALSE(endpoints_.get(kApp, "e10002"));
  EXPECT_TRUE(endpoints_.get("another", "e1"));
}

// The merge rules once more, as plainly as they can be said.
struct ModelEndpoint {
  std::map<std::string, std::string> fields;
  std::map<std::string, std::vector<std::string>> attributes;
  std::string user;
};
struct Model {
  std::map<std::string, ModelEndpoint> endpoints;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> users;
};

class MergeProperty : public EndpointsTest {
 protected:
  json::object random_lists(std::map<std::string, std::vector<std::string>>& into) {
    json::object lists;
    for (const char* name : {"a", "bb", "c d"}) {
      if (random_.below(3) != 0) continue;
      std::vector<std::string> values;
      for (std::uint64_t n = random_.below(3); n > 0; --n) values.push_back("v" + std::to_string(random_.below(5)));
      lists[name] = json::array(values.begin(), values.end());
      if (values.empty()) {
        into.erase(name);
      } else {
        into[name] = values;
      }
    }
    return lists;
  }

  // Makes a request and does to the model what it asks for.
  json::object random_request(ModelEndpoint& endpoint, Model& model, const std::string& id) {
    json::object request;
    request["Attributes"] = random_lists(endpoint.attributes);
    for (const char* name : {"Address", "ChannelType"}) {
      if (random_.below(2) == 0) continue;
      const std::string value = name[0] == 'C' ? "EMAIL" : "x" + std::to_string(random_.below(9));
      request[name] = value;
      endpoint.fields[name] = value;
    }
    if (random_.below(2) == 0) {
      const std::string user = "u" + std::to_string(random_.below(4));
      if (endpoint.user != user) leave(model, endpoint.user, id);
      endpoint.user = user;
      request["User"] = {{"UserId", user}, {"UserAttributes", random_lists(model.users[user])}};
    }
    return request;
  }

  static void leave(Model& model, const std::string& user, const std::string& id) {
    for (const auto& [other, endpoint] : model.endpoints) {
      if (other != id && endpoint.user == user) return;
    }
    model.users.erase(user);
  }

  static std::map<std::string, std::vector<std::string>> lists_of(const json::value* value) {
    std::map<std::string, std::vector<std::string>> lists;
    if (value == nullptr) return lists;
    for (const auto& [name, list] : value->as_object()) {
      for (const auto& text : list.as_array()) lists[name].emplace_back(text.as_string());
    }
    return lists;
  }

  void expect_equal(const std::string& id, const Model& model) {
    const auto found = model.endpoints.find(id);
    const auto stored = endpoints_.get(kApp, id);
    ASSERT_EQ(stored.has_value(), found != model.endpoints.end()) << id;
    if (!stored) return;
    const auto& expected = found->second;
    const auto document = stored->document();
    for (const char* name : {"Address", "ChannelType"}) {
      const auto field = expected.fields.find(name);
      EXPECT_EQ(json::string_or(document, name), field == expected.fields.end() ? "" : field->second);
    }
    EXPECT_EQ(lists_of(document.if_contains("Attributes")), expected.attributes);
    EXPECT_EQ(stored->user_id(), expected.user);
    if (expected.user.empty()) return;
    EXPECT_EQ(lists_of(document.at("User").as_object().if_contains("UserAttributes")), model.users.at(expected.user));
    const auto ids = ids_of(expected.user);
    EXPECT_NE(std::ranges::find(ids, id), ids.end());
  }

  Random random_{20261122};
};

TEST_F(MergeProperty, AgreesWithAPlainModel) {
  RecordProperty("seed", "20261122");
  Model model;
  for (int step = 0; step < 1000; ++step) {
    const std::string id = "e" + std::to_string(random_.below(6));
    if (random_.below(8) == 0) {
      const bool there = model.endpoints.contains(id);
      EXPECT_EQ(endpoints_.remove(kApp, id).has_value(), there);
      if (!there) continue;
      const std::string user = model.endpoints[id].user;
      model.endpoints.erase(id);
      leave(model, user, id);
    } else {
      const auto request = random_request(model.endpoints[id], model, id);
      ASSERT_TRUE(endpoints_.update(kApp, id, request));
    }
    for (int i = 0; i < 6; ++i) expect_equal("e" + std::to_string(i), model);
    if (HasFailure()) FAIL() << "after step " << step;
  }
}

}  // namespace
}  // namespace rapport::audience
