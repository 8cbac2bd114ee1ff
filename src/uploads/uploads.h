#pragma once

// uploads: files that people bring, part by part, so that imports can read them. They go away by themselves.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "jobs/jobs.h"
#include "objects/store.h"
#include "sql/database.h"

namespace rapport::uploads {

std::span<const sql::Migration> migrations();

constexpr std::int64_t kPartBytes = 6 << 20;  // of every part but the last; fits into a request
constexpr std::int64_t kKeptDays = 7;

struct Upload {
  std::string id;
  std::string file_name;
  bool complete = false;
  Timestamp created;
  Timestamp expires;
  std::int64_t bytes = 0;  // received so far
  std::int64_t parts = 0;
  objects::Location at;  // of the file, once it is complete
};

// Thread-safe. Collaborators must outlive it.
class Uploads {
 public:
  struct Collaborators {
    sql::Database& database;
    objects::Store& objects;
    jobs::Queue& queue;
    const Clock& clock;
  };
  explicit Uploads(const Collaborators& with) : with_(with) {}

  // kInvalid for a name that cannot be a file's.
  Result<Upload> create(const std::string& file_name);
  Result<Upload> get(const std::string& id);  // kNotFound
  // Parts may come in any order, side by side and again. kConflict when the upload is complete.
  Result<Upload> put_part(const std::string& id, int number, std::string_view content);
  // The file appears, whole. kInvalid when a part is missing or too small; complete already is fine.
  Result<Upload> complete(const std::string& id);
  Result<Upload> remove(const std::string& id);  // what it was
  // The file. kConflict when the upload is not complete.
  Result<objects::Location> file(const std::string& id);

  // Lets these workers remove what is too old. Call before they start.
  void serve(jobs::Workers& workers);

 private:
  struct Stored;
  Result<Stored> load(const std::string& id);
  Result<Upload> describe(const Stored& stored);

  Collaborators with_;
};

}  // namespace rapport::uploads
