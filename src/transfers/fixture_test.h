#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "audience/fixture_test.h"
#include "transfers/transfers.h"

namespace rapport::transfers {

// The audience with its transfers and a bucket of files, over real engines, in virtual time.
class TransfersFixture : public audience::AudienceFixture {
 protected:
  TransfersFixture() : objects_(objects::open_directory(directory_.file("objects"), clock_).value()) {
    EXPECT_TRUE(sql::migrate(*database_, jobs::migrations()));
    EXPECT_TRUE(objects_->create_bucket("bucket"));
    queue_ = std::make_unique<jobs::Queue>(*database_, clock_);
    transfers_ = std::make_unique<Transfers>(
        Transfers::Collaborators{*database_, *objects_, *queue_, *applications_, *audience_});
  }

  Imports& imports() { return transfers_->imports(); }

  void put_object(const std::string& key, std::string_view content) {
    ASSERT_TRUE(objects::write_object(*objects_, {"bucket", key}, content));
  }

  std::unique_ptr<objects::Store> objects_;
  std::unique_ptr<jobs::Queue> queue_;
  std::unique_ptr<Transfers> transfers_;
};

}  // namespace rapport::transfers
