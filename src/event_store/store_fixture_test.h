#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "base/metrics.h"
#include "event_store/duckdb_store.h"
#include "events/consumers.h"
#include "testing/temporary_directory.h"

namespace rapport::event_store {

// A store behind a log, both of a temporary directory.
class StoreTest : public testing::Test {
 protected:
  ~StoreTest() override { close(); }

  void open() {
    log_ = events::open_log(directory_.path() / "log", {.segment_bytes = 100'000, .kept_bytes = 0}, metrics_).value();
    consumers_ = std::make_unique<events::Consumers>(
        *log_, metrics_, events::ConsumerOptions{.back_off_first_ms = 1, .trim_every_ms = 1});
    options_.file = file();
    options_.directory = sealed();
    options_.catch_up = [this](Freshness) { return consumers_->wait_for(DuckdbStore::kConsumer, log_->end(), 60'000); };
    store_ = DuckdbStore::open(options_, clock_).value();
    consumers_->add(store_->consumer());
    consumers_->start();
  }
  void close() {
    if (consumers_) consumers_->stop();
    store_.reset();
    consumers_.reset();
    log_.reset();
  }
  void reopen() {
    close();
    open();
  }
  std::filesystem::path file() const { return directory_.path() / "store.duckdb"; }
  std::filesystem::path sealed() const { return directory_.path() / "sealed"; }
  std::vector<std::filesystem::path> sealed_files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(sealed())) {
      if (entry.path().extension() == ".parquet") files.push_back(entry.path());
    }
    return files;
  }

  // An event of now; each has an id of its own.
  events::Event event(std::string app, std::string endpoint, std::string type) {
    events::Event event;
    event.app = std::move(app);
    event.endpoint = std::move(endpoint);
    event.id = "event-" + std::to_string(++count_);
    event.type = std::move(type);
    event.time = clock_.now() - 1;
    event.arrival = clock_.now();
    return event;
  }
  void publish(const std::vector<events::Event>& events) { ASSERT_TRUE(log_->publish(events)); }
  double count(const std::string& app) {
    return store_->measure({.app = app, .measures = {{.aggregate = Aggregate::kCount}}}).value().front().values[0];
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_{{1'700'000'000 * kMicrosPerSecond}};
  Metrics metrics_;
  DuckdbOptions options_;
  std::unique_ptr<events::Log> log_;
  std::unique_ptr<events::Consumers> consumers_;
  std::unique_ptr<DuckdbStore> store_;
  std::uint64_t count_ = 0;
};

}  // namespace rapport::event_store
