#include <gtest/gtest.h>
#include <sys/stat.h>

#include <barrier>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "objects/sidecars.h"
#include "objects/store.h"
#include "objects/store_suite.h"

namespace rapport::objects {
namespace {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(fs::temp_directory_path() / ("rapport-objects-" + random_id())) {
    fs::create_directories(path_);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

StoreUnderTest make_directory_store() {
  struct Keeper {
    TemporaryDirectory directory;
    ManualClock clock;
  };
  auto keeper = std::make_shared<Keeper>();
  auto store = open_directory((keeper->directory.path() / "objects").string(), keeper->clock);
  return {store ? std::move(*store) : nullptr, keeper};
}

INSTANTIATE_TEST_SUITE_P(Directory, StoreSuite, ::testing::Values(StoreKind{"directory", make_directory_store}),
                         [](const auto& kind) { return kind.param.name; });

class DirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    reopen();
    ASSERT_TRUE(store_->create_bucket("films"));
  }
  void reopen() { store_ = open_directory(root().string(), clock_).value(); }
  fs::path root() const { return directory_.path() / "objects"; }
  fs::path bucket() const { return root() / "films"; }
  void drop(const std::string& key, const std::string& content) const {
    fs::create_directories((bucket() / key).parent_path());
    std::ofstream(bucket() / key, std::ios::binary) << content;
  }
  std::size_t count_below(const fs::path& path) const {
    std::size_t files = 0;
    if (!fs::exists(path)) return 0;
    for (const auto& entry : fs::recursive_directory_iterator(path)) files += entry.is_regular_file() ? 1 : 0;
    return files;
  }

  TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
};

TEST_F(DirectoryTest, AnObjectIsAFile) {
  ASSERT_TRUE(write_object(*store_, {"films", "in/a.csv"}, "hello"));
  EXPECT_EQ(read_file(bucket() / "in/a.csv").value(), "hello");
  EXPECT_EQ(store_->head({"films", "in/a.csv"})->modified, clock_.now());
}

TEST_F(DirectoryTest, AFileDroppedInIsAnObject) {
  drop("x/y.json", "{}");
  const auto info = store_->head({"films", "x/y.json"});
  ASSERT_TRUE(info);
  EXPECT_EQ(info->etag, to_hex(md5("{}")));
  EXPECT_EQ(store_->list("films", {})->objects.at(0).etag, info->etag);
}

TEST_F(DirectoryTest, AFileChangedByHandLosesItsDetails) {
  ASSERT_TRUE(write_object(*store_, {"films", "a"}, "one", {.content_type = "text/plain", .metadata = {{"k", "v"}}}));
  drop("a", "two");
  EXPECT_EQ(store_->head({"films", "a"})->etag, to_hex(md5("two")));
  EXPECT_TRUE(store_->head({"films", "a"})->metadata.empty());
}

TEST_F(DirectoryTest, DetailsSurviveARestartAndLeaveNoTrace) {
  ASSERT_TRUE(write_object(*store_, {"films", "a"}, "one", {.content_type = "text/plain"}));
  ASSERT_TRUE(write_object(*store_, {"films", "a"}, "two", {.content_type = "text/csv"}));
  reopen();
  EXPECT_EQ(store_->head({"films", "a"})->content_type, "text/csv");
  EXPECT_EQ(count_below(root() / ".rapport"), 1U);
  ASSERT_TRUE(store_->remove({"films", "a"}));
  EXPECT_EQ(count_below(root() / ".rapport"), 0U);
}

TEST_F(DirectoryTest, ALargeFileDroppedInIsNotReadForItsEtag) {
  drop("large", "");
  fs::resize_file(bucket() / "large", 17 << 20);
  const std::string etag = store_->head({"films", "large"})->etag;
  EXPECT_TRUE(etag.ends_with("-1"));
  EXPECT_EQ(store_->list("films", {})->objects.at(0).etag, etag);
}

TEST_F(DirectoryTest, EmptyFoldersAreRemovedWithTheLastObject) {
  ASSERT_TRUE(write_object(*store_, {"films", "a/b/c"}, "1"));
  ASSERT_TRUE(write_object(*store_, {"films", "a/d"}, "2"));
  ASSERT_TRUE(store_->remove({"films", "a/b/c"}));
  EXPECT_FALSE(fs::exists(bucket() / "a/b"));
  EXPECT_TRUE(fs::exists(bucket() / "a/d"));
}

TEST_F(DirectoryTest, WritersSideBySideMakeTheSameFolders) {
  constexpr int kWriters = 4;
  for (int round = 0; round < 200; ++round) {
    std::barrier together(kWriters);
    std::vector<Status> written(kWriters);
    {
      std::vector<std::jthread> writers;
      for (int writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([&, writer] {
          together.arrive_and_wait();
          const std::string key = "r" + std::to_string(round) + "/a/b/" + std::to_string(writer);
          const auto object = write_object(*store_, {"films", key}, "x");
          if (!object) written[static_cast<std::size_t>(writer)] = std::unexpected(object.error());
        });
      }
    }
    for (const Status& one : written) ASSERT_TRUE(one) << one.error().message;
  }
}

TEST_F(DirectoryTest, EmptyFoldersAreNotListed) {
  fs::create_directories(bucket() / "empty/inner");
  EXPECT_TRUE(store_->list("films", {.delimiter = "/"})->common_prefixes.empty());
  EXPECT_TRUE(store_->remove_bucket("films"));
}

TEST_F(DirectoryTest, SymbolicLinksLeadNowhere) {
  const fs::path outside = directory_.path() / "outside";
  fs::create_directories(outside / "inner");
  std::ofstream(outside / "secret") << "secret";
  fs::create_directory_symlink(outside, bucket() / "folder");
  fs::create_symlink(outside / "secret", bucket() / "file");
  fs::create_directory_symlink(outside, root() / "linked");
  ASSERT_EQ(::mkfifo((bucket() / "pipe").c_str(), 0600), 0);

  for (const char* key : {"folder/secret", "file", "pipe"}) {
    EXPECT_EQ(store_->open({"films", key}).error().kind, ErrorKind::kNotFound) << key;
    EXPECT_TRUE(store_->remove({"films", key})) << key;
  }
  EXPECT_EQ(write_object(*store_, {"films", "folder/new"}, "x").error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(write_object(*store_, {"linked", "new"}, "x").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(store_->list("films", {})->objects.empty());
  EXPECT_TRUE(store_->list("films", {.prefix = "folder/"})->objects.empty());
  EXPECT_EQ(store_->list_buckets()->size(), 1U);
  EXPECT_EQ(store_->remove_bucket("films").error().kind, ErrorKind::kConflict);
  EXPECT_EQ(count_below(outside), 1U);
  EXPECT_EQ(read_file(outside / "secret").value(), "secret");
}

TEST_F(DirectoryTest, NamesThatAreNoKeysAreNotListed) {
  drop("good", "1");
  std::ofstream(bucket() / "bad\xFF") << "2";
  EXPECT_EQ(store_->list("films", {})->objects.size(), 1U);
}

TEST_F(DirectoryTest, OldLeftoversAreSweptAtTheStart) {
  const fs::path leftover = root() / ".rapport/tmp/left";
  std::ofstream(leftover) << "x";
  SystemClock real;
  ManualClock later(real.now() + 2 * kMicrosPerDay);
  ASSERT_TRUE(open_directory(root().string(), real));
  EXPECT_TRUE(fs::exists(leftover));
  ASSERT_TRUE(open_directory(root().string(), later));
  EXPECT_FALSE(fs::exists(leftover));
}

// Every path and what is in it, without following links.
std::map<std::string, std::string> snapshot(const fs::path& root) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    found[entry.path().string()] = entry.is_regular_file() ? read_file(entry.path()).value_or("?") : "";
  }
  return found;
}

TEST_F(DirectoryTest, NastyKeysTouchNothingOutsideTheBucket) {
  const fs::path data = directory_.path();
  ASSERT_TRUE(store_->create_bucket("neighbour"));
  ASSERT_TRUE(write_object(*store_, {"neighbour", "x"}, "x"));
  std::ofstream(data / "x") << "outside";
  fs::create_directory_symlink(data, bucket() / "out");
  const auto relevant = [&] {
    std::map<std::string, std::string> all = snapshot(data);
    std::erase_if(all, [&](const auto& entry) {
      return entry.first.starts_with(bucket().string()) || entry.first.starts_with((root() / ".rapport").string());
    });
    return all;
  };
  const auto before = relevant();
  static const std::string kPieces[] = {"..",  ".", "/",  "x",   "out", "%2e%2e", "\\",       std::string(1, '\0'),
                                        "é",   "~", "\n", "...", " ",   "//",     ".rapport", "other",
                                        "-rf", "*"};
  Random random(32);
  int accepted = 0;
  for (int round = 0; round < 1'500; ++round) {
    std::string key;
    for (std::uint64_t pieces = 1 + random.below(6); pieces > 0; --pieces)
      key += kPieces[random.below(std::size(kPieces))];
    const Location at{random.below(20) == 0 ? key : "films", key};
    const bool written = write_object(*store_, at, "y").has_value();
    EXPECT_EQ(read_object(*store_, at).value_or(""), written ? "y" : "") << key;
    accepted += written ? 1 : 0;
    const auto upload = store_->start_upload(at, {});
    EXPECT_TRUE(!upload || store_->abort_upload(at, *upload));
    store_->list("films", {.prefix = key});
    if (random.below(2) == 0) store_->remove(at);
    ASSERT_TRUE(round % 100 != 0 || relevant() == before) << "round " << round;
  }
  EXPECT_EQ(relevant(), before);
  EXPECT_GT(accepted, 150);
}

TEST(Sidecar, ItsTextIsReadBackAndDamageIsSeen) {
  const Details details{"abc-2", "text/plain; a=b", {{"a", "b c"}, {"é", "\n"}, {"empty", ""}}, {{"expires", "0"}}};
  const std::string text = format_details("my key/é", details);
  const auto read = parse_details(text, "my key/é");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->etag, details.etag);
  EXPECT_EQ(read->content_type, details.content_type);
  EXPECT_EQ(read->metadata, details.metadata);
  EXPECT_EQ(read->headers, details.headers);
  EXPECT_FALSE(parse_details(text, "other"));
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_details(text.substr(0, size), "my key/é"));
}

}  // namespace
}  // namespace rapport::objects
