#include "uploads/uploads.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "testing/temporary_directory.h"

namespace rapport::uploads {
namespace {

class UploadsTest : public ::testing::Test {
 protected:
  UploadsTest() {
    EXPECT_TRUE(sql::migrate(*database_, jobs::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_{{1'760'000'000 * kMicrosPerSecond}};
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("rapport.db")).value();
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
  jobs::Queue queue_{*database_, clock_};
  Uploads uploads_{{*database_, *objects_, queue_, clock_}};
};

TEST_F(UploadsTest, MakesAFileOfPartsInAnyOrder) {
  const auto made = uploads_.create("people list.csv");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(made->complete);
  EXPECT_EQ(made->expires - made->created, kKeptDays * kMicrosPerDay);
  const std::string large(static_cast<std::size_t>(kPartBytes), 'a');
  ASSERT_TRUE(uploads_.put_part(made->id, 2, "end"));
  EXPECT_EQ(uploads_.complete(made->id).error().message, "A part is missing: 1");
  const auto all = uploads_.put_part(made->id, 1, large);
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->parts, 2);
  EXPECT_EQ(all->bytes, kPartBytes + 3);
  EXPECT_EQ(uploads_.file(made->id).error().kind, ErrorKind::kConflict);
  const auto whole = uploads_.complete(made->id);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_TRUE(whole->complete);
  EXPECT_EQ(objects::read_object(*objects_, uploads_.file(made->id).value()).value(), large + "end");
  EXPECT_EQ(uploads_.complete(made->id)->bytes, kPartBytes + 3);
  EXPECT_EQ(uploads_.put_part(made->id, 3, "x").error().kind, ErrorKind::kConflict);
}

TEST_F(UploadsTest, RefusesWhatCannotBe) {
  for (const auto* name : {"../secret", "a/b.csv", "."}) {
    EXPECT_EQ(uploads_.create(name).error().field, "FileName") << name;
  }
  EXPECT_EQ(uploads_.get("none").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(uploads_.put_part("none", 1, "x").error().kind, ErrorKind::kNotFound);
  const auto made = uploads_.create("a.csv").value();
  EXPECT_EQ(uploads_.complete(made.id).error().kind, ErrorKind::kInvalid);
  ASSERT_TRUE(uploads_.put_part(made.id, 1, "small"));
  ASSERT_TRUE(uploads_.put_part(made.id, 2, "end"));
  EXPECT_EQ(uploads_.complete(made.id).error().kind, ErrorKind::kInvalid);
}

TEST_F(UploadsTest, GoesAwayWhenItIsRemovedAndByItself) {
  const auto first = uploads_.create("a.csv").value();
  ASSERT_TRUE(uploads_.put_part(first.id, 1, "x"));
  ASSERT_TRUE(uploads_.complete(first.id));
  EXPECT_EQ(uploads_.remove(first.id)->bytes, 1);
  EXPECT_FALSE(objects_->head(first.at));
  EXPECT_EQ(uploads_.remove(first.id).error().kind, ErrorKind::kNotFound);
  const auto second = uploads_.create("b.csv").value();
  clock_.advance(kKeptDays * kMicrosPerDay + 1);
  jobs::Workers workers(queue_, {.threads = 1, .poll_ms = 5});
  uploads_.serve(workers);
  workers.start();
  while (uploads_.get(second.id)) std::this_thread::yield();
  EXPECT_EQ(uploads_.get(second.id).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace rapport::uploads
