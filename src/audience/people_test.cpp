#include "audience/people.h"

#include <set>

#include "audience/fixture_test.h"

namespace rapport::audience {
namespace {

class PeopleTest : public AudienceFixture {
 protected:
  void put(const std::string& id, std::string_view request) {
    const auto done = endpoints().update(app_, id, object(request));
    ASSERT_TRUE(done) << done.error().message;
  }
  void put_user(const std::string& id, const std::string& user, const std::string& address) {
    put(id, R"({"ChannelType":"EMAIL","Address":")" + address + R"(","User":{"UserId":")" + user + R"("}})");
  }
  // `user: endpoint,endpoint` or the endpoint, of every page.
  std::vector<std::string> find(const std::string& text, std::size_t limit = 50) {
    PeopleSearch search{.app = app_, .text = text, .limit = limit};
    std::vector<std::string> shown;
    while (true) {
      const auto found = find_people(*store_, endpoints(), search);
      EXPECT_TRUE(found) << found.error().message;
      if (!found) return shown;
      EXPECT_LE(found->people.size(), limit + 2);
      for (const auto& person : found->people) {
        std::string line = person.user + ":";
        for (const auto& endpoint : person.endpoints) line += std::string(endpoint.id()) + ",";
        shown.push_back(line);
      }
      if (found->complete) return shown;
      search.from = found->next;
    }
  }
  using Lines = std::vector<std::string>;
};

TEST_P(PeopleTest, FindsByUserEndpointAndAddress) {
  put_user("Mail-1", "ada", "ada@film.example");
  put_user("phone-1", "ada", "ada@other.example");
  put_user("mail-2", "adam", "adam@film.example");
  put("lonely", R"({"ChannelType":"SMS","Address":"+886912345678"})");
  EXPECT_EQ(find("ada"), (Lines{"ada:Mail-1,phone-1,", "adam:mail-2,"}));
  EXPECT_EQ(find("adam"), Lines{"adam:mail-2,"});
  EXPECT_EQ(find("mail-"), (Lines{"ada:Mail-1,phone-1,", "adam:mail-2,"}));
  EXPECT_EQ(find("MAIL-2"), Lines{"adam:mail-2,"});
  EXPECT_EQ(find("ada@other.example"), Lines{"ada:Mail-1,phone-1,"});
  EXPECT_EQ(find("ada@"), Lines{"ada:Mail-1,phone-1,"});
  EXPECT_EQ(find("ADAM@film.example"), Lines{"adam:mail-2,"});
  EXPECT_EQ(find("AdaM@F"), Lines{"adam:mail-2,"});
  EXPECT_EQ(find("+886912345678"), Lines{":lonely,"});
  EXPECT_EQ(find("+8869"), Lines{":lonely,"});
  EXPECT_EQ(find("nobody"), Lines{});
}

TEST_P(PeopleTest, FindsWhoIsInactiveByTheAddress) {
  put("gone", R"({"ChannelType":"EMAIL","Address":"old@film.example","EndpointStatus":"INACTIVE"})");
  EXPECT_EQ(find("old@film.example"), Lines{":gone,"});
}

TEST_P(PeopleTest, PagesThroughEverybodyOnce) {
  for (int i = 0; i < 31; ++i) {
    const std::string n = std::to_string(i);
    if (i % 3 == 0) put("solo-" + n, R"({"ChannelType":"EMAIL","Address":"s)" + n + R"(@film.example"})");
    if (i % 3 != 0) put_user("mail-" + n, "user-" + std::to_string(i / 2), "u" + n + "@film.example");
  }
  const auto whole = find("", 1000);
  EXPECT_EQ(find("", 4), whole);
  EXPECT_EQ(find("", 1), whole);
  EXPECT_EQ(std::set(whole.begin(), whole.end()).size(), whole.size());
  EXPECT_EQ(find("s", 2), find("s", 100));
  EXPECT_EQ(find("s").size(), 11U);
}

INSTANTIATE_TEST_SUITE_P(Engines, PeopleTest, ::testing::Values(Engines::kFiles, Engines::kPostgres), name_of);

}  // namespace
}  // namespace rapport::audience
