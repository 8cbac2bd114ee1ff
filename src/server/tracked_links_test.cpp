#include "server/tracked_links.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "testing/temporary_directory.h"

namespace rapport::server {
namespace {

using Kind = channels::TrackedLink::Kind;

class Told final : public events::Publisher {
 public:
  Status publish(std::span<const events::Event> told) override {
    events.insert(events.end(), told.begin(), told.end());
    return status;
  }
  std::vector<events::Event> events;
  Status status;
};

class TrackedLinksTest : public ::testing::Test {
 protected:
  TrackedLinksTest() {
    for (const char* app : {"app", "other"}) {
      EXPECT_TRUE(endpoints_.update(app, "e1", {{"ChannelType", "EMAIL"}, {"Address", "ana@example.com"}}));
    }
  }

  static channels::TrackedLink link(Kind kind, std::string url = {}) {
    channels::TrackedLink link;
    link.kind = kind;
    link.app = "app";
    link.endpoint = "e1";
    link.message = "m1";
    link.url = std::move(url);
    link.origin.campaign_id = "c1";
    return link;
  }
  http::Response ask(const std::string& token, const std::string& method = "GET", const std::string& agent = "Mail") {
    http::Request request;
    request.head.method = method;
    request.head.target = "/t/" + token;
    request.head.headers.add("User-Agent", agent);
    return links_.answer(request);
  }
  http::Response ask(const channels::TrackedLink& of, const std::string& method = "GET") {
    return ask(tracking_.token_of(of), method);
  }
  bool opted_out(const std::string& app) { return endpoints_.get(app, "e1")->opted_out(); }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<records::Store> records_ = records::open_rocksdb(directory_.file("records")).value();
  audience::Endpoints endpoints_{*records_, clock_};
  channels::Tracking tracking_{"https://mail.example", "secret"};
  Told told_;
  TrackedLinks links_{tracking_, endpoints_, told_, clock_};
};

TEST_F(TrackedLinksTest, LeadWhereTheyLedAndTell) {
  const std::string url = "https://shop.example/a%20b?x=%26&y=1+2#top";
  const http::Response led = ask(link(Kind::kClick, url));
  EXPECT_EQ(led.status, 302);
  EXPECT_EQ(led.headers.get("Location"), url);
  ASSERT_EQ(told_.events.size(), 1U);
  EXPECT_EQ(told_.events[0].type, "_email.click");
  EXPECT_EQ(told_.events[0].app, "app");
  EXPECT_EQ(told_.events[0].endpoint, "e1");
  const http::Response opened = ask(link(Kind::kOpen));
  EXPECT_EQ(opened.status, 200);
  EXPECT_EQ(opened.headers.get("Content-Type"), "image/gif");
  EXPECT_EQ(told_.events.at(1).type, "_email.open");
  EXPECT_EQ(ask(link(Kind::kClick, url), "HEAD").status, 302);
  EXPECT_EQ(ask(link(Kind::kClick, url), "POST").status, 405);
  EXPECT_EQ(told_.events.size(), 2U) << "who looks without opening has not clicked";
  told_.status = fail(ErrorKind::kUnavailable, "the disk is full");
  EXPECT_EQ(ask(link(Kind::kClick, url)).status, 302) << "whoever clicks gets where they wanted";
}

TEST_F(TrackedLinksTest, SayInAHeaderWhatMayStandThere) {
  const auto location = [&](std::string url) {
    return std::string(ask(link(Kind::kClick, std::move(url))).headers.get("Location"));
  };
  EXPECT_EQ(location("https://x.example/\xe6\x97\xa5?q=\xc3\xa9"), "https://x.example/%E6%97%A5?q=%C3%A9");
  EXPECT_EQ(location("https://x.example/a b\r\nSet-Cookie: c"), "https://x.example/a%20b%0D%0ASet-Cookie:%20c");
}

TEST_F(TrackedLinksTest, TellUtf8WhateverTheBrowserIsCalled) {
  const std::string token = tracking_.token_of(link(Kind::kOpen));
  for (const std::string& agent :
       {std::string("M\xfcller \x80"), std::string(600, 'x') + "\xc3\xa9", std::string(511, 'x') + "\xc3\xa9"}) {
    EXPECT_EQ(ask(token, "GET", agent).status, 200);
    EXPECT_TRUE(is_valid_utf8(told_.events.back().context));
  }
  EXPECT_NE(told_.events.front().context.find("M?ller ?"), std::string::npos);
}

TEST_F(TrackedLinksTest, OptOutOfTheirApplicationWhenThePersonSaysSo) {
  EXPECT_EQ(ask(link(Kind::kUnsubscribe)).status, 200);
  EXPECT_FALSE(opted_out("app")) << "mail scanners open every link";
  EXPECT_TRUE(told_.events.empty());
  EXPECT_EQ(ask(link(Kind::kUnsubscribe), "POST").status, 200);
  EXPECT_TRUE(opted_out("app"));
  EXPECT_FALSE(opted_out("other"));
  ASSERT_EQ(told_.events.size(), 1U);
  EXPECT_EQ(told_.events[0].type, "_email.unsubscribe");
  EXPECT_EQ(ask(link(Kind::kUnsubscribe), "POST").status, 200);
  EXPECT_EQ(told_.events.at(1).id, told_.events[0].id) << "a person leaves once";
  channels::TrackedLink gone = link(Kind::kUnsubscribe);
  gone.endpoint = "deleted";
  EXPECT_EQ(ask(gone, "POST").status, 200);
}

TEST_F(TrackedLinksTest, RefuseWhatWeDidNotMake) {
  const channels::TrackedLink click = link(Kind::kClick, "https://shop.example");
  const std::string token = tracking_.token_of(click);
  EXPECT_EQ(ask(channels::Tracking("https://mail.example", "an older secret").token_of(click)).status, 404);
  for (const std::string& bad : {std::string(), std::string("x"), token + "x", token.substr(1), "../" + token}) {
    EXPECT_EQ(ask(bad).status, 404) << bad;
  }
  EXPECT_EQ(
      ask(channels::Tracking("https://mail.example", "guessed").token_of(link(Kind::kUnsubscribe)), "POST").status,
      404);
  EXPECT_FALSE(opted_out("app"));
  EXPECT_TRUE(told_.events.empty());
  EXPECT_EQ(ask(token + "?utm_source=x").status, 302) << "a query that others append does no harm";
}

}  // namespace
}  // namespace rapport::server
