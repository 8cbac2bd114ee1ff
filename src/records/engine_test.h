#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "records/store.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::records {

enum class Engine { kRocksdb, kPostgres };
using Model = std::map<std::string, std::string>;

// A new, empty store of each engine behind the port.
class EngineTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (GetParam() == Engine::kPostgres) url_ = test::new_postgres_database();
    open();
  }

  void open() {
    store_.reset();
    auto opened = GetParam() == Engine::kRocksdb ? open_rocksdb(directory_.file("records")) : open_postgres(url_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }

  void put(const std::string& key, const std::string& value) {
    Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(store_->write(batch));
  }

  std::vector<std::string> keys(std::string_view prefix, std::string_view after = "") {
    std::vector<std::string> found;
    const auto scanned = store_->scan(prefix, after, [&](std::string_view key, std::string_view) {
      found.emplace_back(key);
      return true;
    });
    EXPECT_TRUE(scanned) << scanned.error().message;
    return found;
  }

  Model everything() {
    Model found;
    EXPECT_TRUE(store_->scan("", "", [&](std::string_view key, std::string_view value) {
      found.emplace_hint(found.end(), key, value);
      return true;
    }));
    return found;
  }

  test::TemporaryDirectory directory_;
  std::string url_;
  std::unique_ptr<Store> store_;
};

inline auto every_engine() { return testing::Values(Engine::kRocksdb, Engine::kPostgres); }
inline std::string engine_name(const testing::TestParamInfo<Engine>& engine) {
  return engine.param == Engine::kRocksdb ? "Rocksdb" : "Postgres";
}

}  // namespace rapport::records
