#include "objects/store_suite.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "base/digest.h"
#include "base/random.h"

namespace rapport::objects {
namespace {

constexpr std::size_t kPartBytes = kPartBytesMin;

std::string etag_of(std::string_view content) { return to_hex(md5(content)); }

std::string join(const Listing& page) {
  std::vector<std::string> all;
  for (const ObjectInfo& object : page.objects) all.push_back(object.key);
  for (const std::string& prefix : page.common_prefixes) all.push_back(prefix + ">");
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : " ") + one;
  return text;
}

}  // namespace

std::string StoreSuite::put(const std::string& key, const std::string& content, const WriteOptions& options) {
  const Result<ObjectInfo> written = write_object(store(), {"films", key}, content, options);
  EXPECT_TRUE(written) << key << ": " << (written ? "" : written.error().message);
  return written ? written->etag : "";
}

std::string StoreSuite::get(const std::string& key) {
  const Result<std::string> content = read_object(store(), {"films", key});
  return content ? *content : "!" + content.error().field;
}

std::string StoreSuite::keys(const ListOptions& options) {
  const Result<Listing> page = store().list("films", options);
  return page ? join(*page) : "!" + page.error().field;
}

TEST_P(StoreSuite, ABucketIsMadeOnceAndRemovedWhenEmpty) {
  EXPECT_EQ(store().create_bucket("films").error().kind, ErrorKind::kAlreadyExists);
  ASSERT_TRUE(store().create_bucket("actors"));
  EXPECT_TRUE(*store().has_bucket("actors"));
  const auto buckets = store().list_buckets();
  ASSERT_TRUE(buckets);
  ASSERT_EQ(buckets->size(), 2U);
  EXPECT_EQ((*buckets)[0].name, "actors");
  put("a/b", "x");
  EXPECT_EQ(store().remove_bucket("films").error().kind, ErrorKind::kConflict);
  ASSERT_TRUE(store().remove({"films", "a/b"}));
  EXPECT_TRUE(store().remove_bucket("films"));
  EXPECT_FALSE(*store().has_bucket("films"));
  EXPECT_EQ(store().remove_bucket("films").error().field, "bucket");
}

TEST_P(StoreSuite, BadBucketNamesAreRefused) {
  for (const std::string& name :
       {std::string("ab"), std::string("Upper"), std::string("../x"), std::string(".rapport"), std::string("a..b"),
        std::string("1.2.3.4"), std::string(64, 'a'), std::string("a/b")}) {
    EXPECT_EQ(store().create_bucket(name).error().kind, ErrorKind::kInvalid) << name;
  }
}

TEST_P(StoreSuite, WhatIsWrittenIsReadWithItsDetails) {
  const WriteOptions plain{.content_type = "text/csv; charset=utf-8", .metadata = {{"source", "a b=c"}}};
  EXPECT_EQ(put("in/titles.csv", "id\n1\n", plain), etag_of("id\n1\n"));
  EXPECT_EQ(get("in/titles.csv"), "id\n1\n");
  const auto info = store().head({"films", "in/titles.csv"});
  ASSERT_TRUE(info);
  EXPECT_EQ(info->key, "in/titles.csv");
  EXPECT_EQ(info->size, 5U);
  EXPECT_EQ(info->etag, etag_of("id\n1\n"));
  EXPECT_EQ(info->content_type, "text/csv; charset=utf-8");
  EXPECT_EQ(info->metadata, plain.metadata);
  EXPECT_GT(info->modified.micros, 0);
}

TEST_P(StoreSuite, WritingAgainReplaces) {
  put("a", "one", {.content_type = "text/plain", .metadata = {{"n", "1"}}});
  put("a", "two");
  EXPECT_EQ(get("a"), "two");
  EXPECT_TRUE(store().head({"films", "a"})->metadata.empty());
  EXPECT_EQ(store().head({"films", "a"})->content_type, WriteOptions{}.content_type);
}

