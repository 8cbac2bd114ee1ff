#include "formats/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace rapport::formats {
namespace {

using ::testing::ElementsAre;

// `N:line`, or `N!` for a line that is an error.
std::vector<std::string> read_lines(std::string_view text, std::size_t line_bytes_max, std::size_t piece) {
  LineReader reader(text_source(text, piece), line_bytes_max);
  std::vector<std::string> lines;
  for (;;) {
    const Result<bool> more = reader.next();
    if (more && !*more) return lines;
    const std::string number = std::to_string(reader.line_number());
    lines.push_back(more ? number + ":" + std::string(reader.line()) : number + "!");
  }
}

TEST(Lines, EmptyLinesAreCountedAndSkipped) {
  EXPECT_THAT(read_lines("\xEF\xBB\xBF{}\r\n\n\r\n[1]\nx", 100, 100), ElementsAre("1:{}", "4:[1]", "5:x"));
  EXPECT_TRUE(read_lines("", 100, 100).empty());
}

TEST(Lines, ALineThatIsTooLongIsAnErrorOfItsOwn) {
  const std::string text = "a\n" + std::string(101, 'x') + "\n" + std::string(100, 'y') + "\r\nb";
  EXPECT_THAT(read_lines(text, 100, 7), ElementsAre("1:a", "2!", "3:" + std::string(100, 'y'), "4:b"));
}

TEST(Lines, TheCutOfTheInputDoesNotMatter) {
  static constexpr char kBytes[] = {'\n', '\r', 'a', 'b', '\0', '\xEF', '\xBB', '\xBF'};
  Random random(23);
  for (int round = 0; round < 5'000; ++round) {
    std::string text(random.below(80), ' ');
    for (char& c : text) c = kBytes[random.below(std::size(kBytes))];
    ASSERT_EQ(read_lines(text, 20, 1 + random.below(9)), read_lines(text, 20, 1000)) << "round " << round;
  }
}

TEST(Lines, ErrorsOfTheSourceEndTheReading) {
  LineReader reader([](char*, std::size_t) -> Result<std::size_t> { return fail(ErrorKind::kUnavailable, "gone"); });
  const Result<bool> line = reader.next();
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().kind, ErrorKind::kUnavailable);
}

TEST(Source, ReadAllIsBounded) {
  EXPECT_EQ(read_all(text_source("hello", 2)).value(), "hello");
  const Result<std::string> large = read_all(text_source("hello", 2), 4);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind, ErrorKind::kTooLarge);
}

TEST(Source, AFileThatIsMissingIsNotFound) {
  const Result<Source> missing = file_source("/nowhere/at/all");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace rapport::formats
