#include "s3/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::s3 {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(directory_);
    store_ = objects::open_directory((directory_ / "objects").string(), clock_).value();
    service_ = std::make_unique<Service>(*store_);
    ASSERT_EQ(send("PUT", "/films").status, 200);
  }
  void TearDown() override { fs::remove_all(directory_); }

  http::Response send(const std::string& method, const std::string& target, const std::string& body = "",
                      const HeaderList& headers = {}) {
    http::Request request;
    request.head.method = method;
    request.head.target = target;
    for (const auto& [name, value] : headers) request.head.headers.add(name, value);
    request.body = http::Body(body);
    return service_->handle(request, "request-1");
  }
  // The whole body of an answer, streamed or not.
  static std::string read(const http::Response& response) {
    if (!response.stream) return response.body;
    std::string all;
    for (;;) {
      const Result<std::string> piece = response.stream();
      EXPECT_TRUE(piece);
      if (!piece || piece->empty()) break;
      all += *piece;
    }
    EXPECT_EQ(all.size(), response.stream_size);
    return all;
  }
  // `status Code` of an error.
  static std::string error(const http::Response& response) {
    const std::size_t begin = response.body.find("<Code>");
    const std::size_t end = response.body.find("</Code>");
    const std::string code = begin == std::string::npos ? "" : " " + response.body.substr(begin + 6, end - begin - 6);
    return std::to_string(response.status) + code;
  }
  static std::string element(const std::string& body, const std::string& name) {
    const std::size_t begin = body.find("<" + name + ">");
    if (begin == std::string::npos) return "";
    const std::size_t from = begin + name.size() + 2;
    return body.substr(from, body.find("</" + name + ">") - from);
  }
  static std::string etag(std::string_view content) { return "\"" + to_hex(md5(content)) + "\""; }

  fs::path directory_ = fs::temp_directory_path() / ("rapport-s3-" + random_id());
  ManualClock clock_;
  std::unique_ptr<objects::Store> store_;
  std::unique_ptr<Service> service_;
};

TEST_F(ServiceTest, BucketsComeAndGo) {
  EXPECT_EQ(error(send("PUT", "/films")), "409 BucketAlreadyOwnedByYou");
  EXPECT_EQ(error(send("PUT", "/Bad_Name")), "400 InvalidBucketName");
  EXPECT_EQ(error(send("PUT", "/actors", "<bad")), "400 MalformedXML");
  EXPECT_EQ(send("PUT", "/actors").headers.get("Location"), "/actors");
  EXPECT_THAT(send("GET", "/").body, HasSubstr("<Bucket><Name>actors</Name><CreationDate>"));
  EXPECT_EQ(send("HEAD", "/actors").status, 200);
  EXPECT_EQ(send("HEAD", "/nobody").status, 404);
  EXPECT_EQ(send("HEAD", "/nobody").body, "");
  send("PUT", "/actors/a", "x");
  EXPECT_EQ(error(send("DELETE", "/actors")), "409 BucketNotEmpty");
  send("DELETE", "/actors/a");
  EXPECT_EQ(send("DELETE", "/actors").status, 204);
  EXPECT_EQ(error(send("DELETE", "/actors")), "404 NoSuchBucket");
}

TEST_F(ServiceTest, AnErrorIsADocument) {
  const http::Response response = send("GET", "/films/no%20thing");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/xml");
  EXPECT_EQ(response.headers.get("x-amz-request-id"), "request-1");
  EXPECT_THAT(response.body, HasSubstr("<Error><Code>NoSuchKey</Code><Message>"));
  EXPECT_THAT(response.body,
              HasSubstr("<Resource>/films/no%20thing</Resource><RequestId>request-1</RequestId></Error>"));
}