TEST_P(StoreSuite, AnExistingObjectCanBeKept) {
  put("a", "one", {.existing = Existing::kKeep});
  const auto second = write_object(store(), {"films", "a"}, "two", {.existing = Existing::kKeep});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(get("a"), "one");
}

TEST_P(StoreSuite, WhatIsNotCommittedNeverAppears) {
  {
    const auto writer = store().create({"films", "half"}, {});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write("abc"));
  }
  EXPECT_EQ(get("half"), "!key");
  EXPECT_EQ(keys({}), "");
}

TEST_P(StoreSuite, WhatIsAbsentIsNamed) {
  EXPECT_EQ(get("none"), "!key");
  EXPECT_EQ(get("none/at/all"), "!key");
  EXPECT_EQ(store().head({"nobucket", "a"}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(store().open({"nobucket", "a"}).error().field, "bucket");
  EXPECT_EQ(write_object(store(), {"nobucket", "a"}, "x").error().field, "bucket");
  EXPECT_EQ(store().list("nobucket", {}).error().field, "bucket");
  EXPECT_TRUE(store().remove({"films", "none/at/all"}));
}

TEST_P(StoreSuite, BadKeysAreRefusedByEveryOperation) {
  for (const std::string& key :
       {std::string(), std::string("../x"), std::string("a/../../x"), std::string("/etc/passwd"), std::string("a//b"),
        std::string("a/./b"), std::string("a\0b", 3), std::string("\xFF"), std::string(1025, 'a'),
        std::string(256, 'a'), std::string("a/.rapport-object"), std::string(".."), std::string("."),
        std::string("/")}) {
    const Location at{"films", key};
    for (const ErrorKind kind :
         {store().head(at).error().kind, store().open(at).error().kind, store().create(at, {}).error().kind,
          store().remove(at).error().kind, store().start_upload(at, {}).error().kind}) {
      EXPECT_TRUE(kind == ErrorKind::kInvalid || kind == ErrorKind::kTooLarge) << key;
    }
  }
}

TEST_P(StoreSuite, AReaderCanStartAnywhere) {
  put("a", "0123456789");
  const auto reader = store().open({"films", "a"});
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->seek(6));
  char buffer[10];
  EXPECT_EQ((*reader)->read(buffer, 2).value(), 2U);
  EXPECT_EQ(std::string(buffer, 2), "67");
  EXPECT_EQ((*reader)->read(buffer, 10).value(), 2U);
  EXPECT_EQ((*reader)->read(buffer, 10).value(), 0U);
}

TEST_P(StoreSuite, AKeyMayBeAnObjectAndAFolder) {
  put("a", "file");
  put("a/b", "below", {.content_type = "text/plain"});
  put("a/b/c", "deeper");
  put("a/", "marker");
  EXPECT_EQ(get("a") + get("a/") + get("a/b") + get("a/b/c"), "filemarkerbelowdeeper");
  EXPECT_EQ(keys({}), "a a/ a/b a/b/c");
  EXPECT_EQ(keys({.delimiter = "/"}), "a a/>");
  EXPECT_EQ(keys({.prefix = "a/", .delimiter = "/"}), "a/ a/b a/b/>");
  EXPECT_EQ(store().head({"films", "a/b"})->content_type, "text/plain");
  put("a", "again");
  EXPECT_EQ(get("a"), "again");
  ASSERT_TRUE(store().remove({"films", "a"}));
  EXPECT_EQ(get("a"), "!key");
  EXPECT_EQ(keys({}), "a/ a/b a/b/c");
  for (const char* key : {"a/b", "a/", "a/b/c"}) ASSERT_TRUE(store().remove({"films", key}));
  EXPECT_EQ(keys({}), "");
  EXPECT_TRUE(store().remove_bucket("films"));
}

TEST_P(StoreSuite, ListsInBytewiseOrder) {
  for (const char* key : {"a/x", "a-b", "a", "a0", "B", "é", "a/x/y", "z.txt"}) put(key, "1");
  EXPECT_EQ(keys({}), "B a a-b a/x a/x/y a0 z.txt é");
  EXPECT_EQ(keys({.prefix = "a"}), "a a-b a/x a/x/y a0");
  EXPECT_EQ(keys({.prefix = "a/"}), "a/x a/x/y");
  EXPECT_EQ(keys({.prefix = "a/x"}), "a/x a/x/y");
  EXPECT_EQ(keys({.prefix = "nope/"}), "");
  EXPECT_EQ(keys({.prefix = "../"}), "");
  EXPECT_EQ(keys({.delimiter = "/"}), "B a a-b a0 z.txt é a/>");
  EXPECT_EQ(keys({.delimiter = "-"}), "B a a/x a/x/y a0 z.txt é a->");
  EXPECT_EQ(keys({.start_after = "a/x"}), "a/x/y a0 z.txt é");
  EXPECT_EQ(keys({.limit = 0}), "");
}

// Every page of every way to list agrees with a plain sorted set of the keys.
TEST_P(StoreSuite, PagesAgreeWithASortedSet) {
  Random random(31);
  std::set<std::string> expected;
  static constexpr std::string_view kParts[] = {"a", "b", "a.b", "a-", "c"};
  while (expected.size() < 40) {
    std::string key;
    for (std::uint64_t depth = random.below(4) + 1; depth > 0; --depth) {
      key += (key.empty() ? "" : "/") + std::string(kParts[random.below(std::size(kParts))]);
    }
    if (expected.insert(key).second) put(key, key);
  }
  for (int round = 0; round < 60; ++round) {
    ListOptions options{.limit = 1 + random.below(7)};
    const auto some = std::next(expected.begin(), static_cast<std::ptrdiff_t>(random.below(expected.size())));
    if (random.below(2) == 0) options.prefix = some->substr(0, random.below(some->size() + 1));
    if (random.below(2) == 0) options.delimiter = random.below(4) == 0 ? "." : "/";
    std::set<std::string> wanted;
    for (const std::string& key : expected) {
      if (!key.starts_with(options.prefix)) continue;
      const std::size_t found =
          options.delimiter.empty() ? std::string::npos : key.find(options.delimiter, options.prefix.size());
      wanted.insert(found == std::string::npos ? key : key.substr(0, found + 1) + ">");
    }
    std::set<std::string> seen;
    do {
      const auto page = store().list("films", options);
      ASSERT_TRUE(page);
      ASSERT_LE(page->objects.size() + page->common_prefixes.size(), options.limit);
      for (const auto& object : page->objects) EXPECT_TRUE(seen.insert(object.key).second);
      for (const auto& prefix : page->common_prefixes) EXPECT_TRUE(seen.insert(prefix + ">").second);
      options.start_after = page->next;
    } while (!options.start_after.empty());
    EXPECT_EQ(seen, wanted) << "round " << round << " prefix " << options.prefix << " delimiter " << options.delimiter;
  }
}

TEST_P(StoreSuite, AnUploadBecomesAnObject) {
  const Location at{"films", "big/file.bin"};
  const auto upload = store().start_upload(at, {.content_type = "video/mp4", .metadata = {{"k", "v"}}});
  ASSERT_TRUE(upload);
  const std::string first(kPartBytes, '1');
  std::vector<PartInfo> parts;
  for (const auto& [number, content] : std::map<int, std::string>{{2, first}, {7, "tail"}}) {
    const auto writer = store().create_part(at, *upload, number);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->write(content));
    const auto written = (*writer)->commit();
    ASSERT_TRUE(written);
    EXPECT_EQ(written->etag, etag_of(content));
    parts.push_back({number, content.size(), written->etag});
  }
  const auto listed = store().list_parts(at, *upload);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ((*listed)[1].number, 7);
  EXPECT_EQ((*listed)[1].size, 4U);
  const auto uploads = store().list_uploads("films");
  ASSERT_TRUE(uploads);
  ASSERT_EQ(uploads->size(), 1U);
  EXPECT_EQ((*uploads)[0].key, at.key);
  EXPECT_EQ((*uploads)[0].upload, *upload);
  EXPECT_EQ(get(at.key), "!key");

  const auto finished = store().finish_upload(at, *upload, parts);
  ASSERT_TRUE(finished) << finished.error().message;
  EXPECT_EQ(finished->etag, etag_of(md5(first) + md5("tail")) + "-2");
  EXPECT_EQ(get(at.key), first + "tail");
  EXPECT_EQ(store().head(at)->etag, finished->etag);
  EXPECT_EQ(store().head(at)->content_type, "video/mp4");
  EXPECT_TRUE(store().list_uploads("films")->empty());
  EXPECT_TRUE(store().finish_upload(at, *upload, parts)) << "a repeated request";
}

