#include "datasets/put_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"

namespace rapport::datasets {
namespace {

// `p/<dataset id>/` and then: `a` + hash of an interaction without a user, `h` + hash of one with, `k` + id of others.
constexpr std::string_view kRoot = "p/";
// `arrivals/<dataset id>/<microseconds, 16 hex>` and then what the row's key ends with.
constexpr std::string_view kArrivalsRoot = "arrivals/";
constexpr std::size_t kDatasetIdLength = 32;
constexpr char kAnonymous = 'a';
constexpr char kInteraction = 'h';
constexpr char kKeyed = 'k';
constexpr std::size_t kErasuresAtOnce = 500;
constexpr std::size_t kReadAtOnce = 500;

std::string prefix_of(std::string_view dataset_id) { return fmt::format("{}{}/", kRoot, dataset_id); }

std::string arrivals_of(std::string_view dataset_id) { return fmt::format("{}{}/", kArrivalsRoot, dataset_id); }

std::string arrival_at(std::string_view dataset_id, Timestamp time) {
  return fmt::format("{}{:016x}", arrivals_of(dataset_id),
                     static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.micros)));
}

void append_integer(std::string& into, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) into.push_back(static_cast<char>((value >> shift) & 0xff));
}

void append_text(std::string& into, std::string_view text) {
  for (std::size_t length = text.size();; length >>= 7) {
    const bool last = length < 0x80;
    into.push_back(static_cast<char>((length & 0x7f) | (last ? 0 : 0x80)));
    if (last) break;
  }
  into.append(text);
}

std::string encode(const PutRow& row) {
  std::string bytes;
  append_integer(bytes, static_cast<std::uint64_t>(row.put.micros));
  append_text(bytes, row.event_id);
  for (const auto& [column, text] : row.cells) {
    append_text(bytes, column);
    append_text(bytes, text);
  }
  return bytes;
}

std::string_view take_text(std::string_view& bytes) {
  std::size_t length = 0;
  std::size_t at = 0;
  for (int shift = 0;; shift += 7) {
    CHECK(at < bytes.size() && shift < 35);
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    length |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  CHECK(at + length <= bytes.size());
  const std::string_view text = bytes.substr(at, length);
  bytes.remove_prefix(at + length);
  return text;
}

PutRow decode(std::string_view bytes) {
  CHECK(bytes.size() >= 8);
  std::uint64_t micros = 0;
  for (std::size_t i = 0; i < 8; ++i) micros = (micros << 8) | static_cast<unsigned char>(bytes[i]);
  bytes.remove_prefix(8);
  PutRow row;
  row.put.micros = static_cast<std::int64_t>(micros);
  row.event_id = take_text(bytes);
  while (!bytes.empty()) {
    const std::string_view column = take_text(bytes);
    row.cells.emplace_back(column, take_text(bytes));
  }
  return row;
}

// What makes an interaction the one it is.
std::string identity_of(const PutRow& row) {
  std::string content;
  if (row.event_id.empty()) {
    std::map<std::string_view, std::string_view> cells(row.cells.begin(), row.cells.end());
    for (const auto& [column, text] : cells) {
      append_text(content, column);
      append_text(content, text);
    }
  } else {
    content = "id " + row.event_id;
  }
  std::string hash;
  append_integer(hash, stable_hash(content, 0));
  append_integer(hash, stable_hash(content, 1));
  return hash;
}

// The users of sessions whose rows came without one.
class Sessions {
 public:
  void anonymous(const PutRow& row) { of_interest_.emplace(row.cell(kSessionColumn)); }
  bool empty() const { return of_interest_.empty(); }
  void named(const PutRow& row) {
    const std::string session(row.cell(kSessionColumn));
    if (!of_interest_.contains(session)) return;
    const std::int64_t time = parse_integer(row.cell("TIMESTAMP")).value_or(0);
    const auto [link, made] = links_.try_emplace(session, time, row.cell("USER_ID"));
    if (!made && link->second.first < time) link->second = {time, std::string(row.cell("USER_ID"))};
  }
  std::string user_of(const PutRow& row) const {
    std::string session(row.cell(kSessionColumn));
    const auto link = links_.find(session);
    const bool known = link != links_.end() && parse_integer(row.cell("TIMESTAMP")).value_or(0) <= link->second.first;
    return known ? link->second.second : session;
  }

 private:
  std::unordered_set<std::string> of_interest_;
  std::unordered_map<std::string, std::pair<std::int64_t, std::string>> links_;  // time of the newest row, user
};

Status scan_rows(records::Store& store, const std::string& prefix, const PutRows::RowVisitor& visit) {
  Status status;
  TRY(store.scan(prefix, "", [&](std::string_view, std::string_view value) {
    status = visit(decode(value));
    return status.has_value();
  }));
  return status;
}

}  // namespace

std::string_view PutRow::cell(std::string_view column) const {
  for (const auto& [name, text] : cells) {
    if (equals_ignore_case(name, column)) return text;
  }
  return {};
}

Status PutRows::put(std::string_view dataset_id, DatasetType type, std::span<const PutRow> rows, Arrivals arrivals) {
  CHECK(dataset_id.size() == kDatasetIdLength);
  const std::string_view key = key_column(type);
  return key.empty() ? put_first(dataset_id, rows, arrivals) : put_latest(dataset_id, key, rows);
}

