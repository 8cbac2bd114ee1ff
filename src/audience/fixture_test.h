#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "audience/audience.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::audience {

enum class Engines {
  kFiles,     // SQLite and RocksDB
  kPostgres,  // for documents and records
};

// The module over real engines in a temporary directory, in virtual time, with one application.
class AudienceFixture : public ::testing::TestWithParam<Engines> {
 protected:
  AudienceFixture() {
    if (GetParam() == Engines::kFiles) {
      database_ = sql::open_sqlite(directory_.file("rapport.db")).value();
      store_ = records::open_rocksdb(directory_.file("records"), patch_rules()).value();
    } else {
      records_url_ = test::new_postgres_database();
      database_ = sql::open_postgres(records_url_).value();
      store_ = records::open_postgres(records_url_).value();
    }
    EXPECT_TRUE(sql::migrate(*database_, apps::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
    make_audience();
    app_ = applications_->create("films", {}).value().id;
  }

  void make_audience() {
    applications_ = std::make_unique<apps::Applications>(*database_, clock_);
    audience_ = std::make_unique<Audience>(Audience::Collaborators{*database_, *store_, *applications_, clock_});
    const auto opened = audience_->open(2);
    EXPECT_TRUE(opened) << opened.error().message;
  }

  Endpoints& endpoints() { return audience_->endpoints(); }
  Segments& segments() { return audience_->segments(); }

  static json::object object(std::string_view text) { return json::parse(text).value().as_object(); }

  // The ids of the members in the order they are visited, from the one after `after`.
  std::vector<std::string> members(const SegmentRef& ref, std::string_view after = "") {
    std::vector<std::string> ids;
    const auto visited = segments().for_each_member(ref, after, [&](std::string_view, const Endpoint& endpoint) {
      ids.emplace_back(endpoint.id());
      return true;
    });
    EXPECT_TRUE(visited) << visited.error().message;
    return ids;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::string records_url_;  // over PostgreSQL
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<apps::Applications> applications_;
  std::unique_ptr<Audience> audience_;
  std::unique_ptr<records::Store> store_;  // goes first: it tells the audience of commits
  std::string app_;
};

inline std::string name_of(const ::testing::TestParamInfo<Engines>& engines) {
  return engines.param == Engines::kFiles ? "Files" : "Postgres";
}

}  // namespace rapport::audience