TEST_P(StoreSuite, AWrongFinishIsRefusedAndTheUploadStays) {
  const Location at{"films", "a"};
  const std::string upload = store().start_upload(at, {}).value();
  std::vector<PartInfo> parts;
  for (int number : {1, 2}) {
    const auto writer = store().create_part(at, upload, number);
    ASSERT_TRUE((*writer)->write("small"));
    parts.push_back({number, 5, (*writer)->commit()->etag});
  }
  const auto field = [&](const std::vector<PartInfo>& list) {
    return store().finish_upload(at, upload, list).error().field;
  };
  EXPECT_EQ(field(parts), "PartSize");
  EXPECT_EQ(field({parts[1], parts[0]}), "PartOrder");
  EXPECT_EQ(field({{9, 5, parts[0].etag}}), "Part");
  EXPECT_EQ(field({{1, 5, std::string(32, '0')}}), "Part");
  EXPECT_EQ(store().finish_upload(at, upload, {parts[0]})->etag.substr(32), "-1");
  EXPECT_EQ(get("a"), "small");
}

TEST_P(StoreSuite, APartSentAgainReplaces) {
  const Location at{"films", "a"};
  const std::string upload = store().start_upload(at, {}).value();
  std::string etag;
  for (const char* content : {"first", "second"}) {
    const auto writer = store().create_part(at, upload, 1);
    ASSERT_TRUE((*writer)->write(content));
    etag = (*writer)->commit()->etag;
  }
  EXPECT_EQ(store().list_parts(at, upload)->size(), 1U);
  ASSERT_TRUE(store().finish_upload(at, upload, {{1, 6, etag}}));
  EXPECT_EQ(get("a"), "second");
}

