#include "formats/gzip.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "formats/crc32.h"

namespace rapport::formats {
namespace {

std::string compress(std::string_view data) {
  std::string packed;
  GzipWriter writer(text_sink(packed));
  EXPECT_TRUE(writer.write(data.substr(0, data.size() / 2)));
  EXPECT_TRUE(writer.write(data.substr(data.size() / 2)));
  EXPECT_TRUE(writer.finish());
  return packed;
}

std::string random_text(Random& random, std::size_t size) {
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>('a' + random.below(6));
  return text;
}

TEST(Gzip, WhatIsPackedIsUnpackedWhateverTheCut) {
  Random random(24);
  for (const std::size_t size : {0UL, 1UL, 100UL, 300'000UL}) {
    const std::string text = random_text(random, size);
    const std::string packed = compress(text);
    EXPECT_EQ(packed, compress(text));
    for (const std::size_t piece : {1UL, 3UL, 70'000UL}) {
      EXPECT_EQ(read_all(gunzip(text_source(packed, piece))).value(), text) << size << " in pieces of " << piece;
    }
  }
}

TEST(Gzip, PlainDataPassesThrough) {
  for (const std::string_view text : {"", "\x1F", "a", "\x1Fx", "hello, world"}) {
    EXPECT_EQ(read_all(gunzip(text_source(text, 1))).value(), text);
  }
}

TEST(Gzip, SeveralMembersAndPadding) {
  const std::string packed = compress("one,") + compress("") + compress("two") + std::string(700, '\0');
  EXPECT_EQ(read_all(gunzip(text_source(packed))).value(), "one,two");
  EXPECT_EQ(read_all(gunzip(text_source(packed, 1))).value(), "one,two");
}

TEST(Gzip, WhatIsCutOffIsAnError) {
  Random random(25);
  const std::string packed = compress(random_text(random, 2'000));
  for (std::size_t size = 2; size < packed.size(); ++size) {
    const Result<std::string> cut = read_all(gunzip(text_source(std::string_view(packed).substr(0, size), 16)));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().kind, ErrorKind::kInvalid);
  }
  EXPECT_FALSE(read_all(gunzip(text_source(packed + "garbage"))));
}

TEST(Gzip, WhatIsCorruptIsAnErrorOrTheSame) {
  Random random(26);
  const std::string text = random_text(random, 2'000);
  const std::string packed = compress(text);
  for (int round = 0; round < 2'000; ++round) {
    std::string broken = packed;
    broken[2 + random.below(broken.size() - 2)] ^= static_cast<char>(1 << random.below(8));
    const Result<std::string> read = read_all(gunzip(text_source(broken)));
    ASSERT_EQ(read.value_or(text), text) << "round " << round;  // some bits of the header mean nothing
  }
}

TEST(Crc32, IsTheKnownOneWholeAndInPieces) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32("6789", crc32("12345")), 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
}

}  // namespace
}  // namespace rapport::formats
