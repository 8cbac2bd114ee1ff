#include "audience/endpoint.h"

#include <gtest/gtest.h>

#include "audience/fields.h"
#include "audience/record.h"
#include "base/random.h"

namespace rapport::audience {
namespace {

std::string random_value(Random& random, FieldKind kind) {
  if (kind == FieldKind::kTime) return encode_time({static_cast<std::int64_t>(random.below(2'000'000'000'000'000))});
  if (kind == FieldKind::kNumber) return encode_number(random.below(2) == 0 ? random.normal() : 52.0);
  const std::string texts[] = {"a", "\"quoted\" \\ text\n", "\xC3\xA9t\xC3\xA9", "a longer text of many words"};
  return texts[random.below(4)];
}

void add_lists(Random& random, Field field, FieldList& fields) {
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    std::string list;
    for (std::uint64_t n = random.below(3); n > 0; --n) append_text(list, random_value(random, FieldKind::kText));
    fields.add(field, "name \"" + std::to_string(i), list);
  }
}

std::string record_of(FieldList fields) { return std::string(1, kRecordVersion) + fields.sorted(); }

Endpoint random_endpoint(Random& random) {
  FieldList endpoint;
  bool has_user = false;
  for (const FieldInfo& info : single_fields()) {
    if (random.below(3) == 0) continue;
    endpoint.add(info.field, random_value(random, info.kind));
    has_user = has_user || info.field == Field::kUserId;
  }
  add_lists(random, Field::kAttribute, endpoint);
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    endpoint.add(Field::kMetric, "m" + std::to_string(i), random_value(random, FieldKind::kNumber));
  }
  FieldList user;
  std::string endpoints;
  append_text(endpoints, "id");
  user.add(Field::kUserEndpoints, endpoints);
  add_lists(random, Field::kUserAttribute, user);
  const bool is_known = has_user && random.below(3) > 0;
  return {"app", "id", record_of(std::move(endpoint)), is_known ? record_of(std::move(user)) : std::string()};
}

TEST(EndpointTest, TheDocumentAsTextIsTheDocument) {
  constexpr std::uint64_t kSeed = 11;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int round = 0; round < 2'000; ++round) {
    const Endpoint endpoint = random_endpoint(random);
    std::string text = "before ";
    endpoint.append_document(text);
    ASSERT_EQ(text, "before " + json::serialize(endpoint.document()));
  }
}

TEST(EndpointTest, SomeMembersAreThoseOfTheDocument) {
  constexpr std::uint64_t kSeed = 12;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  const std::vector<std::string> names{"ApplicationId", "CohortId", "Address",      "Attributes",  "Metrics",
                                       "User",          "Location", "CreationDate", "Demographic", "Unknown"};
  for (int round = 0; round < 2'000; ++round) {
    const Endpoint endpoint = random_endpoint(random);
    std::vector<std::string> some;
    for (const std::string& name : names) {
      if (random.below(2) == 0) some.push_back(name);
    }
    json::object expected = endpoint.document();
    for (auto member = expected.begin(); member != expected.end();) {
      const bool is_wanted = std::ranges::find(some, json::view(member->key())) != some.end();
      member = is_wanted ? std::next(member) : expected.erase(member);
    }
    ASSERT_EQ(endpoint.document(some), expected);
  }
}

}  // namespace
}  // namespace rapport::audience
