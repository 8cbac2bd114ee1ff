#pragma once

// feature_store: what is known of the users, items, actions and interactions of a dataset group right now, in memory:
// what was imported, and what was put since.

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "datasets/datasets.h"
#include "datasets/put_rows.h"
#include "feature_store/view.h"

namespace rapport::feature_store {

// The dataset groups that were asked for. Rows that are put are seen as soon as they are durable, imports soon after
// they are ACTIVE. Thread-safe.
class FeatureStore {
 public:
  FeatureStore(datasets::Datasets& datasets, datasets::PutRows& put_rows);
  ~FeatureStore();

  // Follows the rows that are put. REQUIRES that it is called before other threads use the record store.
  Status open();

  // Reads the group's rows the first time. kNotFound.
  Result<std::unique_ptr<View>> view(const std::string& group_arn);
  // Brings what imports and deletions changed since into the groups in memory.
  Status refresh();
  // Does so every second until told to stop.
  void run(const std::stop_token& stop);

 private:
  using Contents = std::vector<datasets::DatasetContent>;

  std::shared_ptr<Group> find(const std::string& group_arn);
  Result<Contents> contents_of(const std::string& group_arn);
  Status load(const std::shared_ptr<Group>& group);
  Status fill(Tables& tables, const Contents& contents);
  Status refresh(const std::shared_ptr<Group>& group);
  void follow(const std::shared_ptr<Group>& group, const Contents& contents);
  void take(std::string_view dataset_id, const std::optional<datasets::PutRow>& row);

  datasets::Datasets& datasets_;
  datasets::PutRows& put_rows_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Group>> groups_;  // by ARN; guarded by mutex_
  // By dataset id; guarded by mutex_.
  std::map<std::string, std::pair<std::shared_ptr<Group>, datasets::DatasetType>, std::less<>> followed_;
};

}  // namespace rapport::feature_store
