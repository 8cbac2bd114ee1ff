#include "signing/sign.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace rapport::signing {
namespace {

// The keys and requests of the published examples of Signature Version 4.
const Keys kListUsersKeys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "iam"};
const Keys kS3Keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", "s3"};

std::string value_of(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

TEST(Canonical, ListUsersExample) {
  const Headers headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
                           {"host", "iam.amazonaws.com"},
                           {"x-amz-date", "20150830T123600Z"}};
  const std::string request =
      canonical_request({"GET", "/", "Action=ListUsers&Version=2010-05-08", headers, kEmptyPayloadHash, "iam"});
  EXPECT_EQ(to_hex(sha256(request)), "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  const Scope scope{"20150830", "us-east-1", "iam"};
  const std::string key = signing_key(kListUsersKeys.secret_key, scope);
  EXPECT_EQ(to_hex(key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  EXPECT_EQ(signature(key, string_to_sign("20150830T123600Z", scope, request)),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(Sign, S3GetObjectExample) {
  Outgoing request{"GET", "examplebucket.s3.amazonaws.com", "/test.txt", "", {{"Range", "bytes=0-9"}}};
  const Headers added = sign(request, kS3Keys, *parse_iso8601("20130524T000000Z"));
  EXPECT_EQ(value_of(added, "Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(Sign, S3PutObjectExample) {
  Outgoing request{"PUT",
                   "examplebucket.s3.amazonaws.com",
                   "/test%24file.text",
                   "",
                   {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                   to_hex(sha256("Welcome to Amazon S3."))};
  const Headers added = sign(request, kS3Keys, *parse_iso8601("20130524T000000Z"));
  EXPECT_TRUE(value_of(added, "Authorization")
                  .ends_with("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(Sign, S3QueryExamples) {
  Outgoing lifecycle{"GET", "examplebucket.s3.amazonaws.com", "/", "lifecycle", {}};
  EXPECT_TRUE(value_of(sign(lifecycle, kS3Keys, *parse_iso8601("20130524T000000Z")), "Authorization")
                  .ends_with("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
  Outgoing list{"GET", "examplebucket.s3.amazonaws.com", "/", "max-keys=2&prefix=J", {}};
  EXPECT_TRUE(value_of(sign(list, kS3Keys, *parse_iso8601("20130524T000000Z")), "Authorization")
                  .ends_with("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(Presign, S3GetObjectExample) {
  Outgoing request{"GET", "examplebucket.s3.amazonaws.com", "/test.txt", "", {}};
  EXPECT_EQ(presign(request, kS3Keys, *parse_iso8601("20130524T000000Z"), 86'400),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(Canonical, PathIsEncodedOnceForS3AndTwiceElsewhere) {
  EXPECT_EQ(canonical_path("", "s3"), "/");
  EXPECT_EQ(canonical_path("/a%20b//../c(1)", "s3"), "/a%20b//../c%281%29");
  EXPECT_EQ(canonical_path("/a%2Fb/", "s3"), "/a%2Fb/");
  EXPECT_EQ(canonical_path("/%zz", "s3"), "/%25zz");
  EXPECT_EQ(canonical_path("/v1/a%20b", "mobiletargeting"), "/v1/a%2520b");
  EXPECT_EQ(canonical_path("/v1//a/./b/../c/", "mobiletargeting"), "/v1/a/c/");
  EXPECT_EQ(canonical_path("/..", "mobiletargeting"), "/");
  EXPECT_EQ(canonical_path("", "mobiletargeting"), "/");
}

TEST(Canonical, QueryIsDecodedEncodedAndSorted) {
  EXPECT_EQ(canonical_query(""), "");
  EXPECT_EQ(canonical_query("b=2&a=1&a=0&c"), "a=0&a=1&b=2&c=");
  EXPECT_EQ(canonical_query("k=a/b&k2=%7e%2F&&e=x=y"), "e=x%3Dy&k=a%2Fb&k2=~%2F");
  EXPECT_EQ(canonical_query("A=1&X-Amz-Signature=00&a=2"), "A=1&a=2");
}

TEST(Canonical, HeaderValueIsTrimmedAndRunsOfBlanksBecomeOne) {
  EXPECT_EQ(canonical_value("  a   b \t c  "), "a b c");
  EXPECT_EQ(canonical_value(" "), "");
}

}  // namespace
}  // namespace rapport::signing