TEST_P(StoreSuite, AnAbortedUploadIsGone) {
  const Location at{"films", "a"};
  const std::string upload = store().start_upload(at, {}).value();
  EXPECT_TRUE(store().abort_upload(at, upload));
  for (const std::string& id : {upload, std::string("../../films"), std::string(), std::string(32, 'a')}) {
    EXPECT_EQ(store().abort_upload(at, id).error().field, "uploadId") << id;
    EXPECT_EQ(store().list_parts(at, id).error().field, "uploadId") << id;
    EXPECT_EQ(store().finish_upload(at, id, {{1, 1, "x"}}).error().field, "uploadId") << id;
  }
}

TEST_P(StoreSuite, ManyThreadsShareTheStore) {
  // Folders come and go under each other's feet, and `n` is now an object, now a folder.
  constexpr int kThreads = 4;
  constexpr int kRounds = 40;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([this, thread] {
      const std::string own = "n/m/" + std::to_string(thread);
      for (int round = 0; round < kRounds; ++round) {
        put(own, own);
        put("n", "n");
        EXPECT_EQ(get(own), own);
        EXPECT_EQ(get("n"), "n");
        EXPECT_TRUE(store().remove({"films", own}));
      }
      put(own, own);
    });
  }
  threads.clear();
  EXPECT_EQ(keys({}), "n n/m/0 n/m/1 n/m/2 n/m/3");
}

}  // namespace rapport::objects
