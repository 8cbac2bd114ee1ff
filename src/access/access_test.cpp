#include <gtest/gtest.h>

#include "access/aws_chunked.h"
#include "access/keys.h"
#include "access/verifier.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "signing/sign.h"
#include "testing/temporary_directory.h"

namespace rapport::access {
namespace {

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
    keys_ = KeyStore::open(*database_, directory_.path(), clock_).value();
    key_ = keys_->create("test").value();
  }

  signing::Keys client(std::string service) const {
    return {key_.access_key, key_.secret_key, "eu-west-1", std::move(service)};
  }

  // A request signed as a client would.
  http::Request signed_request(const std::string& service, const std::string& path, const std::string& body = "{}") {
    signing::Outgoing outgoing{.method = "POST",
                               .host = "localhost:8080",
                               .path = path,
                               .query = "b=2&a=1",
                               .headers = {{"Content-Type", "application/json"}},
                               .payload_hash = to_hex(sha256(body))};
    http::Request request;
    request.head.method = outgoing.method;
    request.head.target = path + "?" + outgoing.query;
    request.head.headers.add("Host", outgoing.host);
    request.head.headers.add("Content-Type", "application/json");
    for (auto& [name, value] : signing::sign(outgoing, client(service), clock_.now()))
      request.head.headers.add(name, value);
    request.body = http::Body(body);
    return request;
  }

  http::Request presigned_request(std::int64_t expires_seconds) {
    const signing::Outgoing outgoing{.method = "GET",
                                     .host = "localhost:8080",
                                     .path = "/bucket/key",
                                     .query = "",
                                     .headers = {},
                                     .payload_hash = std::string(signing::kUnsignedPayload)};
    http::Request request;
    request.head.method = "GET";
    request.head.target = "/bucket/key?" + signing::presign(outgoing, client("s3"), clock_.now(), expires_seconds);
    request.head.headers.add("Host", outgoing.host);
    return request;
  }

  Refusal refused(http::Request request) {
    const Verdict verdict = verifier().verify(request);
    EXPECT_FALSE(verdict);
    return verdict ? Refusal::kUnavailable : verdict.error().reason;
  }