TEST_F(ServiceTest, AnObjectIsPutAndGot) {
  const http::Response put =
      send("PUT", "/films/in/a%20b.csv", "id\n1\n",
           {{"Content-Type", "text/csv"}, {"x-amz-meta-Source", "test"}, {"Cache-Control", "no-store"}});
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.headers.get("ETag"), etag("id\n1\n"));
  const http::Response got = send("GET", "/films/in/a%20b.csv");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(read(got), "id\n1\n");
  EXPECT_EQ(got.headers.get("Content-Type"), "text/csv");
  EXPECT_EQ(got.headers.get("x-amz-meta-source"), "test");
  EXPECT_EQ(got.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(got.headers.get("ETag"), etag("id\n1\n"));
  EXPECT_EQ(got.headers.get("Last-Modified"), format_http_date(clock_.now()));
  EXPECT_EQ(got.headers.get("Accept-Ranges"), "bytes");
  const http::Response head = send("HEAD", "/films/in/a%20b.csv");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.stream_size, 5U);
  EXPECT_EQ(head.body, "");
  const http::Response overridden =
      send("GET", "/films/in/a%20b.csv?response-content-type=text%2Fplain&x-id=GetObject");
  EXPECT_EQ(overridden.headers.get("Content-Type"), "text/plain");
}

TEST_F(ServiceTest, ABodyInAFileIsStreamed) {
  const auto path = std::make_shared<const fs::path>(directory_ / "body");
  std::ofstream(*path) << std::string(3'000'000, 'x');
  http::Request request;
  request.head.method = "PUT";
  request.head.target = "/films/large";
  request.head.headers.add("Content-MD5", to_base64(md5(std::string(3'000'000, 'x'))));
  request.body = http::Body(path, 3'000'000);
  EXPECT_EQ(service_->handle(request, "r").status, 200);
  EXPECT_EQ(read(send("GET", "/films/large")), std::string(3'000'000, 'x'));
}

TEST_F(ServiceTest, DigestsAreChecked) {
  EXPECT_EQ(error(send("PUT", "/films/a", "x", {{"Content-MD5", "zz"}})), "400 InvalidDigest");
  EXPECT_EQ(error(send("PUT", "/films/a", "x", {{"Content-MD5", to_base64(md5("y"))}})), "400 BadDigest");
  EXPECT_EQ(error(send("PUT", "/films/a", "x", {{"x-amz-checksum-crc32", "AAAAAA=="}})), "400 BadDigest");
  EXPECT_EQ(error(send("PUT", "/films/a", "x", {{"x-amz-checksum-sha256", to_base64(sha256("y"))}})), "400 BadDigest");
  EXPECT_EQ(error(send("GET", "/films/a")), "404 NoSuchKey");
  const std::string crc32 = to_base64("\xCB\xF4\x39\x26");
  const http::Response put = send("PUT", "/films/a", "123456789", {{"x-amz-checksum-crc32", crc32}});
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.headers.get("x-amz-checksum-crc32"), crc32);
  EXPECT_EQ(send("HEAD", "/films/a", "", {{"x-amz-checksum-mode", "ENABLED"}}).headers.get("x-amz-checksum-crc32"),
            crc32);
  EXPECT_FALSE(send("HEAD", "/films/a").headers.find("x-amz-checksum-crc32"));
}