Status PutRows::put_latest(std::string_view dataset_id, std::string_view key_column, std::span<const PutRow> rows) {
  records::Batch batch;
  for (PutRow row : rows) {
    row.put = clock_.now();
    batch.put(prefix_of(dataset_id) + kKeyed + std::string(row.cell(key_column)), encode(row));
  }
  return store_.write(batch);
}

Status PutRows::put_first(std::string_view dataset_id, std::span<const PutRow> rows, Arrivals arrivals) {
  std::vector<std::string> keys;  // two of each row, the second the one it is to have
  for (const PutRow& row : rows) {
    const std::string identity = identity_of(row);
    const bool named = !row.cell("USER_ID").empty();
    keys.push_back(prefix_of(dataset_id) + (named ? kAnonymous : kInteraction) + identity);
    keys.push_back(prefix_of(dataset_id) + (named ? kInteraction : kAnonymous) + identity);
  }
  return store_.update(keys, [&](const records::Values& now) -> Result<records::Batch> {
    records::Batch batch;
    std::unordered_set<std::string_view> taken;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (now[2 * i] || now[2 * i + 1] || taken.contains(keys[2 * i]) || !taken.insert(keys[2 * i + 1]).second)
        continue;
      PutRow row = rows[i];
      row.put = clock_.now();
      const std::string& key = keys[2 * i + 1];
      batch.put(key, encode(row));
      if (arrivals == Arrivals::kForgotten) continue;
      batch.put(arrival_at(dataset_id, row.put) + key.substr(prefix_of(dataset_id).size()), "");
    }
    return batch;
  });
}

Status PutRows::for_each(std::string_view dataset_id, const RowVisitor& visit) {
  const std::string prefix = prefix_of(dataset_id);
  Sessions sessions;
  TRY(scan_rows(store_, prefix + kAnonymous, [&](const PutRow& row) -> Status {
    sessions.anonymous(row);
    return {};
  }));
  TRY(scan_rows(store_, prefix + kInteraction, [&](const PutRow& row) -> Status {
    if (!sessions.empty()) sessions.named(row);
    return visit(row);
  }));
  TRY(scan_rows(store_, prefix + kAnonymous, [&](PutRow row) -> Status {
    row.cells.emplace_back("USER_ID", sessions.user_of(row));
    row.anonymous = true;
    return visit(row);
  }));
  return scan_rows(store_, prefix + kKeyed, visit);
}

Status PutRows::for_each_arrival(std::string_view dataset_id, Timestamp from, Timestamp until,
                                 const RowVisitor& visit) {
  const std::string last = arrival_at(dataset_id, until);
  std::string after = arrival_at(dataset_id, from);  // before every row of that moment
  const std::size_t row_at = after.size();
  std::vector<std::string> keys;
  do {
    keys.clear();
    TRY(store_.scan({.prefix = arrivals_of(dataset_id), .after = after, .until = last},
                    [&](std::string_view key, std::string_view) {
                      keys.push_back(prefix_of(dataset_id).append(key.substr(row_at)));
                      after = key;
                      return keys.size() < kReadAtOnce;
                    }));
    for (const auto& row : TRY(store_.get_many(keys))) {
      if (row) TRY(visit(decode(*row)));
    }
  } while (keys.size() == kReadAtOnce);
  return {};
}

Status PutRows::forget_arrivals(std::string_view dataset_id, Timestamp until) {
  const std::string last = arrival_at(dataset_id, until);
  std::vector<std::string> keys;
  do {
    keys.clear();
    TRY(store_.scan({.prefix = arrivals_of(dataset_id), .after = {}, .until = last},
                    [&](std::string_view key, std::string_view) {
                      keys.emplace_back(key);
                      return keys.size() < kErasuresAtOnce;
                    }));
    records::Batch batch;
    for (const std::string& key : keys) batch.erase(key);
    if (!keys.empty()) TRY(store_.write(batch));
  } while (keys.size() == kErasuresAtOnce);
  return {};
}

Status PutRows::observe(Observer observer) {
  return store_.observe([observer = std::move(observer)](std::span<const records::Batch::Change> changes) {
    for (const records::Batch::Change& change : changes) {
      const std::string_view key = change.key;
      if (!key.starts_with(kRoot) || key.size() <= kRoot.size() + kDatasetIdLength) continue;
      const std::string_view dataset_id = key.substr(kRoot.size(), kDatasetIdLength);
      observer(dataset_id, change.value ? std::optional(decode(*change.value)) : std::nullopt);
    }
  });
}

Status PutRows::erase(std::string_view dataset_id) {
  TRY(store_.erase_prefix(arrivals_of(dataset_id)));
  return store_.erase_prefix(prefix_of(dataset_id));
}

Result<std::uint64_t> PutRows::erase_rows(std::string_view dataset_id,
                                          const std::function<bool(const PutRow& row)>& goes) {
  std::vector<std::string> keys;
  TRY(store_.scan(prefix_of(dataset_id), "", [&](std::string_view key, std::string_view value) {
    if (goes(decode(value))) keys.emplace_back(key);
    return true;
  }));
  for (std::size_t begin = 0; begin < keys.size(); begin += kErasuresAtOnce) {
    records::Batch batch;
    for (std::size_t i = begin; i < std::min(keys.size(), begin + kErasuresAtOnce); ++i) batch.erase(keys[i]);
    TRY(store_.write(batch));
  }
  return keys.size();
}

}  // namespace rapport::datasets
