#include "http/message.h"

#include <gtest/gtest.h>

#include "http/cors.h"
#include "http/response_head.h"

namespace rapport::http {
namespace {

TEST(Headers, LookUpIgnoresCaseAndSetReplaces) {
  Headers headers;
  headers.add("X-A", "1");
  headers.add("x-a", "2");
  EXPECT_EQ(headers.get("X-a"), "1");
  EXPECT_FALSE(headers.find("x-b"));
  headers.set("x-A", "3");
  EXPECT_EQ(std::distance(headers.begin(), headers.end()), 1);
  EXPECT_EQ(headers.get("X-A"), "3");
  headers.remove("x-a");
  EXPECT_EQ(headers.get("X-A"), "");
}

TEST(RequestHead, SplitsTheTarget) {
  RequestHead head;
  head.target = "/a/b?c=d?e";
  EXPECT_EQ(head.path(), "/a/b");
  EXPECT_EQ(head.query(), "c=d?e");
  head.target = "/a";
  EXPECT_EQ(head.path(), "/a");
  EXPECT_EQ(head.query(), "");
}

TEST(ResponseHead, ServerOwnsLengthDateAndConnection) {
  Response response;
  response.status = 404;
  response.body = "12345";
  response.headers.add("content-length", "99");
  response.headers.add("Connection", "upgrade");
  response.headers.add("X-A", "1\r\nX-B: 2");
  std::string out;
  append_head(out, response, "now", Connection::kClose);
  EXPECT_EQ(out,
            "HTTP/1.1 404 Not Found\r\nDate: now\r\nX-A: 1  X-B: 2\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST(ResponseHead, NoLengthWhereThereIsNoBody) {
  for (const int status : {204, 304}) {
    Response response;
    response.status = status;
    std::string out;
    append_head(out, response, "now", Connection::kKeepAlive);
    EXPECT_EQ(out.find("Content-Length"), std::string::npos);
    EXPECT_FALSE(has_body(status));
  }
  EXPECT_TRUE(has_body(200));
}

RequestHead preflight(std::string asked) {
  RequestHead head{"OPTIONS", "/v1/apps", {}, "", false};
  head.headers.add("Origin", "https://example.com");
  head.headers.add("Access-Control-Request-Method", "POST");
  head.headers.add("Access-Control-Request-Headers", std::move(asked));
  return head;
}

TEST(Cors, PreflightAllowsWhatSdksSend) {
  const auto response =
      answer_preflight(preflight("authorization,content-type, X-Amz-Date,amz-sdk-request,x-evil,a b"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 204);
  EXPECT_EQ(response->headers.get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(response->headers.get("Access-Control-Allow-Headers"),
            "authorization, content-type, x-amz-date, amz-sdk-request");
}

TEST(Cors, OtherRequestsAreNoPreflight) {
  RequestHead get = preflight("");
  get.method = "GET";
  EXPECT_FALSE(answer_preflight(get));
  RequestHead plain_options{"OPTIONS", "/", {}, "", false};
  EXPECT_FALSE(answer_preflight(plain_options));
}

TEST(Cors, ResponsesExposeWhatSdksRead) {
  Response response;
  allow_any_origin(response);
  EXPECT_EQ(response.headers.get("Access-Control-Allow-Origin"), "*");
  EXPECT_NE(response.headers.get("Access-Control-Expose-Headers").find("x-amzn-RequestId"), std::string::npos);
}

}  // namespace
}  // namespace rapport::http
