#include "accounts/accounts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "testing/temporary_directory.h"

namespace rapport::accounts {
namespace {

constexpr const char* kPassword = "correct horse battery";
constexpr std::int64_t kHour = 3600 * kMicrosPerSecond;

class AccountsTest : public ::testing::Test {
 protected:
  AccountsTest() { EXPECT_TRUE(sql::migrate(*database_, migrations())); }

  OpenedSession administrator(const std::string& name = "ann@example.org") {
    const std::string token = accounts_.make_welcome_link()->token;
    return accounts_.create_administrator({token, name, "Ann", kPassword}).value();
  }
  OpenedSession user(const std::string& name, Role role) {
    const auto invited = accounts_.invite({name, "", role}).value();
    return accounts_.accept(invited.link.token, kPassword).value();
  }
  auto log_in(const std::string& name, const std::string& password) {
    return accounts_.log_in({name, password, "10.0.0.1"});
  }
  bool is_live(const OpenedSession& opened) { return accounts_.sessions().find(opened.token).value().has_value(); }
  ErrorKind kind_of(const auto& refused) { return refused.error().kind; }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  Accounts accounts_{*database_, clock_, HashingCost::kLeast};
};

TEST_F(AccountsTest, TheWelcomeLinkMakesTheFirstAdministratorOnce) {
  EXPECT_FALSE(accounts_.users().has_administrator().value());
  const std::string older = accounts_.make_welcome_link()->token;
  const std::string token = accounts_.make_welcome_link()->token;
  EXPECT_EQ(kind_of(accounts_.create_administrator({"wrong", "ann", "", kPassword})), ErrorKind::kForbidden);
  const OpenedSession opened = accounts_.create_administrator({token, "ann", "Ann", kPassword}).value();
  EXPECT_EQ(opened.session.user.role, Role::kAdministrator);
  EXPECT_TRUE(is_live(opened));
  EXPECT_TRUE(accounts_.users().has_administrator().value());
  for (const auto& again : {token, older}) {
    EXPECT_EQ(kind_of(accounts_.create_administrator({again, "eve", "", kPassword})), ErrorKind::kConflict);
  }
  EXPECT_EQ(kind_of(accounts_.make_welcome_link()), ErrorKind::kConflict);
}

TEST_F(AccountsTest, LogsInWhateverTheCaseOfTheName) {
  administrator();
  const auto opened = log_in("ANN@example.org", kPassword);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->session.user.name, "ann@example.org");
  EXPECT_TRUE(accounts_.users().list({})->items.front().last_login);
  EXPECT_TRUE(is_live(*opened));
}

TEST_F(AccountsTest, AWrongPasswordAndAnUnknownNameAreRefusedAlikeAndSlowedDown) {
  administrator();
  for (const auto* name : {"ann@example.org", "nobody"}) {
    std::string message;
    for (int i = 0; i < 6; ++i) {
      const auto refused = log_in(name, "wrong");
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().error.kind, ErrorKind::kForbidden);
      EXPECT_EQ(refused.error().error.message, "The user name or the password is wrong, or the user is disabled");
    }
    const auto limited = log_in(name, kPassword);
    ASSERT_FALSE(limited) << "also the right password waits";
    EXPECT_EQ(limited.error().error.kind, ErrorKind::kLimited);
    EXPECT_EQ(limited.error().wait_seconds, 1);
  }
  clock_.advance(kMicrosPerSecond);
  EXPECT_TRUE(log_in("ann@example.org", kPassword));
}

TEST_F(AccountsTest, ASessionEndsWhenIdleAndAfterThirtyDays) {
  const OpenedSession idle = administrator();
  clock_.advance(11 * kHour);
  EXPECT_TRUE(is_live(idle)) << "and its use counts";
  clock_.advance(11 * kHour);
  EXPECT_TRUE(is_live(idle));
  clock_.advance(12 * kHour);
  EXPECT_FALSE(is_live(idle));
  const OpenedSession used = *log_in("ann@example.org", kPassword);
  for (int hour = 0; hour < 30 * 24 - 6; hour += 6) {
    EXPECT_TRUE(is_live(used)) << hour;
    clock_.advance(6 * kHour);
  }
  clock_.advance(6 * kHour);
  EXPECT_FALSE(is_live(used));
}

