#include "server/check_data.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "audience/record.h"
#include "server/engines.h"

namespace rapport::server {
namespace {

std::string report_of(const audience::RecordCheck& check, audience::Repair repair) {
  std::string report = fmt::format("Checked {} endpoints, {} users, {} addresses and {} segment members.\n",
                                   check.endpoints, check.users, check.addresses, check.members);
  for (const auto& [problem, found] : check.problems) {
    report += fmt::format("{}: {}\n", audience::describe(problem), found.count);
    for (const auto& example : found.examples) report += fmt::format("  {}\n", example);
  }
  if (check.problems.empty()) return report + "Everything agrees.\n";
  if (check.left == 0) return report + "All of it is repaired.\n";
  if (repair == audience::Repair::kNothing)
    return report + "Nothing was changed; --repair mends what can be rebuilt.\n";
  return report + fmt::format("{} of these could not be repaired.\n", check.left);
}

}  // namespace

Result<DataCheck> check_data(const Config& config, audience::Repair repair) {
  std::optional<DirectoryLock> lock;
  std::unique_ptr<records::Store> store;
  if (config.database_url.empty()) {
    const auto directory = std::filesystem::path(config.data) / "records";
    if (!std::filesystem::exists(directory)) {
      return fail(ErrorKind::kNotFound, "There is no data to check; name the directory with --data: " + config.data);
    }
    lock.emplace(TRY(DirectoryLock::take(config.data)));
    store = TRY(records::open_rocksdb(directory, audience::patch_rules()));
  } else {
    store = TRY(records::open_postgres(config.database_url));
  }
  const auto database = TRY(open_database(config));
  const auto check = TRY(audience::check_records(*database, *store, repair));
  return DataCheck{report_of(check, repair), check.left == 0};
}

}  // namespace rapport::server
