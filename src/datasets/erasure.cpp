#include "datasets/erasure.h"

#include <fmt/format.h>

#include "base/random.h"
#include "datasets/statements.h"
#include "formats/csv.h"

namespace rapport::datasets {
namespace {

using Users = std::unordered_set<std::string>;

constexpr std::string_view kUserColumn = "USER_ID";

struct Rewritten {
  std::string key;
  std::uint64_t rows = 0;
  std::uint64_t erased = 0;
};

// Copies one file of a dataset without the users' rows.
Result<Rewritten> rewrite(Datasets& datasets, const DatasetContent& content, const DatasetFile& file,
                          const Users& users, const jobs::Context& context) {
  Rewritten rewritten{.key = fmt::format("{}/{}.csv", path_of_arn(content.dataset_arn), random_id())};
  DatasetContent one = content;
  one.files = {file};
  const std::unique_ptr<objects::Writer> target = TRY(datasets.store().create(
      {std::string(kDatasetBucket), rewritten.key}, {.content_type = "text/csv", .metadata = {}}));
  formats::CsvWriter csv([&](std::string_view data) { return target->write(data); });
  std::vector<std::string_view> columns;
  for (const Field& field : content.schema.fields) columns.emplace_back(field.name);
  TRY(csv.write_row(columns));
  columns.push_back(kUserColumn);
  TRY(for_each_row(datasets.store(), one, columns, [&](std::span<const std::string_view> values) -> Status {
    if (context.should_stop()) return fail(ErrorKind::kUnavailable, "The deletion was interrupted");
    if (users.contains(std::string(values.back()))) {
      ++rewritten.erased;
      return {};
    }
    ++rewritten.rows;
    return csv.write_row(values.first(values.size() - 1));
  }));
  TRY(csv.finish());
  if (rewritten.erased > 0) TRY(target->commit());
  return rewritten;
}

Status replace(Datasets& datasets, const DatasetContent& content, const DatasetFile& file, const Rewritten& by) {
  const Status replaced = datasets.catalog().database().write([&](sql::Session& session) -> Status {
    const sql::Answer answer = TRY(session.execute(
        kReplaceFile, {content.dataset_arn, file.position, file.key, by.key, static_cast<std::int64_t>(by.rows)}));
    if (answer.changed == 0) {
      return fail(ErrorKind::kUnavailable, fmt::format("An import replaced the rows of {}", content.dataset_arn));
    }
    return submit_removal(session, datasets.queue(), kDatasetBucket, std::span(&file.key, 1));
  });
  if (!replaced) TRY(datasets.store().remove({std::string(kDatasetBucket), by.key}));
  return replaced;
}

// Rows of the users and those without a user that came in their sessions.
Result<std::uint64_t> erase_put(PutRows& rows, const DatasetContent& content, const Users& users) {
  std::unordered_set<std::string> sessions;
  TRY(rows.for_each(content.id, [&](const PutRow& row) -> Status {
    if (users.contains(std::string(row.cell(kUserColumn)))) sessions.emplace(row.cell(kSessionColumn));
    return {};
  }));
  sessions.erase("");
  return rows.erase_rows(content.id, [&](const PutRow& row) {
    const std::string user(row.cell(kUserColumn));
    return user.empty() ? sessions.contains(std::string(row.cell(kSessionColumn))) : users.contains(user);
  });
}

}  // namespace

Result<std::uint64_t> erase_users(Datasets& datasets, std::string_view group_arn, const Users& users,
                                  const jobs::Context& context) {
  std::uint64_t erased = 0;
  for (const DatasetType type : {DatasetType::kUsers, DatasetType::kInteractions, DatasetType::kActionInteractions}) {
    const std::optional<Resource> dataset = TRY(datasets.find_dataset(group_arn, type));
    if (!dataset) continue;
    const DatasetContent content = TRY(datasets.content(dataset->arn));
    for (const DatasetFile& file : content.files) {
      const Rewritten rewritten = TRY(rewrite(datasets, content, file, users, context));
      if (rewritten.erased > 0) TRY(replace(datasets, content, file, rewritten));
      erased += rewritten.erased;
    }
    if (datasets.put_rows() != nullptr) erased += TRY(erase_put(*datasets.put_rows(), content, users));
  }
  datasets.queue().wake();
  return erased;
}

}  // namespace rapport::datasets