TEST_F(AccountsTest, EverySessionHasTokensOfItsOwn) {
  const OpenedSession first = administrator();
  const OpenedSession second = *log_in("ann@example.org", kPassword);
  EXPECT_NE(first.token, second.token);
  EXPECT_NE(first.session.csrf_token, second.session.csrf_token);
  EXPECT_FALSE(accounts_.sessions().find(first.session.id).value()) << "the stored hash is no token";
  ASSERT_TRUE(accounts_.sessions().end(first.session.id));
  EXPECT_FALSE(is_live(first));
  EXPECT_TRUE(is_live(second));
  ASSERT_TRUE(accounts_.sessions().end_all(second.session.user.id));
  EXPECT_FALSE(is_live(second));
}

TEST_F(AccountsTest, StoresNeitherPasswordsNorTokens) {
  const OpenedSession opened = administrator();
  const std::string link = accounts_.invite({"bob", "", Role::kViewer})->link.token;
  for (const auto* statement : {"SELECT password FROM console_users", "SELECT token_hash FROM console_sessions",
                                "SELECT token_hash FROM console_links"}) {
    const sql::Answer stored = database_->read(statement).value();
    EXPECT_FALSE(stored.rows.empty());
    for (const sql::Row& row : stored.rows) {
      for (const std::string& secret : {std::string(kPassword), opened.token, link}) {
        EXPECT_EQ(row.text(0).find(secret), std::string::npos);
      }
    }
  }
  const sql::Answer hashes = database_->read("SELECT password FROM console_users WHERE password <> ''").value();
  EXPECT_EQ(hashes.rows.front().text(0).substr(0, 10), "$argon2id$");
}

TEST_F(AccountsTest, ChangingThePasswordEndsEverySession) {
  const OpenedSession opened = administrator();
  const OpenedSession elsewhere = *log_in("ann@example.org", kPassword);
  const auto wrong = accounts_.change_password(opened.session, "wrong", "another password", "10.0.0.1");
  EXPECT_EQ(wrong.error().error.kind, ErrorKind::kForbidden);
  const auto same = accounts_.change_password(opened.session, kPassword, "ann@example.org", "10.0.0.1");
  EXPECT_EQ(same.error().error.kind, ErrorKind::kInvalid);
  EXPECT_TRUE(is_live(elsewhere));
  const auto changed = accounts_.change_password(opened.session, kPassword, "another password", "10.0.0.1");
  ASSERT_TRUE(changed);
  EXPECT_TRUE(is_live(*changed));
  EXPECT_FALSE(is_live(opened));
  EXPECT_FALSE(is_live(elsewhere));
  EXPECT_FALSE(log_in("ann@example.org", kPassword));
  EXPECT_TRUE(log_in("ann@example.org", "another password"));
}

TEST_F(AccountsTest, AnInvitationWorksOnceAndForAWeek) {
  administrator();
  const auto invited = accounts_.invite({"bob", "Bob", Role::kMarketer}).value();
  EXPECT_FALSE(invited.user.has_password);
  EXPECT_FALSE(log_in("bob", "")) << "nobody logs in without a password";
  EXPECT_EQ(kind_of(accounts_.invite({"BOB", "", Role::kViewer})), ErrorKind::kConflict);
  EXPECT_EQ(kind_of(accounts_.accept(invited.link.token, "bob")), ErrorKind::kInvalid);
  EXPECT_EQ(accounts_.accept(invited.link.token, kPassword)->session.user.role, Role::kMarketer);
  EXPECT_EQ(kind_of(accounts_.accept(invited.link.token, kPassword)), ErrorKind::kForbidden);
  const auto late = accounts_.invite({"cid", "", Role::kViewer}).value();
  clock_.advance(7 * kMicrosPerDay);
  EXPECT_EQ(kind_of(accounts_.accept(late.link.token, kPassword)), ErrorKind::kForbidden);
  const auto again = accounts_.make_password_link(late.user.id).value();
  EXPECT_EQ(again.link.expires - clock_.now(), 7 * kMicrosPerDay);
  EXPECT_TRUE(accounts_.accept(again.link.token, kPassword));
}

TEST_F(AccountsTest, ALinkForANewPasswordReplacesOlderOnesAndEndsSessions) {
  const OpenedSession opened = administrator();
  const auto first = accounts_.make_password_link(opened.session.user.id).value();
  const auto second = accounts_.make_password_link(opened.session.user.id).value();
  EXPECT_EQ(second.link.expires - clock_.now(), kMicrosPerDay);
  EXPECT_EQ(kind_of(accounts_.accept(first.link.token, "another password")), ErrorKind::kForbidden);
  EXPECT_TRUE(accounts_.accept(second.link.token, "another password"));
  EXPECT_FALSE(is_live(opened));
  EXPECT_FALSE(log_in("ann@example.org", kPassword));
  EXPECT_EQ(kind_of(accounts_.make_password_link("none")), ErrorKind::kNotFound);
}

