#include "channels/tracking.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rapport::channels {
namespace {

constexpr Timestamp kSent = {1'700'000'000 * kMicrosPerSecond};

Outgoing email(const std::string& html, const std::string& endpoint = "e1") {
  Outgoing message;
  message.id = "m1";
  message.app_id = "app";
  message.channel = "EMAIL";
  message.endpoint_id = endpoint;
  message.to = "ana@example.com";
  message.origin = {.campaign_id = "c", .activity_id = "a", .treatment_id = "1"};
  messages::Email content;
  content.html = html;
  message.content = std::move(content);
  return message;
}

const messages::Email& content_of(const Outgoing& message) { return std::get<messages::Email>(message.content); }

std::string token_in(const std::string& text, std::size_t from = 0) {
  const std::size_t start = text.find("/t/", from) + 3;
  return text.substr(start, text.find_first_of("\">", start) - start);
}

class TrackingTest : public ::testing::Test {
 protected:
  const Tracking tracking_{"https://mail.example", "secret"};
};

TEST_F(TrackingTest, RewritesLinksAndCountsOpens) {
  Outgoing message =
      email(R"(<body><A class='b'  href = "https://shop.example/a?b=1&amp;c=2">x</A><a href='mailto:a@b'>y</a>)"
            R"(<a data-no-track href="https://plain.example">z</a><p href="https://p.example"></body>)");
  tracking_.prepare(message, Purpose::kMarketing, kSent);
  const std::string& html = content_of(message).html;
  EXPECT_NE(html.find("mailto:a@b"), std::string::npos);
  EXPECT_NE(html.find("https://plain.example"), std::string::npos);
  EXPECT_NE(html.find("https://p.example"), std::string::npos);
  EXPECT_EQ(html.find("shop.example"), std::string::npos);
  const TrackedLink click = tracking_.read(token_in(html)).value();
  EXPECT_EQ(click.kind, TrackedLink::Kind::kClick);
  EXPECT_EQ(click.url, "https://shop.example/a?b=1&c=2");
  EXPECT_EQ(click.endpoint, "e1");
  EXPECT_EQ(click.origin.treatment_id, "1");
  EXPECT_EQ(click.sent, kSent);
  const TrackedLink open = tracking_.read(token_in(html, html.find("<img"))).value();
  EXPECT_EQ(open.kind, TrackedLink::Kind::kOpen);
  EXPECT_EQ(open.message, "m1");
  EXPECT_TRUE(html.ends_with("></body>"));
}

TEST_F(TrackingTest, LeadsWhereTheLinkLed) {
  const std::pair<std::string, std::string> links[] = {
      {"https://shop.example/a%20b/%E6%97%A5?x=%26&amp;y=1+2#top",
       "https://shop.example/a%20b/%E6%97%A5?x=%26&y=1+2#top"},
      {"https://shop.example/?a=1&b=2&#38;c=3&#038;d=4&#x26;e=5", "https://shop.example/?a=1&b=2&c=3&d=4&e=5"},
      {"HTTP://Shop.Example:8080", "HTTP://Shop.Example:8080"},
      {" https://shop.example/\xe6\x97\xa5?q=\xc3\xa9#\xc3\xbc ",
       "https://shop.example/\xe6\x97\xa5?q=\xc3\xa9#\xc3\xbc"},
      {"https://shop.example/?next=https%3A%2F%2Fother.example%2F%3Fa%3Db",
       "https://shop.example/?next=https%3A%2F%2Fother.example%2F%3Fa%3Db"},
      {"https://shop.example/?q='it'&gt;", "https://shop.example/?q='it'&gt;"}};
  for (const auto& [written, meant] : links) {
    Outgoing message = email("<a href=\"" + written + "\">x</a>");
    tracking_.prepare(message, Purpose::kMarketing, kSent);
    EXPECT_EQ(tracking_.read(token_in(content_of(message).html))->url, meant);
  }
}

TEST_F(TrackingTest, LeavesOtherLinksAlone) {
  for (const std::string link : {"mailto:a@b.example?subject=x", "tel:+12065550142", "sms:+12065550142", "#top", "",
                                 "/relative", "//host.example/x", "javascript:alert(1)", "ftp://x.example/",
                                 "app://open", "httpx://x.example", "data:text/html,x", "cid:part1"}) {
    const std::string html = "<a href=\"" + link + "\">x</a>";
    Outgoing message = email(html);
    tracking_.prepare(message, Purpose::kMarketing, kSent);
    EXPECT_TRUE(content_of(message).html.starts_with(html)) << link;
  }
  for (const std::string html :
       {"<a>x</a>", "<a href>x</a>", "<a href=https://x.example>x</a>", "<a href=\"https://x.exa",
        "<area href=\"https://x.example\">", "<a xhref=\"https://x.example\">"}) {
    Outgoing message = email(html);
    tracking_.prepare(message, Purpose::kMarketing, kSent);
    EXPECT_TRUE(content_of(message).html.starts_with(html)) << html;
  }
}

TEST_F(TrackingTest, OffersOneClickUnsubscription) {
  Outgoing message = email("");
  tracking_.prepare(message, Purpose::kMarketing, kSent);
  const auto& headers = content_of(message).headers;
  ASSERT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers[0].name, "List-Unsubscribe");
  EXPECT_TRUE(headers[0].value.starts_with("<https://mail.example/t/"));
  EXPECT_EQ(tracking_.read(token_in(headers[0].value))->kind, TrackedLink::Kind::kUnsubscribe);
  EXPECT_EQ(headers[1].name, "List-Unsubscribe-Post");
  EXPECT_EQ(headers[1].value, "List-Unsubscribe=One-Click");
  EXPECT_TRUE(content_of(message).html.empty());
  tracking_.prepare(message, Purpose::kMarketing, kSent);
  EXPECT_EQ(content_of(message).headers.size(), 2U);
  for (auto [endpoint, purpose] : {std::pair("e1", Purpose::kTransactional), std::pair("", Purpose::kMarketing)}) {
    Outgoing other = email("", endpoint);
    tracking_.prepare(other, purpose, kSent);
    EXPECT_TRUE(content_of(other).headers.empty());
  }
}

TEST_F(TrackingTest, ReadsOnlyWhatItMade) {
  TrackedLink link;
  link.app = "app";
  link.url = "https://x.example";
  const std::string token = tracking_.token_of(link);
  EXPECT_TRUE(tracking_.read(token));
  EXPECT_FALSE(Tracking("https://mail.example", "other").read(token));
  EXPECT_FALSE(Tracking("", "secret").read(token));
  for (const std::string bad : {"", ".", "a.b", "https://evil.example"}) EXPECT_FALSE(tracking_.read(bad)) << bad;
  const std::uint64_t seed = 5;
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int i = 0; i < 1000; ++i) {
    std::string changed = token;
    char& c = changed[random.below(changed.size())];
    const char before = c;
    c = static_cast<char>('0' + random.below(75));
    EXPECT_EQ(tracking_.read(changed).has_value(), c == before) << changed;
  }
}

TEST_F(TrackingTest, KnowsWhenATokenWasPutTogether) {
  const auto token_of = [&](std::string app, std::string endpoint, std::string url) {
    TrackedLink link;
    link.kind = TrackedLink::Kind::kClick;
    link.app = std::move(app);
    link.endpoint = std::move(endpoint);
    link.url = std::move(url);
    return tracking_.token_of(link);
  };
  const std::string mine = token_of("app", "e1", "https://shop.example");
  for (const std::string& other :
       {token_of("other", "e1", "https://shop.example"), token_of("app", "e2", "https://shop.example"),
        token_of("app", "e1", "https://evil.example")}) {
    EXPECT_TRUE(tracking_.read(other));
    EXPECT_FALSE(tracking_.read(other.substr(0, other.find('.')) + mine.substr(mine.find('.'))));
  }
  for (std::size_t length = 0; length < mine.size(); ++length) EXPECT_FALSE(tracking_.read(mine.substr(0, length)));
  for (const std::string more : {".", "=", "A", "%20", ".x"}) EXPECT_FALSE(tracking_.read(mine + more)) << more;
}

TEST_F(TrackingTest, ChangesNothingWhenItIsOff) {
  Outgoing message = email("<a href=\"https://x.example\">x</a>");
  Tracking("", "secret").prepare(message, Purpose::kMarketing, kSent);
  EXPECT_EQ(content_of(message).html, "<a href=\"https://x.example\">x</a>");
  EXPECT_TRUE(content_of(message).headers.empty());
}

}  // namespace
}  // namespace rapport::channels
