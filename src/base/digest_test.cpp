#include "base/digest.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rapport {
namespace {

TEST(Digest, KnownAnswers) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  // RFC 4231, test case 2.
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, PiecesGiveTheWhole) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.update("a");
  digest.update("bc");
  EXPECT_EQ(digest.finish(), sha256("abc"));
}

TEST(Encoding, Base64AndHexAreInverses) {
  Random random(7);
  for (std::size_t size = 0; size < 70; ++size) {
    std::string raw(size, '\0');
    for (char& c : raw) c = static_cast<char>(random.below(256));
    EXPECT_EQ(from_base64(to_base64(raw)), raw);
    EXPECT_EQ(from_hex(to_hex(raw)), raw);
  }
  EXPECT_FALSE(from_base64("abc"));
  EXPECT_FALSE(from_base64("a!=="));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(Random, SameSeedSameSequenceAndIdsHaveTheirForm) {
  Random a(42);
  Random b(42);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a(), b());
  EXPECT_EQ(random_id().size(), 32U);
  EXPECT_NE(random_id(), random_id());
  EXPECT_EQ(random_uuid()[14], '4');
}

}  // namespace
}  // namespace rapport