  Verifier& verifier() {
    if (!verifier_) verifier_ = std::make_unique<Verifier>(*keys_, clock_, directory_.path());
    return *verifier_;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  std::unique_ptr<KeyStore> keys_;
  std::unique_ptr<Verifier> verifier_;
  NewKey key_;
};

TEST_F(AccessTest, LetsInWhatAClientSigned) {
  for (const auto* service : {"mobiletargeting", "personalize", "s3"}) {
    for (const auto* path : {"/", "/v1/apps/x/endpoints/a%2Fb", "/v1/tags/arn%3Aaws%3Ax", "/b/%E2%82%AC%20k"}) {
      http::Request request = signed_request(service, path);
      const Verdict verdict = verifier().verify(request);
      ASSERT_TRUE(verdict) << service << path << verdict.error().message;
      EXPECT_EQ(verdict->service, service);
      EXPECT_EQ(verdict->region, "eu-west-1");
      EXPECT_EQ(verdict->access_key, key_.access_key);
      EXPECT_EQ(signing_service(request.head), service);
    }
  }
}

TEST_F(AccessTest, RefusesWhateverWasChangedAfterSigning) {
  const http::Request good = signed_request("mobiletargeting", "/v1/apps");
  http::Request changed = good;
  changed.head.method = "PUT";
  EXPECT_EQ(refused(changed), Refusal::kBadSignature);
  changed = good;
  changed.body = http::Body("{ }");
  EXPECT_EQ(refused(changed), Refusal::kBadPayload);
  Random random(11);
  for (std::size_t i = 0; i < good.head.target.size(); ++i) {
    changed = good;
    changed.head.target[i] = static_cast<char>('a' + (changed.head.target[i] + 1 + random.below(20)) % 26);
    if (changed.head.target == good.head.target) continue;
    EXPECT_EQ(refused(changed), Refusal::kBadSignature) << changed.head.target;
  }
  for (const auto* header : {"Host", "Content-Type"}) {
    changed = good;
    changed.head.headers.set(header, "other");
    EXPECT_EQ(refused(changed), Refusal::kBadSignature) << header;
  }
}

TEST_F(AccessTest, RefusesUnknownAndDisabledKeysAndUnsignedRequests) {
  http::Request unsigned_request;
  unsigned_request.head.target = "/v1/apps";
  EXPECT_EQ(refused(unsigned_request), Refusal::kMissing);
  http::Request request = signed_request("mobiletargeting", "/v1/apps");
  ASSERT_TRUE(verifier().verify(request));
  ASSERT_TRUE(keys_->enable(key_.access_key, Enabled::kNo));
  EXPECT_EQ(refused(request), Refusal::kUnknownKey);
  key_.access_key = "AKIAUNKNOWNUNKNOWN22";
  EXPECT_EQ(refused(signed_request("s3", "/")), Refusal::kUnknownKey);
  EXPECT_EQ(keys_->enable("none", Enabled::kNo).error().kind, ErrorKind::kNotFound);
}

TEST_F(AccessTest, AKeyHasARoleAndCanBeEnabledAgainAndDeleted) {
  http::Request request = signed_request("personalize", "/");
  EXPECT_EQ(verifier().verify(request)->role, Role::kAdministrator);
  key_ = keys_->create("viewer", Role::kViewer).value();
  request = signed_request("personalize", "/");
  EXPECT_EQ(verifier().verify(request)->role, Role::kViewer);
  EXPECT_EQ(verifier().verify_head(request.head)->role, Role::kViewer);
  EXPECT_EQ(keys_->get(key_.access_key)->role, Role::kViewer);
  ASSERT_TRUE(keys_->enable(key_.access_key, Enabled::kNo));
  EXPECT_EQ(refused(request), Refusal::kUnknownKey);
  ASSERT_TRUE(keys_->enable(key_.access_key, Enabled::kYes));
  EXPECT_TRUE(verifier().verify(request));
  ASSERT_TRUE(keys_->remove(key_.access_key));
  EXPECT_EQ(refused(request), Refusal::kUnknownKey);
  EXPECT_EQ(keys_->remove(key_.access_key).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(keys_->get(key_.access_key).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(role_named(name_of(Role::kMarketer)), Role::kMarketer);
  EXPECT_FALSE(role_named("marketer"));
}

TEST_F(AccessTest, AKeyMadeOrDisabledElsewhereIsNoticed) {
  const auto other = KeyStore::open(*database_, directory_.path(), clock_).value();
  key_ = other->create("elsewhere").value();
  http::Request request = signed_request("s3", "/");
  EXPECT_TRUE(verifier().verify(request));
  ASSERT_TRUE(other->enable(key_.access_key, Enabled::kNo));
  clock_.advance(2 * kMicrosPerSecond);
  EXPECT_EQ(refused(request), Refusal::kUnknownKey);
}

TEST_F(AccessTest, HoldsDatesToAQuarterOfAnHour) {
  const http::Request request = signed_request("mobiletargeting", "/v1/apps");
  clock_.advance(14 * 60 * kMicrosPerSecond);
  http::Request again = request;
  EXPECT_TRUE(verifier().verify(again));
  clock_.advance(2 * 60 * kMicrosPerSecond);
  EXPECT_EQ(refused(request), Refusal::kSkewed);
}

TEST_F(AccessTest, APresignedLinkWorksUntilItExpires) {
  http::Request request = presigned_request(3600);
  EXPECT_EQ(signing_service(request.head), "s3");
  ASSERT_TRUE(verifier().verify(request));
  clock_.advance(3601 * kMicrosPerSecond);
  EXPECT_EQ(refused(request), Refusal::kExpired);
  EXPECT_EQ(refused(presigned_request(8 * 24 * 3600)), Refusal::kMalformed);
  http::Request other = presigned_request(60);
  other.head.target = replace_all(other.head.target, "/bucket/key", "/bucket/kez");
  EXPECT_EQ(refused(other), Refusal::kBadSignature);
}

TEST_F(AccessTest, AHeaderThatS3ActsOnMustBeSigned) {
  http::Request link = presigned_request(3600);
  link.head.headers.add("User-Agent", "any");
  link.head.headers.add("X-Amz-User-Agent", "any");
  EXPECT_TRUE(verifier().verify(link));
  link.head.headers.add("X-Amz-Copy-Source", "/bucket/secret");
  EXPECT_EQ(refused(link), Refusal::kBadSignature);
}

http::Request legacy_request(const NewKey& key, const std::string& query, Timestamp expires) {
  http::Request request;
  request.head.method = "GET";
  request.head.target = "/bucket/a%20b?" + query;
  LegacyLink link{key.access_key, "", std::to_string(expires.micros / kMicrosPerSecond)};
  link.signature = legacy_signature(request.head, link, key.secret_key);
  request.head.target += "&AWSAccessKeyId=" + link.access_key + "&Signature=" + percent_encode(link.signature) +
                         "&Expires=" + link.expires;
  return request;
}

// The worked example of the S3 guide for signed links of the old kind.
TEST(LegacyLink, PublishedExample) {
  http::RequestHead head;
  head.method = "GET";
  head.target =
      "/johnsmith/photos/"
      "puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D"
      "&Expires=1175139620";
  const auto link = read_legacy_link(head);
  ASSERT_TRUE(link);
  EXPECT_EQ(legacy_signature(head, *link, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), link->signature);
}

TEST_F(AccessTest, ALegacyLinkWorksUntilItExpires) {
  const std::string query = "response-content-type=text%2Fplain&versionId=1&other=2";
  const http::Request link = legacy_request(key_, query, clock_.now() + 60 * kMicrosPerSecond);
  EXPECT_EQ(signing_service(link.head), "s3");
  http::Request good = link;
  const Verdict verdict = verifier().verify(good);
  ASSERT_TRUE(verdict) << verdict.error().message;
  EXPECT_EQ(verdict->service, "s3");
  for (const auto& [from, to] : {std::pair{"a%20b", "a%20c"}, {"versionId=1", "versionId=2"}, {"text", "html"}}) {
    http::Request changed = link;
    changed.head.target = replace_all(link.head.target, from, to);
    EXPECT_EQ(refused(changed), Refusal::kBadSignature) << from;
  }
  http::Request changed = link;
  changed.head.method = "DELETE";
  EXPECT_EQ(refused(changed), Refusal::kBadSignature);
  changed = link;
  changed.head.headers.add("x-amz-copy-source", "/bucket/secret");
  EXPECT_EQ(refused(changed), Refusal::kBadSignature);
  changed = link;
  changed.head.target = replace_all(link.head.target, "Expires=", "Expires=9");
  EXPECT_EQ(refused(changed), Refusal::kBadSignature);
  changed.head.target = replace_all(link.head.target, "Expires=", "Expires=x");
  EXPECT_EQ(refused(changed), Refusal::kMalformed);
  changed.head.target = replace_all(link.head.target, key_.access_key, "AKIAUNKNOWNUNKNOWN22");
  EXPECT_EQ(refused(changed), Refusal::kUnknownKey);
  clock_.advance(61 * kMicrosPerSecond);
  EXPECT_EQ(refused(link), Refusal::kExpired);
}

TEST_F(AccessTest, AHeadIsCheckedWithoutItsBody) {
  http::Request request = signed_request("s3", "/bucket/key", "content");
  EXPECT_TRUE(verifier().verify_head(request.head));
  EXPECT_TRUE(verifier().verify_head(presigned_request(60).head));
  request.head.headers.remove("X-Amz-Content-Sha256");
  EXPECT_TRUE(verifier().verify_head(request.head)) << "cannot be told yet";
  EXPECT_EQ(refused(request), Refusal::kBadSignature) << "the header was signed";
  request = signed_request("s3", "/bucket/key", "content");
  request.head.target = "/bucket/other";
  EXPECT_EQ(verifier().verify_head(request.head).error().reason, Refusal::kBadSignature);
  EXPECT_EQ(verifier().verify_head({}).error().reason, Refusal::kMissing);
  clock_.advance(3600 * kMicrosPerSecond);
  EXPECT_EQ(verifier().verify_head(signed_request("s3", "/").head).has_value(), true);
  EXPECT_EQ(verifier().verify_head(request.head).error().reason, Refusal::kSkewed);
}

// Any path, query and header that a client may sign is understood the same way by both sides; any change is not.
TEST_F(AccessTest, RandomRequestsVerifyAndTheirMutationsDoNot) {
  constexpr std::uint64_t kSeed = 20'261'122;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  const auto text = [&random](std::size_t size_max) {
    std::string out(random.below(size_max + 1), ' ');
    for (char& c : out) c = static_cast<char>(1 + random.below(255));
    return out;
  };
  for (int round = 0; round < 300; ++round) {
    const std::string service = random.below(2) == 0 ? "s3" : "personalize";
    signing::Outgoing outgoing{.method = "PUT",
                               .host = "h:1",
                               .path = "/b/" + percent_encode(text(12), Slash::kKeep),
                               .query = percent_encode(text(6)) + "=" + percent_encode(text(6)) + "&flag",
                               .headers = {{"X-Amz-Meta-A", "  a   " + percent_encode(text(8)) + " "}},
                               .payload_hash = std::string(signing::kUnsignedPayload)};
    http::Request request;
    request.head.method = outgoing.method;
    request.head.target = outgoing.path + "?" + outgoing.query;
    request.head.headers.add("Host", outgoing.host);
    request.head.headers.add("X-Amz-Meta-A", outgoing.headers[0].second);
    const auto added = signing::sign(outgoing, client(service), clock_.now());
    for (const auto& [name, value] : added) request.head.headers.add(name, value);
    ASSERT_TRUE(verifier().verify(request)) << service << " " << request.head.target;

    http::Request changed = request;
    changed.head.headers.set("X-Amz-Meta-A", outgoing.headers[0].second + "x");
    EXPECT_EQ(refused(changed), Refusal::kBadSignature);
    changed = request;
    changed.head.target += "x";
    EXPECT_EQ(refused(changed), Refusal::kBadSignature);
    for (const auto* header : {"Authorization", "X-Amz-Date", "X-Amz-Content-Sha256"}) {
      changed = request;
      std::string value(request.head.headers.get(header));
      // Of Authorization the signature, at its end: blanks between its parts mean nothing.
      const std::size_t tail = std::min<std::size_t>(value.size(), 64);
      char& c = value[value.size() - 1 - random.below(tail)];
      c = c == '7' ? '8' : '7';
      changed.head.headers.set(header, value);
      EXPECT_FALSE(verifier().verify(changed)) << header << ": " << value;
    }
  }
}

TEST_F(AccessTest, RefusesMalformedSignatures) {
  for (const auto* header :
       {"Basic abc", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b",
        "AWS4-HMAC-SHA256 Credential=k/20260101/r/s/aws4_request, SignedHeaders=host, Signature="}) {
    http::Request request;
    request.head.headers.add("Authorization", header);
    EXPECT_EQ(refused(request), Refusal::kMalformed) << header;
  }
}

TEST_F(AccessTest, StoresSecretsEncrypted) {
  const auto rows = database_->read("SELECT secret FROM access_keys").value().rows;
  EXPECT_EQ(rows.front().text(0).find(key_.secret_key), std::string::npos);
  const SecretBox box = SecretBox::open(directory_.path() / "secret.key").value();
  const std::string sealed = box.seal("secret", "a");
  EXPECT_EQ(box.unseal(sealed, "a"), "secret");
  EXPECT_FALSE(box.unseal(sealed, "b"));
  EXPECT_FALSE(box.unseal("AAAA", "a"));
}

// The worked example of the S3 documentation: two signed chunks of 64 KiB and 1 KiB.
TEST(AwsChunked, DecodesThePublishedExampleAndRefusesAChangedByte) {
  test::TemporaryDirectory directory;
  const ChunkSigning chunks{
      signing::signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", {"20130524", "us-east-1", "s3"}),
      "20130524T000000Z", "20130524/us-east-1/s3/aws4_request",
      "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"};
  std::string wire = "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
                     std::string(65536, 'a') +
                     "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
                     std::string(1024, 'a') +
                     "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
  const auto plain = decode_aws_chunked(http::Body(wire), &chunks, directory.path());
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(plain->body.bytes(), std::string(66560, 'a'));
  wire[1000] = 'b';
  EXPECT_EQ(decode_aws_chunked(http::Body(wire), &chunks, directory.path()).error().kind, ErrorKind::kForbidden);
}

TEST(AwsChunked, ReadsTrailersAndSpillsLargeBodies) {
  test::TemporaryDirectory directory;
  const std::string data(3 << 20, 'x');
  const std::string wire =
      "300000\r\n" + data + "\r\n0\r\nX-Amz-Checksum-Crc32: abc=\r\nx-amz-trailer-signature:00\r\n\r\n";
  const auto plain = decode_aws_chunked(http::Body(wire), nullptr, directory.path());
  ASSERT_TRUE(plain);
  ASSERT_TRUE(plain->body.in_file());
  EXPECT_EQ(plain->body.size(), data.size());
  EXPECT_EQ(std::filesystem::file_size(plain->body.file()), data.size());
  EXPECT_EQ(plain->checksums.get("x-amz-checksum-crc32"), "abc=");
  EXPECT_FALSE(plain->checksums.find("x-amz-trailer-signature"));
}

TEST(AwsChunked, RefusesBrokenFraming) {
  test::TemporaryDirectory directory;
  for (const auto* wire : {"", "5\r\nab", "zz\r\n\r\n", "2\r\nabc\r\n0\r\n\r\n", "2\nab\r\n0\r\n\r\n", "-1\r\n\r\n",
                           "ffffffffffffffff\r\nab"}) {
    const auto plain = decode_aws_chunked(http::Body(wire), nullptr, directory.path());
    ASSERT_FALSE(plain) << wire;
    EXPECT_EQ(plain.error().kind, ErrorKind::kInvalid);
  }
}

}  // namespace
}  // namespace rapport::access
