#include "objects/store.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "objects/http_date.h"

namespace rapport::objects {
namespace {

TEST(S3Url, NamesABucketAndAKey) {
  const auto at = parse_s3_url("s3://my-bucket/in/a b.csv");
  ASSERT_TRUE(at);
  EXPECT_EQ(at->bucket, "my-bucket");
  EXPECT_EQ(at->key, "in/a b.csv");
  EXPECT_EQ(parse_s3_url("s3://my-bucket")->key, "");
  EXPECT_EQ(parse_s3_url("s3://my-bucket/")->key, "");
  EXPECT_EQ(parse_s3_url("s3://my-bucket/out/")->key, "out/");
}

TEST(S3Url, AnythingElseIsRefused) {
  for (const char* url : {"", "s3:/b/k", "http://bucket/key", "s3://", "s3://B/k", "s3://../k", "s3://bucket/../k",
                          "s3://bucket//k", "s3://bucket/a/./b", "s3://bucket/a//", "S3://bucket/k"}) {
    const auto at = parse_s3_url(url);
    ASSERT_FALSE(at) << url;
    EXPECT_EQ(at.error().kind, ErrorKind::kInvalid) << url;
  }
}

TEST(HttpDate, TheFormatThatIsWrittenIsRead) {
  const Timestamp time{1'570'560'049 * kMicrosPerSecond};
  EXPECT_EQ(format_http_date(time), "Tue, 08 Oct 2019 18:40:49 GMT");
  EXPECT_EQ(parse_http_date(format_http_date(time)), time);
  for (const char* text : {"", "yesterday", "Tue, 08 Xxx 2019 18:40:49 GMT", "2019-10-08T18:40:49Z"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rapport::objects
