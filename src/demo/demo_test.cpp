#include "demo/demo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/file.h"
#include "base/random.h"
#include "learn/taste_world.h"

namespace rapport::demo {
namespace {

// A small world as MovieLens files.
void write_movielens(const std::filesystem::path& folder) {
  learn::TasteWorldOptions options;
  options.users = 300;
  options.items = 120;
  options.interactions_mean = 20;
  const learn::TasteWorld world = learn::make_taste_world(options);
  std::string ratings = "userId,movieId,rating,timestamp\n";
  for (const learn::Interaction& row : world.data.interactions) {
    ratings += std::string(world.data.users.at(row.user)) + "," + std::string(world.data.items.at(row.item)) + ",4.0," +
               std::to_string(row.time) + "\n";
  }
  std::string movies = "movieId,title,genres\n";
  for (std::uint32_t film = 0; film < world.genres.size(); ++film) {
    movies += std::string(world.data.items.at(film)) + ",Film (1999)," + options.genres[world.genres[film][0]] + "\n";
  }
  ASSERT_TRUE(write_file_durably(folder / "ratings.csv", ratings));
  ASSERT_TRUE(write_file_durably(folder / "movies.csv", movies));
}

std::size_t messages_in(const std::filesystem::path& outbox) {
  const std::filesystem::recursive_directory_iterator files(outbox);
  return static_cast<std::size_t>(
      std::count_if(begin(files), end(files), [](const auto& entry) { return entry.path().extension() == ".eml"; }));
}

TEST(Demo, ReachesASegmentAndCanBeRepeated) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / random_id();
  write_movielens(folder / "files");
  const DemoOptions options{.data_directory = folder / "data", .data_files = folder / "files", .seed = 1};
  for (const std::size_t round : {1U, 2U}) {
    testing::internal::CaptureStdout();
    const Status done = run_demo(options);
    const std::string text = testing::internal::GetCapturedStdout();
    ASSERT_TRUE(done) << done.error().message << "\n" << text;
    EXPECT_NE(text.find("files: 300 users, 120 films"), std::string::npos) << text;
    EXPECT_NE(text.find("30 sent, 30 delivered; KPI unique-deliveries 30"), std::string::npos) << text;
    EXPECT_EQ(messages_in(folder / "data" / "outbox"), 30 * round);
  }
  std::filesystem::remove_all(folder);
}

TEST(Demo, SaysWhatIsWrongWithTheFiles) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / random_id();
  const DemoOptions options{.data_directory = folder / "data", .data_files = folder / "none", .seed = 1};
  testing::internal::CaptureStdout();
  const Status done = run_demo(options);
  testing::internal::GetCapturedStdout();
  std::filesystem::remove_all(folder);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace rapport::demo
