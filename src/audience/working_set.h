#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "records/store.h"

namespace rapport::audience {

// The records one atomic update read, with its changes over them. Lives within one call of `transact`.
class WorkingSet {
 public:
  WorkingSet(std::span<const std::string> keys, const records::Values& values);

  // What the key holds now (nothing when there is no record), or nullptr when it was not read: it is then read for the
  // next try, and what this try writes does not count.
  const std::optional<std::string>* find(std::string_view key);
  const std::optional<std::string>* peek(std::string_view key) const;  // the same, but it is not read for the next try
  void put(std::string_view key, std::string value);                   // REQUIRES that `find` gave the key
  void erase(std::string_view key);                                    // likewise
  // REQUIRES that the transaction named the key.
  void put_unread(std::string key, std::string value) { unread_.emplace_back(std::move(key), std::move(value)); }

  // Over what the key holds, and patches before. REQUIRES that the transaction named the key, and that it was not read.
  void patch(std::string key, std::string change) { patches_.emplace_back(std::move(key), std::move(change)); }

  void add(std::span<const std::string> keys,
           const records::Values& values);  // which were read; the keys must outlive it
  std::vector<std::string>& missing() { return missing_; }
  records::Batch finish();  // REQUIRES that it is called once, last

 private:
  struct Entry {
    std::string_view key;
    std::optional<std::string> value;
    bool changed = false;
  };
  std::vector<Entry> entries_;
  std::unordered_map<std::string_view, std::uint32_t> by_key_;
  std::vector<std::string> missing_;
  std::vector<std::pair<std::string, std::string>> unread_;
  std::vector<std::pair<std::string, std::string>> patches_;
};

// The keys of a transaction.
struct WorkingKeys {
  std::vector<std::string> read;
  std::vector<std::string> unread = {};  // what `put_unread`, `patch` or `read_as_well` may name
  // What else to read, by what was read: some of `unread`, or a record that may change meanwhile.
  std::function<std::vector<std::string>(WorkingSet&)> read_as_well = nullptr;
};

// Atomically reads the keys, lets `change` work on them and writes the result durably; runs `change` again with more
// keys when it looked for one that was not read.
Status transact(records::Store& store, WorkingKeys keys, const std::function<Status(WorkingSet&)>& change);

}  // namespace rapport::audience
