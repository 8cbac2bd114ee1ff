#include "console_files/console_files.h"

#include <gtest/gtest.h>

namespace rapport::console_files {
namespace {

std::string pack() {
  return R"([{"path":"/assets/app-0a1b2c3d.js","type":"text/javascript","etag":"aa","for_ever":true,"offset":0,"size":4,)"
         R"("gzip_offset":4,"gzip_size":2},{"path":"/index.html","type":"text/html","etag":"bb","offset":6,"size":6}])"
         "\ncodeGZ<html>";
}

http::RequestHead get(std::string target, std::string accept = "*/*") {
  http::RequestHead head;
  head.method = "GET";
  head.target = std::move(target);
  head.headers.add("Accept", std::move(accept));
  return head;
}

TEST(ConsoleFiles, AnswersAFileWithItsTypeAndLetsHashedOnesBeKept) {
  const std::string packed = pack();
  const ConsoleFiles files = ConsoleFiles::open(packed).value();
  const auto script = files.answer(get("/assets/app-0a1b2c3d.js?x=1"));
  ASSERT_TRUE(script);
  EXPECT_EQ(script->status, 200);
  EXPECT_EQ(script->body, "code");
  EXPECT_EQ(script->headers.get("Content-Type"), "text/javascript");
  EXPECT_EQ(script->headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(script->headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(script->headers.find("Content-Encoding"));
  const auto page = files.answer(get("/index.html"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->body, "<html>");
  EXPECT_EQ(page->headers.get("Cache-Control"), "no-cache");
}

TEST(ConsoleFiles, SendsTheCompressedFormToWhoeverTakesIt) {
  const std::string packed = pack();
  const ConsoleFiles files = ConsoleFiles::open(packed).value();
  http::RequestHead head = get("/assets/app-0a1b2c3d.js");
  head.headers.add("Accept-Encoding", "br;q=1.0, gzip, deflate");
  EXPECT_EQ(files.answer(head)->body, "GZ");
  EXPECT_EQ(files.answer(head)->headers.get("Content-Encoding"), "gzip");
  head.headers.set("Accept-Encoding", "gzip; q=0, br");
  EXPECT_EQ(files.answer(head)->body, "code");
}

TEST(ConsoleFiles, AnswersNotModifiedToWhoeverHasIt) {
  const std::string packed = pack();
  const ConsoleFiles files = ConsoleFiles::open(packed).value();
  http::RequestHead head = get("/index.html");
  head.headers.add("If-None-Match", R"("zz", W/"bb")");
  EXPECT_EQ(files.answer(head)->status, 304);
  EXPECT_EQ(files.answer(head)->body, "");
  head.headers.set("If-None-Match", R"("zz")");
  EXPECT_EQ(files.answer(head)->status, 200);
}

TEST(ConsoleFiles, ShowsThePageForAnyPathABrowserShowsAndNothingElse) {
  const std::string packed = pack();
  const ConsoleFiles files = ConsoleFiles::open(packed).value();
  constexpr const char* kBrowser = "text/html,application/xhtml+xml,*/*;q=0.8";
  for (const auto* path : {"/", "/apps/1/segments", "/welcome?token=abc"}) {
    const auto page = files.answer(get(path, kBrowser));
    ASSERT_TRUE(page) << path;
    EXPECT_EQ(page->body, "<html>");
    EXPECT_NE(page->headers.get("Content-Security-Policy").find("default-src 'self'"), std::string_view::npos);
  }
  EXPECT_FALSE(files.answer(get("/assets/none-00000000.js")));
  http::RequestHead post = get("/", kBrowser);
  post.method = "POST";
  EXPECT_FALSE(files.answer(post));
}

TEST(ConsoleFiles, LetsRemotePicturesIntoThePreviewOfMailsOnly) {
  constexpr std::string_view kPolicy = "Content-Security-Policy";
  const std::string packed = R"([{"path":"/mail-frame.html","type":"text/html","etag":"aa","offset":0,"size":6},)"
                             R"({"path":"/index.html","type":"text/html","etag":"bb","offset":0,"size":6}])"
                             "\n<html>";
  const ConsoleFiles files = ConsoleFiles::open(packed).value();
  const auto frame = files.answer(get("/mail-frame.html"));
  ASSERT_TRUE(frame);
  EXPECT_NE(frame->headers.get(kPolicy).find("img-src https:"), std::string_view::npos);
  EXPECT_NE(frame->headers.get(kPolicy).find("sandbox allow-scripts"), std::string_view::npos);
  EXPECT_EQ(files.answer(get("/index.html"))->headers.get(kPolicy).find("https:"), std::string_view::npos);
}

TEST(ConsoleFiles, SaysWhenTheConsoleWasNotBuilt) {
  const ConsoleFiles files = ConsoleFiles::open("[]\n").value();
  const auto page = files.answer(get("/", "text/html"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 503);
  EXPECT_NE(page->body.find("The console was not built"), std::string::npos);
}

TEST(ConsoleFiles, RefusesABrokenPackAndReadsTheEmbeddedOne) {
  for (const auto* broken : {"", "[]", "{}\n", "[1]\n",
                             R"([{"path":"/a","offset":1,"size":1}])"
                             "\nx"}) {
    EXPECT_FALSE(ConsoleFiles::open(broken)) << broken;
  }
  EXPECT_TRUE(ConsoleFiles::open(embedded_pack()));
}

}  // namespace
}  // namespace rapport::console_files
