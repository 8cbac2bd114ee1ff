#include "feature_store/feature_store.h"

#include <chrono>
#include <condition_variable>

#include "base/log.h"
#include "feature_store/group.h"

namespace rapport::feature_store {
namespace {

using datasets::DatasetContent;
using datasets::DatasetType;
using datasets::PutRow;

constexpr std::chrono::milliseconds kBetweenRefreshes{1000};
constexpr int kLoadsMax = 5;  // of which imports may overtake all but one

std::unique_lock<std::shared_mutex> enter_alone(Group& group) {
  const std::scoped_lock entrance(group.entrance);
  return std::unique_lock(group.gate);
}

bool is_same(const std::vector<DatasetContent>& a, const std::vector<DatasetContent>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const DatasetContent& one, const DatasetContent& other) {
    return one.id == other.id && one.files == other.files && one.schema == other.schema;
  });
}

Schemas schemas_of(const std::vector<DatasetContent>& contents) {
  Schemas schemas;
  for (const DatasetContent& content : contents) schemas[content.type] = content.schema;
  return schemas;
}

}  // namespace

FeatureStore::FeatureStore(datasets::Datasets& datasets, datasets::PutRows& put_rows)
    : datasets_(datasets), put_rows_(put_rows) {}

FeatureStore::~FeatureStore() = default;

Status FeatureStore::open() {
  return put_rows_.observe(
      [this](std::string_view dataset_id, const std::optional<PutRow>& row) { take(dataset_id, row); });
}

Result<std::unique_ptr<View>> FeatureStore::view(const std::string& group_arn) {
  const std::shared_ptr<Group> group = find(group_arn);
  auto view = std::make_unique<View>(group);
  if (view->is_loaded()) return view;
  view.reset();
  {
    const std::scoped_lock loading(group->loading);
    if (group->generation == 0) TRY(load(group));
  }
  return std::make_unique<View>(group);
}

std::shared_ptr<Group> FeatureStore::find(const std::string& group_arn) {
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Group>& group = groups_[group_arn];
  if (group == nullptr) {
    group = std::make_shared<Group>();
    group->arn = group_arn;
  }
  return group;
}

Result<FeatureStore::Contents> FeatureStore::contents_of(const std::string& group_arn) {
  datasets::Catalog& catalog = datasets_.catalog();
  std::vector<datasets::Resource> resources;
  TRY(catalog.database().read([&](sql::Session& session) -> Status {
    TRY(catalog.get(session, datasets::ResourceKind::kDatasetGroup, group_arn));
    resources = TRY(catalog.children(session, datasets::ResourceKind::kDataset, group_arn));
    return {};
  }));
  Contents contents;
  for (const datasets::Resource& dataset : resources) contents.push_back(TRY(datasets_.content(dataset.arn)));
  return contents;
}

// REQUIRES that the caller holds group->loading. What is put meanwhile waits and is added at the end; rows that were
// read as well are told apart.
Status FeatureStore::load(const std::shared_ptr<Group>& group) {
  Status loaded;
  for (int attempt = 0; attempt < kLoadsMax; ++attempt) {
    const Contents contents = TRY(contents_of(group->arn));
    {
      const auto lock = enter_alone(*group);
      group->is_reloading = true;
      group->meanwhile.clear();
      group->is_stale = false;
    }
    follow(group, contents);
    const double start = monotonic_seconds();
    auto tables = std::make_unique<Tables>(schemas_of(contents));
    loaded = fill(*tables, contents);
    const auto lock = enter_alone(*group);
    group->is_reloading = false;
    if (!loaded && loaded.error().kind == ErrorKind::kUnavailable) continue;  // an import took the place of files
    if (!loaded) return loaded;
    for (const Group::Change& change : group->meanwhile) tables->put(change.type, change.row);
    group->meanwhile.clear();
    group->tables = std::move(tables);
    group->contents = contents;
    ++group->generation;
    log_info("feature_store", "Read {} in {:.2f} s", group->arn, monotonic_seconds() - start);
    return {};
  }
  return loaded;
}

Status FeatureStore::fill(Tables& tables, const Contents& contents) {
  for (const DatasetContent& content : contents) {
    const std::vector<std::string_view> columns = tables.wanted(content.type);
    for (const datasets::DatasetFile& file : content.files) {
      DatasetContent one = content;
      one.files = {file};
      TRY(datasets_.for_each_row(one, datasets::RowSource::kBulk, columns,
                                 [&](std::span<const std::string_view> texts) -> Status {
                                   tables.add(content.type, file.imported, texts);
                                   return {};
                                 }));
    }
  }
  tables.finish_bulk();
  for (const DatasetContent& content : contents) {
    TRY(put_rows_.for_each(content.id, [&](const PutRow& row) -> Status {
      tables.put(content.type, row);
      return {};
    }));
  }
  return {};
}

void FeatureStore::follow(const std::shared_ptr<Group>& group, const Contents& contents) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(followed_, [&](const auto& entry) { return entry.second.first == group; });
  for (const DatasetContent& content : contents) followed_[content.id] = {group, content.type};
}

void FeatureStore::take(std::string_view dataset_id, const std::optional<PutRow>& row) {
  std::shared_ptr<Group> group;
  DatasetType type = DatasetType::kInteractions;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = followed_.find(dataset_id);
    if (found == followed_.end()) return;
    std::tie(group, type) = found->second;
  }
  if (!row) {
    group->is_stale = true;
    return;
  }
  const auto lock = enter_alone(*group);
  if (group->is_reloading) group->meanwhile.push_back({type, *row});
  if (group->tables != nullptr) group->tables->put(type, *row);
}

Status FeatureStore::refresh() {
  std::vector<std::shared_ptr<Group>> groups;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [arn, group] : groups_) groups.push_back(group);
  }
  for (const std::shared_ptr<Group>& group : groups) TRY(refresh(group));
  return {};
}

Status FeatureStore::refresh(const std::shared_ptr<Group>& group) {
  const Result<Contents> now = contents_of(group->arn);
  if (!now && now.error().kind == ErrorKind::kNotFound) {
    follow(group, {});
    const std::scoped_lock lock(mutex_);
    groups_.erase(group->arn);
    return {};
  }
  if (!now) return std::unexpected(now.error());
  const std::scoped_lock loading(group->loading);
  if (group->generation == 0) return {};
  if (!group->is_stale && is_same(*now, group->contents)) return {};
  return load(group);
}

void FeatureStore::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (!stopped.wait_for(lock, stop, kBetweenRefreshes, [&] { return stop.stop_requested(); })) {
    const Status refreshed = refresh();
    if (!refreshed) log_warning("feature_store", "Cannot look for new imports: {}", refreshed.error().message);
  }
}

}  // namespace rapport::feature_store
