#include "stack.h"

#include "base/check.h"

namespace rapport::bench {

Stack::Stack(const std::filesystem::path& directory, Timestamp now)
    : time_(now),
      database_(sql::open_sqlite((directory / "rapport.db").string()).value()),
      store_(records::open_rocksdb((directory / "records").string()).value()),
      objects_(objects::open_directory((directory / "objects").string(), system_time_).value()),
      queue_(*database_, system_time_),
      applications_(*database_, time_) {
  CHECK(sql::migrate(*database_, apps::migrations()));
  CHECK(sql::migrate(*database_, jobs::migrations()));
  CHECK(sql::migrate(*database_, audience::migrations()));
  audience_ = std::make_unique<audience::Audience>(
      audience::Audience::Collaborators{*database_, *store_, applications_, time_});
  CHECK(audience_->open(2));
  transfers_ = std::make_unique<transfers::Transfers>(
      transfers::Transfers::Collaborators{*database_, *objects_, queue_, applications_, *audience_});
  if (!objects_->has_bucket(kBucket).value()) CHECK(objects_->create_bucket(kBucket));
  const auto present = applications_.list({}).value();
  app_ = present.items.empty() ? applications_.create("bench", {}).value().id : present.items.front().id;
}

}  // namespace rapport::bench
