#include "transfers/import_rows.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rapport::transfers {
namespace {

using Row = std::vector<std::string_view>;

Result<std::vector<audience::EndpointChange>> decode_csv(const Row& header, const Row& row) {
  audience::ChangeBuilder builder;
  std::vector<audience::EndpointChange> changes;
  const auto columns = TRY(CsvColumns::create(header));
  TRY(columns.decode(row, builder, changes));
  return changes;
}

Result<std::vector<audience::EndpointChange>> decode_json(std::string line) {
  audience::ChangeBuilder builder;
  std::vector<audience::EndpointChange> changes;
  const std::size_t size = line.size();
  line.append(64, '\0');
  TRY(JsonLineDecoder().decode(std::string_view(line).substr(0, size), builder, changes));
  return changes;
}

void expect_equal(const audience::EndpointChange& a, const audience::EndpointChange& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.fields, b.fields);
  EXPECT_EQ(a.user_id, b.user_id);
  EXPECT_EQ(a.user_fields, b.user_fields);
}

TEST(CsvColumnsTest, ARowIsWhatTheRequestWouldBe) {
  const auto changes = decode_csv({"Attributes.a", "Id", "User.UserId", "Metrics.m", "Attributes.a", "Location.City",
                                   "User.UserAttributes.Full Name", "EffectiveDate", "CohortId"},
                                  {"x", "e1", "u", "-1.5", "y", "Rome", "Ann B", "2026-01-02T03:04:05Z", "17"})
                           .value();
  ASSERT_EQ(changes.size(), 1U);
  const auto request = json::parse(R"({"Attributes":{"a":["x","y"]},"Metrics":{"m":-1.5},"Location":{"City":"Rome"},
      "User":{"UserId":"u","UserAttributes":{"Full Name":["Ann B"]}},"EffectiveDate":"2026-01-02T03:04:05Z"})")
                           .value();
  expect_equal(changes[0], audience::change_of("e1", request.as_object()).value());
}

TEST(CsvColumnsTest, RefusesColumnsAndValuesThatMeanNothing) {
  EXPECT_EQ(decode_csv({"Id", "Nonsense"}, {}).error().message, "Unknown column: Nonsense");
  EXPECT_FALSE(decode_csv({"Attributes."}, {}));
  EXPECT_FALSE(decode_csv({"Id", "Address", "Address"}, {}));
  EXPECT_EQ(decode_csv({"Metrics.m"}, {"much"}).error().field, "m");
  EXPECT_EQ(decode_csv({"EffectiveDate"}, {"soon"}).error().field, "EffectiveDate");
  EXPECT_FALSE(decode_csv({"Id", "Address"}, {"e"}));
}

TEST(CsvColumnsTest, ALineOfUsersMayNameSeveral) {
  const auto changes = decode_csv({"User.UserId"}, {"u1  u2 u3"}).value();
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[1].user_id, "u2");
  EXPECT_EQ(changes[1].id, "");
}

TEST(JsonLineTest, RefusesWhatIsNotOneObject) {
  for (const char* line : {"", "Id,Address", "[1]", "{\"Id\":", "{\"Id\":\"a\"} {}", "\"text\""}) {
    EXPECT_EQ(decode_json(line).error().kind, ErrorKind::kInvalid) << line;
  }
  EXPECT_EQ(decode_json(R"({"Id":7})").error().field, "Id");
  EXPECT_EQ(decode_json(R"({"Metrics":{"m":"1"}})").error().field, "m");
  EXPECT_EQ(decode_json(R"({"Attributes":{"a":[["b"]]}})").error().field, "a");
}

json::value random_scalar(Random& random) {
  switch (random.below(6)) {
    case 0: return static_cast<std::int64_t>(random.below(1000));
    case 1: return random.below(2) == 0;
    case 2: return nullptr;
    case 3: return static_cast<double>(random.below(9)) + 0.25;
    default: return json::value("t\xC3\xA9 \"" + std::to_string(random.below(100)));
  }
}

json::object random_lists(Random& random) {
  json::object lists;
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    json::array list;
    for (std::uint64_t n = random.below(4); n > 0; --n) list.push_back(random_scalar(random));
    const std::string name = "n" + std::to_string(random.below(20));
    lists[name] = random.below(4) == 0 ? random_scalar(random) : json::value(list);
  }
  return lists;
}

json::object random_request(Random& random) {
  json::object request{{"Attributes", random_lists(random)}, {"Metrics", {{"m", random.uniform() * 100}}}};
  const auto maybe = [&](json::object& into, std::string_view name, json::value value) {
    if (random.below(2) == 0) into[name] = std::move(value);
  };
  maybe(request, "Address", "a@x.org");
  maybe(request, "ChannelType", random.below(9) == 0 ? "OWL" : "SMS");
  maybe(request, "OptOut", "ALL");
  maybe(request, "EndpointStatus", "INACTIVE");
  maybe(request, "CreationDate", "2020-01-01");
  maybe(request, "Unknown", json::object{{"x", 1}});
  json::object user;
  maybe(user, "UserId", random_scalar(random));
  maybe(user, "UserAttributes", random_lists(random));
  maybe(request, "User", user);
  json::object location;
  maybe(location, "Latitude", random.uniform() * 90);
  maybe(location, "Country", "IT");
  maybe(request, "Location", location);
  return request;
}

// A line of a file means what the same document means as a request.
TEST(JsonLineTest, AgreesWithTheRequest) {
  constexpr std::uint64_t kSeed = 42;
  RecordProperty("seed", std::to_string(kSeed));
  Random random(kSeed);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    auto request = random_request(random);
    const auto expected = audience::change_of("e", request);
    request["Id"] = "e";
    const auto line = json::serialize(request);
    const auto decoded = decode_json(line);
    ASSERT_EQ(decoded.has_value(), expected.has_value()) << line;
    refused += expected ? 0 : 1;
    if (expected) expect_equal(decoded->front(), *expected);
    if (HasFailure()) FAIL() << line;
  }
  EXPECT_GT(refused, 10);
  EXPECT_LT(refused, 2500);
}

TEST(JsonLineTest, SurvivesDamage) {
  constexpr std::uint64_t kSeed = 43;
  RecordProperty("seed", std::to_string(kSeed));
  Random random(kSeed);
  for (int i = 0; i < 3000; ++i) {
    auto line = json::serialize(random_request(random));
    for (std::uint64_t n = 1 + random.below(4); n > 0; --n)
      line[random.below(line.size())] = static_cast<char>(random());
    const auto decoded = decode_json(line);
    EXPECT_TRUE(decoded || decoded.error().kind == ErrorKind::kInvalid);
  }
}

TEST(JsonLineTest, SaysWhatIsWrongWithALine) {
  const auto message_of = [](std::string_view line) {
    const auto decoded = decode_json(std::string(line));
    return decoded ? "" : decoded.error().message;
  };
  EXPECT_EQ(message_of(R"({Id: "e1"})"),
            "Unexpected character ('I' (code 73)): was expecting double-quote to start field name");
  EXPECT_EQ(message_of("Id,Address"), "Unexpected character ('I' (code 73)): every line must be a JSON object");
  EXPECT_EQ(message_of("[]"), "Unexpected character ('[' (code 91)): every line must be a JSON object");
  EXPECT_TRUE(message_of(R"({"Id":"e1")").starts_with("The line must be one JSON object: "));
  EXPECT_TRUE(message_of("{").starts_with("The line must be one JSON object: "));
  EXPECT_EQ(message_of(" "), "The line must be one JSON object");
}

}  // namespace
}  // namespace rapport::transfers
