#include "json/text.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "json/json.h"

namespace rapport::json {
namespace {

TEST(JsonTextTest, IsWhatSerializeWrites) {
  constexpr std::uint64_t kSeed = 5;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      switch (random.below(4)) {
        case 0: text += static_cast<char>(random.below(0x20)); break;
        case 1: text += "\"\\/\b\f\n\r\t"[random.below(8)]; break;
        case 2: text += "\xC3\xA9"; break;
        default: text += static_cast<char>(0x20 + random.below(0x60));
      }
    }
    std::string written = "before ";
    append_string(written, text);
    EXPECT_EQ(written, "before " + json::serialize(value(text)));
  }
}

}  // namespace
}  // namespace rapport::json
