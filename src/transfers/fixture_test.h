#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

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
        Transfers::Collaborators{*database_, *objects_, *queue_, *applications_, *audience_, {}});
  }

  Imports& imports() { return transfers_->imports(); }
  Exports& exports() { return transfers_->exports(); }

  // Lets real workers run what there is until this job is over.
  void run_jobs(const std::string& id) {
    jobs::Workers workers(*queue_, {.threads = 1, .poll_ms = 5});
    transfers_->serve(workers);
    workers.start();
    while (true) {
      const auto job = queue_->get(id).value();
      if (job.finished) return;
      if (!job.failure.empty() && job.state == jobs::State::kPending) {
        ADD_FAILURE() << job.failure;
        return;
      }
      std::this_thread::yield();
    }
  }

  json::object read(const std::string& id) { return endpoints().get(app_, id).value().document(); }

  std::vector<std::string> all_ids() {
    std::vector<std::string> ids;
    EXPECT_TRUE(endpoints().for_each(app_, "", [&](const audience::Endpoint& endpoint) {
      ids.emplace_back(endpoint.id());
      return true;
    }));
    return ids;
  }

  void put_object(const std::string& key, std::string_view content) {
    ASSERT_TRUE(objects::write_object(*objects_, {"bucket", key}, content));
  }

  std::unique_ptr<objects::Store> objects_;
  std::unique_ptr<jobs::Queue> queue_;
  std::unique_ptr<Transfers> transfers_;
};

}  // namespace rapport::transfers
