#include "server/callers.h"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

http::RequestHead head_with(std::initializer_list<std::pair<std::string, std::string>> headers) {
  http::RequestHead head;
  head.method = "POST";
  head.remote_address = "10.0.0.1";
  head.headers.add("Host", "rapport.example:8443");
  for (const auto& [name, value] : headers) head.headers.add(name, value);
  return head;
}

TEST(ForeignPage, IsToldByOriginSiteAndForm) {
  EXPECT_FALSE(refuse_foreign_page(head_with({})));
  EXPECT_FALSE(refuse_foreign_page(head_with({{"Origin", "https://RAPPORT.example:8443"}})));
  EXPECT_FALSE(
      refuse_foreign_page(head_with({{"Sec-Fetch-Site", "same-origin"}, {"Content-Type", "application/json"}})));
  for (const auto* origin : {"https://rapport.example", "https://rapport.example:8443.evil.example", "null",
                             "https://evil.example", "rapport.example:8443"}) {
    EXPECT_TRUE(refuse_foreign_page(head_with({{"Origin", origin}}))) << origin;
  }
  for (const auto* site : {"cross-site", "same-site"}) {
    EXPECT_TRUE(refuse_foreign_page(head_with({{"Sec-Fetch-Site", site}}))) << site;
  }
  for (const auto* type : {"text/plain", "Text/Plain;charset=UTF-8", "multipart/form-data; boundary=x",
                           "application/x-www-form-urlencoded"}) {
    EXPECT_TRUE(refuse_foreign_page(head_with({{"Content-Type", type}}))) << type;
  }
}

TEST(ClientAddress, IsThePeersUnlessAProxyTells) {
  const auto forwarded = [](std::string value) { return head_with({{"X-Forwarded-For", std::move(value)}}); };
  EXPECT_EQ(client_address(forwarded("192.0.2.1"), ""), "10.0.0.1");
  EXPECT_EQ(client_address(forwarded("192.0.2.1"), "10.0.0.9"), "10.0.0.1") << "the peer is no proxy of ours";
  EXPECT_EQ(client_address(forwarded("192.0.2.1"), "10.0.0.9, 10.0.0.1"), "192.0.2.1");
  EXPECT_EQ(client_address(forwarded("forged, 192.0.2.1, 10.0.0.9"), "10.0.0.1,10.0.0.9"), "192.0.2.1");
  EXPECT_EQ(client_address(forwarded(" , "), "10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(client_address(head_with({}), "10.0.0.1"), "10.0.0.1");
}

TEST(Callers, SeeCredentialsInCookieAndHeader) {
  EXPECT_FALSE(Callers::has_credentials(head_with({{"Cookie", "other=1; xrapport_session=2"}})));
  EXPECT_TRUE(Callers::has_credentials(head_with({{"Cookie", "other=1;rapport_session=abc"}})));
  EXPECT_TRUE(Callers::has_credentials(head_with({{"Cookie", "a=b"}, {"Cookie", "rapport_session="}})));
  EXPECT_TRUE(Callers::has_credentials(head_with({{"X-Rapport-Publishable-Key", "pk_"}})));
}

}  // namespace
}  // namespace rapport::server
