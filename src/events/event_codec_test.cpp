#include "events/event_codec.h"

#include <gtest/gtest.h>

#include "events/random_events_test.h"

namespace rapport::events {
namespace {

TEST(EventCodecTest, EveryEventComesBack) {
  constexpr std::uint64_t kSeed = 1;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int i = 0; i < 2'000; ++i) {
    const Event event = random_event(random);
    std::string bytes;
    encode(event, bytes);
    const auto decoded = decode(bytes);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_TRUE(event == *decoded);
  }
}

TEST(EventCodecTest, BytesThatAreCutOrChangedNeverCrash) {
  constexpr std::uint64_t kSeed = 2;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes;
    encode(random_event(random), bytes);
    EXPECT_FALSE(decode(std::string_view(bytes).substr(0, random.below(bytes.size()))));
    bytes[random.below(bytes.size())] = static_cast<char>(random());
    const auto decoded = decode(bytes);
    EXPECT_TRUE(!decoded || decoded->context.size() <= bytes.size());
    EXPECT_LE(identity_of(bytes).size(), bytes.size());
  }
}

TEST(EventCodecTest, TheIdentityIsOfWhatIsTheSameInEverySending) {
  const auto identity = [](const Event& event) {
    std::string bytes;
    encode(event, bytes);
    return std::string(identity_of(bytes));
  };
  const Event first = numbered_event(1);
  Event again = first;
  again.arrival = again.arrival + 1;
  again.user = "somebody";
  again.attributes.clear();
  EXPECT_EQ(identity(first), identity(again));
  for (std::string Event::* member : {&Event::app, &Event::endpoint, &Event::id, &Event::type}) {
    Event other = first;
    other.*member += "x";
    EXPECT_NE(identity(first), identity(other));
  }
  Event later = first;
  later.time = later.time + 1;
  EXPECT_NE(identity(first), identity(later));
  EXPECT_TRUE(identity_of("nothing").empty());
}

}  // namespace
}  // namespace rapport::events