TEST_F(ServiceTest, RangesOfAnObject) {
  send("PUT", "/films/a", "0123456789");
  const http::Response part = send("GET", "/films/a", "", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.headers.get("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(read(part), "234");
  EXPECT_EQ(read(send("GET", "/films/a", "", {{"Range", "bytes=-2"}})), "89");
  EXPECT_EQ(error(send("GET", "/films/a", "", {{"Range", "bytes=10-"}})), "416 InvalidRange");
  EXPECT_EQ(send("GET", "/films/a", "", {{"Range", "bytes=1-2"}, {"If-Range", "\"other\""}}).status, 200);
  EXPECT_EQ(send("HEAD", "/films/a", "", {{"Range", "bytes=1-2"}}).stream_size, 2U);
}

TEST_F(ServiceTest, ConditionsOnReading) {
  send("PUT", "/films/a", "x");
  const std::string now = format_http_date(clock_.now());
  const std::string before = format_http_date(clock_.now() - 10 * kMicrosPerSecond);
  const auto status = [&](const std::string& name, const std::string& value) {
    return send("GET", "/films/a", "", {{name, value}}).status;
  };
  EXPECT_EQ(status("If-None-Match", etag("x")), 304);
  EXPECT_EQ(status("If-None-Match", etag("y")), 200);
  EXPECT_EQ(status("If-Match", etag("x")), 200);
  EXPECT_EQ(status("If-Match", etag("y")), 412);
  EXPECT_EQ(status("If-Modified-Since", now), 304);
  EXPECT_EQ(status("If-Modified-Since", before), 200);
  EXPECT_EQ(status("If-Unmodified-Since", now), 200);
  EXPECT_EQ(status("If-Unmodified-Since", before), 412);
  EXPECT_EQ(send("GET", "/films/a", "", {{"If-None-Match", etag("x")}}).body, "");
}

TEST_F(ServiceTest, ConditionsOnWriting) {
  EXPECT_EQ(send("PUT", "/films/a", "one", {{"If-None-Match", "*"}}).status, 200);
  EXPECT_EQ(error(send("PUT", "/films/a", "two", {{"If-None-Match", "*"}})), "412 PreconditionFailed");
  EXPECT_EQ(error(send("PUT", "/films/a", "two", {{"If-Match", etag("x")}})), "412 PreconditionFailed");
  EXPECT_EQ(read(send("GET", "/films/a")), "one");
  EXPECT_EQ(send("PUT", "/films/a", "two", {{"If-Match", etag("one")}}).status, 200);
}

TEST_F(ServiceTest, ListsInPages) {
  for (const char* key : {"a.txt", "in/1", "in/2", "out/x", "z%26%20%2B"})
    send("PUT", std::string("/films/") + key, "1");
  const std::string first = send("GET", "/films?list-type=2&delimiter=%2F&max-keys=2").body;
  EXPECT_EQ(element(first, "Key"), "a.txt");
  EXPECT_THAT(first, HasSubstr("<CommonPrefixes><Prefix>in/</Prefix></CommonPrefixes>"));
  EXPECT_EQ(element(first, "IsTruncated"), "true");
  EXPECT_EQ(element(first, "KeyCount"), "2");
  const std::string token = element(first, "NextContinuationToken");
  const std::string second =
      send("GET", "/films/?list-type=2&delimiter=%2F&encoding-type=url&continuation-token=" + percent_encode(token))
          .body;
  EXPECT_THAT(second, HasSubstr("<CommonPrefixes><Prefix>out/</Prefix></CommonPrefixes>"));
  EXPECT_EQ(element(second, "Key"), "z%26%20%2B");
  EXPECT_EQ(element(second, "IsTruncated"), "false");
  EXPECT_EQ(element(send("GET", "/films?list-type=2&start-after=out%2Fx").body, "Key"), "z&amp; +");
  const std::string old = send("GET", "/films?prefix=in%2F&max-keys=1&delimiter=%2F").body;
  EXPECT_EQ(element(old, "NextMarker"), "in/1");
  EXPECT_EQ(element(send("GET", "/films?prefix=in%2F&marker=in%2F1").body, "Key"), "in/2");
  EXPECT_EQ(element(old, "ETag"), "&quot;" + to_hex(md5("1")) + "&quot;");
  EXPECT_EQ(error(send("GET", "/films?max-keys=-1")), "400 InvalidArgument");
  EXPECT_EQ(error(send("GET", "/films?list-type=2&continuation-token=x")), "400 InvalidArgument");
  EXPECT_EQ(error(send("GET", "/films?encoding-type=x")), "400 InvalidArgument");
  EXPECT_EQ(error(send("GET", "/nobody?list-type=2")), "404 NoSuchBucket");
}

TEST_F(ServiceTest, DeletesOneOrMany) {
  for (const char* key : {"a", "b", "c"}) send("PUT", std::string("/films/") + key, "1");
  EXPECT_EQ(send("DELETE", "/films/a").status, 204);
  EXPECT_EQ(send("DELETE", "/films/a").status, 204);
  const std::string body =
      send("POST", "/films?delete", "<Delete><Object><Key>b</Key></Object><Object><Key>../c</Key></Object></Delete>")
          .body;
  EXPECT_THAT(body, HasSubstr("<Deleted><Key>b</Key></Deleted>"));
  EXPECT_THAT(body, HasSubstr("<Error><Key>../c</Key><Code>InvalidArgument</Code>"));
  EXPECT_EQ(send("HEAD", "/films/b").status, 404);
  EXPECT_EQ(send("HEAD", "/films/c").status, 200);
  EXPECT_THAT(send("POST", "/films?delete", "<Delete><Quiet>true</Quiet><Object><Key>c</Key></Object></Delete>").body,
              Not(HasSubstr("Deleted>")));
  EXPECT_EQ(error(send("POST", "/films?delete", "junk")), "400 MalformedXML");
  EXPECT_EQ(error(send("DELETE", "/nobody/a")), "404 NoSuchBucket");
}

TEST_F(ServiceTest, CopiesWithOldOrNewMetadata) {
  send("PUT", "/films/a%20b", "content", {{"Content-Type", "text/csv"}, {"x-amz-meta-k", "v"}});
  const http::Response copied = send("PUT", "/films/c", "", {{"x-amz-copy-source", "films/a%20b"}});
  EXPECT_EQ(copied.status, 200);
  EXPECT_EQ(element(copied.body, "ETag"), "&quot;" + to_hex(md5("content")) + "&quot;");
  EXPECT_EQ(send("HEAD", "/films/c").headers.get("x-amz-meta-k"), "v");
  EXPECT_EQ(error(send("PUT", "/films/c", "", {{"x-amz-copy-source", "/films/c"}})), "400 InvalidRequest");
  EXPECT_EQ(
      send("PUT", "/films/c", "",
           {{"x-amz-copy-source", "/films/c"}, {"x-amz-metadata-directive", "REPLACE"}, {"Content-Type", "text/plain"}})
          .status,
      200);
  EXPECT_EQ(send("HEAD", "/films/c").headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(read(send("GET", "/films/c")), "content");
  EXPECT_EQ(error(send("PUT", "/films/d", "", {{"x-amz-copy-source", "films/none"}})), "404 NoSuchKey");
  EXPECT_EQ(error(send("PUT", "/films/d", "", {{"x-amz-copy-source", "films"}})), "400 InvalidArgument");
  EXPECT_EQ(
      error(send("PUT", "/films/d", "", {{"x-amz-copy-source", "films/c"}, {"x-amz-copy-source-if-match", "\"x\""}})),
      "412 PreconditionFailed");
}

TEST_F(ServiceTest, AMultipartUpload) {
  const http::Response created = send("POST", "/films/big?uploads", "", {{"Content-Type", "video/mp4"}});
  const std::string upload = element(created.body, "UploadId");
  ASSERT_EQ(upload.size(), 32U) << created.body;
  const std::string first(5 << 20, 'a');
  const std::string target = "/films/big?uploadId=" + upload;
  EXPECT_EQ(send("PUT", target + "&partNumber=1", first).headers.get("ETag"), etag(first));
  send("PUT", "/films/source", "0123456789");
  const http::Response copied = send("PUT", target + "&partNumber=2", "",
                                     {{"x-amz-copy-source", "films/source"}, {"x-amz-copy-source-range", "bytes=2-5"}});
  EXPECT_EQ(element(copied.body, "ETag"), "&quot;" + to_hex(md5("2345")) + "&quot;");
  EXPECT_EQ(error(send("PUT", target + "&partNumber=0", "x")), "400 InvalidArgument");
  EXPECT_EQ(error(send("PUT", target + "&partNumber=10001", "x")), "400 InvalidArgument");
  EXPECT_EQ(element(send("GET", "/films?uploads").body, "UploadId"), upload);
  const std::string parts = send("GET", target + "&max-parts=1").body;
  EXPECT_EQ(element(parts, "NextPartNumberMarker"), "1");
  EXPECT_EQ(element(parts, "IsTruncated"), "true");
  EXPECT_EQ(element(send("GET", target + "&part-number-marker=1").body, "Size"), "4");

  const auto body = [&](const std::string& one, const std::string& two) {
    return "<CompleteMultipartUpload>" + one + two + "</CompleteMultipartUpload>";
  };
  const std::string one = "<Part><PartNumber>1</PartNumber><ETag>" + etag(first) + "</ETag></Part>";
  const std::string two = "<Part><PartNumber>2</PartNumber><ETag>" + to_hex(md5("2345")) + "</ETag></Part>";
  EXPECT_EQ(error(send("POST", target, body(two, one))), "400 InvalidPartOrder");
  EXPECT_EQ(error(send("POST", target, body(one, "<Part><PartNumber>3</PartNumber><ETag>x</ETag></Part>"))),
            "400 InvalidPart");
  EXPECT_EQ(error(send("POST", target, "")), "400 MalformedXML");
  const http::Response done = send("POST", target, body(one, two));
  EXPECT_EQ(done.status, 200);
  EXPECT_THAT(element(done.body, "ETag"), HasSubstr("-2&quot;"));
  EXPECT_EQ(read(send("GET", "/films/big")), first + "2345");
  EXPECT_EQ(send("HEAD", "/films/big").headers.get("Content-Type"), "video/mp4");
  EXPECT_EQ(error(send("DELETE", target)), "404 NoSuchUpload");
}

TEST_F(ServiceTest, AnUploadIsAbortedAndTooSmallPartsAreRefused) {
  const std::string target = "/films/a?uploadId=" + element(send("POST", "/films/a?uploads").body, "UploadId");
  std::string body = "<CompleteMultipartUpload>";
  for (const char* number : {"1", "2"}) {
    send("PUT", target + "&partNumber=" + number, "x");
    body += std::string("<Part><PartNumber>") + number + "</PartNumber><ETag>" + etag("x") + "</ETag></Part>";
  }
  EXPECT_EQ(error(send("POST", target, body + "</CompleteMultipartUpload>")), "400 EntityTooSmall");
  EXPECT_EQ(send("DELETE", target).status, 204);
  EXPECT_EQ(error(send("PUT", target + "&partNumber=1", "x")), "404 NoSuchUpload");
  EXPECT_EQ(error(send("GET", target)), "404 NoSuchUpload");
}

TEST_F(ServiceTest, WhatABucketDoesNotHaveIsSaidAsS3SaysIt) {
  EXPECT_THAT(send("GET", "/films?location").body, HasSubstr("<LocationConstraint"));
  EXPECT_THAT(send("GET", "/films?versioning").body, HasSubstr("<VersioningConfiguration"));
  EXPECT_THAT(send("GET", "/films?acl").body, HasSubstr("FULL_CONTROL"));
  EXPECT_EQ(error(send("GET", "/films?policy")), "404 NoSuchBucketPolicy");
  EXPECT_EQ(error(send("GET", "/films?tagging")), "404 NoSuchTagSet");
  EXPECT_EQ(error(send("GET", "/films?versions")), "501 NotImplemented");
  EXPECT_EQ(error(send("PUT", "/films?versioning", "<x/>")), "501 NotImplemented");
  EXPECT_EQ(error(send("DELETE", "/films?policy")), "501 NotImplemented");
  EXPECT_EQ(send("HEAD", "/films").status, 200) << "and nothing was deleted";
  send("PUT", "/films/a", "x");
  EXPECT_EQ(error(send("PUT", "/films/a?tagging", "<Tagging/>")), "501 NotImplemented");
  EXPECT_EQ(error(send("DELETE", "/films/a?tagging")), "501 NotImplemented");
  EXPECT_EQ(read(send("GET", "/films/a")), "x");
  EXPECT_THAT(send("GET", "/films/a?tagging").body, HasSubstr("<TagSet>"));
  EXPECT_EQ(error(send("PATCH", "/films/a")), "405 MethodNotAllowed");
  EXPECT_EQ(error(send("POST", "/films")), "405 MethodNotAllowed");
  EXPECT_EQ(error(send("GET", "/films/a?versionId=7")), "404 NoSuchVersion");
}

TEST_F(ServiceTest, BadPathsAreRefused) {
  for (const char* path : {"/films/../x", "/films/%2e%2e/x", "/films/a/%2e%2e/%2e%2e/x", "/films//etc/passwd",
                           "/films/%2Fetc", "/films/a%00b", "/films/%ff", "/films/a//b", "/films/."}) {
    for (const char* method : {"GET", "PUT", "DELETE"}) {
      EXPECT_EQ(error(send(method, path, method == std::string("PUT") ? "x" : "")), "400 InvalidArgument") << path;
    }
  }
  EXPECT_EQ(error(send("PUT", "/films/" + std::string(1025, 'a'), "x")), "400 KeyTooLongError");
  EXPECT_EQ(error(send("GET", "/films/%zz")), "400 InvalidURI");
  for (const char* path : {"/../etc/passwd", "/%2e%2e/x", "/.rapport/tmp", "/%2e%2e%2fx/y"}) {
    EXPECT_EQ(error(send("PUT", path, "x")), "400 InvalidBucketName") << path;
    EXPECT_EQ(error(send("GET", path)), "400 InvalidBucketName") << path;
  }
}

TEST_F(ServiceTest, NastyRequestsTouchNothingOutsideTheObjects) {
  const auto outside = [&] {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::directory_iterator(directory_)) {
      found[entry.path().string()] = entry.is_regular_file() ? read_file(entry.path()).value_or("?") : "";
    }
    return found;
  };
  std::ofstream(directory_ / "x") << "secret";
  fs::create_directory_symlink(directory_, directory_ / "objects/films/out");
  static constexpr std::string_view kPieces[] = {"..",
                                                 "%2e%2e",
                                                 "/",
                                                 "%2F",
                                                 "x",
                                                 "out",
                                                 "%00",
                                                 "%5c",
                                                 ".",
                                                 "films",
                                                 "?acl",
                                                 "%",
                                                 "?uploads",
                                                 "?uploadId=../..",
                                                 "&partNumber=1",
                                                 "//",
                                                 "?delete"};
  static constexpr const char* kMethods[] = {"GET", "HEAD", "PUT", "POST", "DELETE"};
  Random random(42);
  const auto before = outside();
  for (int round = 0; round < 2'000; ++round) {
    std::string target = random.below(4) == 0 ? "/" : "/films/";
    for (std::uint64_t pieces = 1 + random.below(6); pieces > 0; --pieces)
      target += kPieces[random.below(std::size(kPieces))];
    const std::string method = kMethods[random.below(std::size(kMethods))];
    const http::Response response = send(method, target, "y");
    EXPECT_THAT(method == "HEAD" ? "" : read(response), Not(HasSubstr("secret"))) << target;
    send("PUT", "/films");  // it may have been removed
    if (!fs::exists(directory_ / "objects/films/out"))
      fs::create_directory_symlink(directory_, directory_ / "objects/films/out");
    ASSERT_NE(response.status, 500) << target;
  }
  EXPECT_EQ(outside(), before);
  for (const auto& entry : fs::directory_iterator(directory_ / "objects")) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name == ".rapport" || objects::check_bucket(name)) << name;
  }
}

}  // namespace
}  // namespace rapport::s3
