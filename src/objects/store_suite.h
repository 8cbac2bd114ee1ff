#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "objects/store.h"

namespace rapport::objects {

// What the suite runs on: a store with no buckets, and whatever keeps it alive.
struct StoreUnderTest {
  std::unique_ptr<Store> store;
  std::shared_ptr<void> keeper;
};

struct StoreKind {
  std::string name;
  std::function<StoreUnderTest()> make;
};

// The promises of the port. Instantiate it for every store behind it.
class StoreSuite : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    under_test_ = GetParam().make();
    ASSERT_NE(under_test_.store, nullptr);
    ASSERT_TRUE(store().create_bucket("films"));
  }
  Store& store() { return *under_test_.store; }

  // `put` succeeded, and gives the ETag.
  std::string put(const std::string& key, const std::string& content, const WriteOptions& options = {});
  // The content, or `!` and the field of the error.
  std::string get(const std::string& key);
  // Keys and common prefixes of one page, a prefix marked with `>`.
  std::string keys(const ListOptions& options);

  StoreUnderTest under_test_;
};

}  // namespace rapport::objects
