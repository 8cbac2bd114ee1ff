#include "learn/model_file.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/random.h"

namespace rapport::learn {
namespace {

std::string sample_file() {
  Vocabulary users;
  users.add("ann");
  users.add("");
  users.add("zoë");
  const std::vector<float> numbers = {1.5F, -2, 0};
  ModelFileWriter writer;
  writer.add_text("recipe", "r");
  writer.add_numbers("numbers", std::span(numbers));
  writer.add_numbers("none", std::span<const std::uint64_t>());
  writer.add_vocabulary("users", users);
  return writer.finish();
}

TEST(ModelFile, GivesBackWhatWasWritten) {
  const std::string file = sample_file();
  const auto reader = ModelFileReader::open(file);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->text("recipe"), "r");
  EXPECT_EQ(reader->numbers<float>("numbers"), (std::vector<float>{1.5F, -2, 0}));
  EXPECT_EQ(reader->numbers<std::uint64_t>("none"), std::vector<std::uint64_t>{});
  const auto users = reader->vocabulary("users");
  ASSERT_TRUE(users);
  EXPECT_EQ(users->size(), 3u);
  EXPECT_EQ(users->at(2), "zoë");
  EXPECT_EQ(users->find(""), 1u);
}

TEST(ModelFile, RefusesMissingSectionsAndOtherElementSizes) {
  const std::string file = sample_file();
  const auto reader = ModelFileReader::open(file).value();
  EXPECT_EQ(reader.text("absent").error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(reader.numbers<double>("numbers"));
  EXPECT_FALSE(reader.text("numbers"));
}

TEST(ModelFile, RefusesAnyChangedByteAndAnyMissingEnd) {
  const std::string file = sample_file();
  for (std::size_t place = 0; place < file.size(); ++place) {
    for (const int bit : {0, 3, 7}) {
      std::string damaged = file;
      damaged[place] = static_cast<char>(damaged[place] ^ (1 << bit));
      EXPECT_FALSE(ModelFileReader::open(damaged)) << place;
    }
    EXPECT_FALSE(ModelFileReader::open(std::string_view(file).substr(0, place))) << place;
  }
  EXPECT_FALSE(ModelFileReader::open(file + "x"));
}

TEST(ModelFile, SurvivesNonsenseUnderARightChecksum) {
  Random random(1);
  const std::string file = sample_file();
  for (int k = 0; k < 2000; ++k) {
    std::string damaged = file.substr(0, file.size() - 8);
    for (int changes = 0; changes < 3; ++changes) {
      damaged[12 + random.below(damaged.size() - 12)] = static_cast<char>(random.below(256));
    }
    const std::uint64_t checksum = stable_hash(damaged);
    damaged.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    if (const auto reader = ModelFileReader::open(damaged)) {
      (void)reader->vocabulary("users");
      (void)reader->numbers<float>("numbers");
    }
  }
}

TEST(ModelFile, SaysThatAFutureFormatIsNewer) {
  std::string file = sample_file();
  file[8] = 2;
  const auto reader = ModelFileReader::open(file);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace rapport::learn
