#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "s3/call.h"
#include "s3/conditions.h"
#include "s3/xml.h"

namespace rapport::s3 {
namespace {

using ::testing::ElementsAre;

http::Request request(std::string target, std::string host = "") {
  http::Request made;
  made.head.method = "GET";
  made.head.target = std::move(target);
  made.head.headers.add("Host", std::move(host));
  return made;
}

TEST(Call, ThePathNamesTheBucketAndTheKey) {
  const http::Request made = request("/films/in/a%20b%2Bc.csv?prefix=a%2Fb+c&delete&x=");
  const auto call = parse_call(made, "localhost");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->bucket, "films");
  EXPECT_EQ(call->key, "in/a b+c.csv");
  EXPECT_EQ(call->value("prefix"), "a/b c");
  EXPECT_TRUE(call->has("delete") && call->has("x") && !call->has("y"));
}

TEST(Call, TheHostMayNameTheBucket) {
  const http::Request of_bucket = request("/in/a.csv", "films.localhost:8080");
  EXPECT_EQ(parse_call(of_bucket, "localhost")->bucket, "films");
  EXPECT_EQ(parse_call(of_bucket, "localhost")->key, "in/a.csv");
  for (const char* host : {"localhost:8080", "localhost", "127.0.0.1:8080", "notlocalhost", ""}) {
    const http::Request plain = request("/films/", host);
    EXPECT_EQ(parse_call(plain, "localhost")->bucket, "films") << host;
    EXPECT_EQ(parse_call(plain, "localhost")->key, "") << host;
  }
}

TEST(Call, WhatCannotBeDecodedIsRefused) {
  for (const char* target : {"/a/%", "/a/%zz", "/%2", "/a?x=%g1"}) {
    const http::Request made = request(target);
    const auto call = parse_call(made, "");
    ASSERT_FALSE(call) << target;
    EXPECT_EQ(call.error().code, "InvalidURI");
  }
}

TEST(CopySource, ABucketAndAKey) {
  for (const char* header : {"/films/a%20b", "films/a%20b", "films/a%20b?versionId=null"}) {
    const auto source = parse_copy_source(header);
    ASSERT_TRUE(source) << header;
    EXPECT_EQ(source->bucket + "|" + source->key, "films|a b");
  }
  EXPECT_FALSE(parse_copy_source("films"));
  EXPECT_FALSE(parse_copy_source("films/"));
  EXPECT_EQ(parse_copy_source("films/a?versionId=1").error().code, "NoSuchVersion");
}

// `first+size`, `whole` or the code.
std::string range(std::string_view header, std::uint64_t size) {
  const auto parsed = parse_range(header, size);
  if (!parsed) return parsed.error().code;
  if (!*parsed) return "whole";
  return std::to_string((*parsed)->first) + "+" + std::to_string((*parsed)->size);
}

TEST(Range, OneRangeOfBytes) {
  EXPECT_EQ(range("bytes=0-4", 10), "0+5");
  EXPECT_EQ(range("bytes=5-", 10), "5+5");
  EXPECT_EQ(range("bytes=-3", 10), "7+3");
  EXPECT_EQ(range("bytes=-30", 10), "0+10");
  EXPECT_EQ(range("bytes=8-99999999999", 10), "8+2");
  EXPECT_EQ(range("bytes=10-", 10), "InvalidRange");
  EXPECT_EQ(range("bytes=0-", 0), "InvalidRange");
  EXPECT_EQ(range("bytes=-0", 10), "InvalidRange");
  for (const char* header :
       {"", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "bytes=1-2,4-5", "lines=1-2", "bytes=--1"}) {
    EXPECT_EQ(range(header, 10), "whole") << header;
  }
}

TEST(Xml, TextIsEscaped) {
  XmlWriter xml("A", XmlWriter::Namespace::kNone);
  xml.open("B");
  xml.text("C", "<&>\"\n\x01é");
  EXPECT_EQ(xml.finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A><B><C>&lt;&amp;&gt;&quot;&#10;&#1;é</C></B></A>");
}

TEST(Xml, BodiesAreRead) {
  const auto wanted = parse_delete(
      "<?xml version=\"1.0\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>"
      "<Object><Key>a&amp;b</Key></Object><Object><Key> </Key></Object></Delete>");
  ASSERT_TRUE(wanted);
  EXPECT_TRUE(wanted->quiet);
  EXPECT_THAT(wanted->keys, ElementsAre("a&b", " "));
  const auto parts = parse_complete(
      "<CompleteMultipartUpload><Part><ETag>&quot;abc&quot;</ETag><PartNumber>2</PartNumber></Part>"
      "</CompleteMultipartUpload>");
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->at(0).number, 2);
  EXPECT_EQ(parts->at(0).etag, "abc");
  EXPECT_TRUE(parse_create_bucket(""));
  EXPECT_TRUE(
      parse_create_bucket("<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
                          "</CreateBucketConfiguration>"));
}

TEST(Xml, MalformedBodiesAreRefused) {
  for (const char* body :
       {"", "<", "<Delete>", "<Delete/>", "<Other><Object><Key>a</Key></Object></Other>", "<Delete><Object/></Delete>",
        "{}", "<CompleteMultipartUpload/>", "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>"}) {
    EXPECT_EQ(parse_delete(body).error().code, "MalformedXML") << body;
    EXPECT_EQ(parse_complete(body).error().code, "MalformedXML") << body;
  }
  EXPECT_FALSE(parse_create_bucket("junk"));
  std::string many = "<Delete>";
  for (int i = 0; i < 1001; ++i) many += "<Object><Key>a</Key></Object>";
  EXPECT_EQ(parse_delete(many + "</Delete>").error().code, "MalformedXML");
}

TEST(Xml, NoBytesBreakTheReaders) {
  static constexpr std::string_view kPieces[] = {"<Delete>",
                                                 "</Delete>",
                                                 "<Object>",
                                                 "</Object>",
                                                 "<Key>",
                                                 "</Key>",
                                                 "a",
                                                 "&amp;",
                                                 "&#0;",
                                                 "<!DOCTYPE a [<!ENTITY b \"c\">]>",
                                                 "&b;",
                                                 "<![CDATA[",
                                                 "]]>",
                                                 "<",
                                                 "\xFF",
                                                 "<Part>",
                                                 "<PartNumber>",
                                                 "9"};
  Random random(41);
  for (int round = 0; round < 5'000; ++round) {
    std::string body;
    for (std::uint64_t pieces = random.below(12); pieces > 0; --pieces)
      body += kPieces[random.below(std::size(kPieces))];
    const auto wanted = parse_delete(body);
    ASSERT_TRUE(wanted || wanted.error().code == "MalformedXML") << body;
    const auto parts = parse_complete(body);
    ASSERT_TRUE(parts || !parts.error().code.empty()) << body;
  }
}

}  // namespace
}  // namespace rapport::s3