TEST_F(AccountsTest, ARoleCountsAtOnceAndADisabledUserIsOut) {
  administrator();
  const OpenedSession bob = user("bob", Role::kMarketer);
  const std::string id = bob.session.user.id;
  ASSERT_TRUE(accounts_.users().update(id, {.role = Role::kViewer}));
  EXPECT_EQ(accounts_.sessions().find(bob.token).value()->user.role, Role::kViewer);
  const std::string link = accounts_.make_password_link(id)->link.token;
  ASSERT_TRUE(accounts_.users().update(id, {.disabled = true}));
  EXPECT_FALSE(is_live(bob));
  EXPECT_FALSE(log_in("bob", kPassword));
  EXPECT_EQ(kind_of(accounts_.accept(link, kPassword)), ErrorKind::kForbidden);
  ASSERT_TRUE(accounts_.users().update(id, {.disabled = false}));
  EXPECT_FALSE(is_live(bob)) << "an ended session stays ended";
  EXPECT_TRUE(log_in("bob", kPassword));
}

TEST_F(AccountsTest, SomebodyAlwaysAdministers) {
  const std::string ann = administrator().session.user.id;
  ASSERT_TRUE(accounts_.invite({"invited", "", Role::kAdministrator}));
  EXPECT_EQ(kind_of(accounts_.users().remove(ann)), ErrorKind::kConflict) << "an invited one cannot log in";
  EXPECT_EQ(kind_of(accounts_.users().update(ann, {.role = Role::kDeveloper})), ErrorKind::kConflict);
  EXPECT_EQ(kind_of(accounts_.users().update(ann, {.disabled = true})), ErrorKind::kConflict);
  EXPECT_TRUE(accounts_.users().update(ann, {.display_name = "A."}));
  const OpenedSession bob = user("bob", Role::kAdministrator);
  ASSERT_TRUE(accounts_.users().update(ann, {.role = Role::kViewer}));
  EXPECT_EQ(kind_of(accounts_.users().remove(bob.session.user.id)), ErrorKind::kConflict);
  EXPECT_TRUE(accounts_.users().remove(ann));
  EXPECT_EQ(kind_of(accounts_.users().remove(ann)), ErrorKind::kNotFound);
}

TEST_F(AccountsTest, ListsUsersInPages) {
  administrator();
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(accounts_.invite({"user" + std::to_string(i), "", Role::kViewer}));
  apps::PageRequest page;
  page.limit = 5;
  const auto first = accounts_.users().list(page).value();
  ASSERT_EQ(first.items.size(), 5U);
  const auto second = accounts_.users().list(apps::parse_page("5", first.next).value()).value();
  EXPECT_EQ(second.items.size(), 3U);
  EXPECT_EQ(second.next, "");
}

TEST(PasswordsTest, MatchOnlyTheirOwnHashAndNeverAnEmptyOne) {
  Passwords passwords(HashingCost::kLeast);
  const std::string hash = passwords.hash("secret").value();
  EXPECT_NE(hash, passwords.hash("secret").value()) << "salted";
  EXPECT_TRUE(passwords.matches(hash, "secret").value());
  EXPECT_FALSE(passwords.matches(hash, "Secret").value());
  EXPECT_FALSE(passwords.matches("", "secret").value());
  EXPECT_FALSE(passwords.matches("$argon2id$broken", "secret").value());
}

TEST(PasswordsTest, TurnAwayWhoComesWhenManyWaitAndGoOnAfterwards) {
  Passwords passwords(HashingCost::kInteractive);
  std::atomic<int> refused = 0;
  {
    std::latch start(24);
    std::vector<std::jthread> crowd;
    for (int i = 0; i < 24; ++i) {
      crowd.emplace_back([&] {
        start.arrive_and_wait();
        const auto answer = passwords.matches("", "secret");
        if (answer) return;
        EXPECT_EQ(answer.error().kind, ErrorKind::kLimited);
        ++refused;
      });
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_TRUE(passwords.matches("", "secret"));
}

}  // namespace
}  // namespace rapport::accounts
