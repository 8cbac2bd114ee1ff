#include "serving/served_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <utility>

#include "base/log.h"
#include "base/random.h"

namespace rapport::serving {
namespace {

// `served/<moment it was opened, 12 hex>-<process, 8 hex>`: lists one after the other, each as its length, the random
// part of its id, the source, and the ids.
constexpr std::string_view kRoot = "served/";
constexpr std::string_view kIdPrefix = "RID-";
constexpr std::size_t kRandomHex = 7;
constexpr std::size_t kListsOfPageMax = 4096;  // three hex digits
constexpr std::size_t kPageBytesMax = records::kValueBytesMax / 2;
constexpr std::size_t kErasuresAtOnce = 500;
constexpr int kWritesBetweenExpiries = 2400;

void append_length(std::string& into, std::size_t length) {
  for (; length >= 0x80; length >>= 7) into.push_back(static_cast<char>((length & 0x7f) | 0x80));
  into.push_back(static_cast<char>(length));
}

void append_text(std::string& into, std::string_view text) {
  append_length(into, text.size());
  into.append(text);
}

// Empty at the end and for what is damaged.
std::string_view take_text(std::string_view& bytes) {
  std::size_t length = 0;
  std::size_t at = 0;
  for (int shift = 0; at < bytes.size() && shift < 28; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    length |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const std::string_view text = bytes.substr(at).substr(0, length);
  bytes.remove_prefix(at + text.size());
  return text;
}

std::string encode(std::string_view random, const ServedLists::List& list) {
  std::string bytes;
  append_text(bytes, random);
  append_text(bytes, list.source);
  const std::size_t count = std::min(list.ids.size(), ServedLists::kIdsMax);
  for (std::size_t i = 0; i < count; ++i) append_text(bytes, list.ids[i]);
  return bytes;
}

std::optional<ServedLists::List> decode(std::string_view bytes, std::string_view random) {
  if (take_text(bytes) != random) return std::nullopt;
  ServedLists::List list{.source = std::string(take_text(bytes)), .ids = {}};
  while (!bytes.empty()) list.ids.emplace_back(take_text(bytes));
  return list;
}

std::optional<std::uint64_t> from_hexadecimal(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

// Where a list is, as its recommendation id says.
struct ServedLists::Place {
  std::uint64_t opened_ms = 0;
  std::size_t number = 0;
  std::string process;
  std::string random;

  static std::optional<Place> parse(std::string_view recommendation_id) {
    constexpr std::size_t kHexDigits = 32;
    if (!recommendation_id.starts_with(kIdPrefix)) return std::nullopt;
    std::string hex(recommendation_id.substr(kIdPrefix.size()));
    std::erase(hex, '-');
    if (hex.size() != kHexDigits || hex[12] != '7') return std::nullopt;
    const auto opened = from_hexadecimal(std::string_view(hex).substr(0, 12));
    const auto number = from_hexadecimal(std::string_view(hex).substr(13, 3));
    if (!opened || !number) return std::nullopt;
    return Place{*opened, static_cast<std::size_t>(*number), hex.substr(17, 8), hex.substr(25)};
  }
  std::string id() const {
    const std::string hex = fmt::format("{:012x}7{:03x}8{}{}", opened_ms, number, process, random);
    return fmt::format("{}{}-{}-{}-{}-{}", kIdPrefix, hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                       hex.substr(16, 4), hex.substr(20));
  }
};

ServedLists::ServedLists(records::Store& store, const Clock& clock, Options options)
    : store_(store), clock_(clock), options_(options), process_(random_hex(4)) {}

std::string ServedLists::remember(const List& list) {
  Place place{.process = process_, .random = random_hex(4).substr(0, kRandomHex)};
  const std::string bytes = encode(place.random, list);
  const std::scoped_lock lock(mutex_);
  if (open_ != nullptr && (open_->starts.size() == kListsOfPageMax || open_->bytes.size() >= kPageBytesMax)) {
    close_page();
  }
  if (open_ == nullptr) open_page();
  place.opened_ms = open_->opened_ms;
  place.number = open_->starts.size();
  open_->starts.push_back(static_cast<std::uint32_t>(open_->bytes.size()));
  append_text(open_->bytes, bytes);
  ++lists_;
  while (lists_ > options_.lists_in_memory_max && pages_.begin()->second != open_) {
    lists_ -= pages_.begin()->second->starts.size();
    pages_.erase(pages_.begin());
  }
  return place.id();
}

// REQUIRES the lock.
void ServedLists::open_page() {
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, clock_.now().micros / 1000));
  opened_last_ = std::max(opened_last_ + 1, now);
  open_ = std::make_shared<Page>(Page{.opened_ms = opened_last_});
  pages_.emplace(opened_last_, open_);
}

// REQUIRES the lock.
void ServedLists::close_page() {
  waiting_.push_back(std::exchange(open_, nullptr));
  if (waiting_.size() <= options_.records_waiting_max) return;
  log_warning("serving", "Gave up {} lists that were served: the record store does not take them",
              waiting_.front()->starts.size());
  waiting_.pop_front();
}

std::optional<ServedLists::List> ServedLists::in_memory(const Place& place) const {
  const std::scoped_lock lock(mutex_);
  const auto page = pages_.find(place.opened_ms);
  if (page == pages_.end() || place.number >= page->second->starts.size()) return std::nullopt;
  std::string_view bytes = std::string_view(page->second->bytes).substr(page->second->starts[place.number]);
  return decode(take_text(bytes), place.random);
}

Result<std::optional<ServedLists::List>> ServedLists::find(std::string_view recommendation_id) const {
  const auto place = Place::parse(recommendation_id);
  if (!place) return std::nullopt;
  if (place->process == process_) {
    if (auto list = in_memory(*place)) return list;
  }
  const auto record = TRY(store_.get(key_of(place->opened_ms, place->process)));
  std::string_view bytes = record ? std::string_view(*record) : std::string_view();
  for (std::size_t i = 0; !bytes.empty(); ++i) {
    const std::string_view one = take_text(bytes);
    if (i == place->number) return decode(one, place->random);
  }
  return std::nullopt;
}

std::string ServedLists::key_of(std::uint64_t opened_ms, std::string_view process) const {
  return fmt::format("{}{:012x}-{}", kRoot, opened_ms, process);
}

Status ServedLists::flush() {
  const std::scoped_lock writing(writing_);
  std::vector<std::shared_ptr<const Page>> pages;
  {
    const std::scoped_lock lock(mutex_);
    if (open_ != nullptr) close_page();
    pages.assign(waiting_.begin(), waiting_.end());
  }
  for (const auto& page : pages) {
    records::Batch batch;
    batch.put(key_of(page->opened_ms, process_), page->bytes);
    TRY(store_.write(batch));
    const std::scoped_lock lock(mutex_);
    if (!waiting_.empty() && waiting_.front() == page) waiting_.pop_front();
  }
  return {};
}

Status ServedLists::expire() {
  const std::scoped_lock writing(writing_);
  const auto oldest = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (clock_.now().micros - kKeptMicros) / 1000));
  const std::string until = key_of(oldest, "");
  std::vector<std::string> keys;
  do {
    keys.clear();
    TRY(store_.scan({.prefix = kRoot, .after = expired_until_, .until = until},
                    [&](std::string_view key, std::string_view) {
                      keys.emplace_back(key);
                      return keys.size() < kErasuresAtOnce;
                    }));
    records::Batch batch;
    for (const std::string& key : keys) batch.erase(key);
    if (!keys.empty()) {
      TRY(store_.write(batch));
      expired_until_ = keys.back();
    }
  } while (keys.size() == kErasuresAtOnce);
  return {};
}

void ServedLists::run(const std::stop_token& stop) {
  const auto report = [](const Status& done) {
    if (!done) log_warning("serving", "Cannot keep what was served: {}", done.error().message);
  };
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  for (int writes = 0; !stop.stop_requested(); ++writes) {
    if (writes % kWritesBetweenExpiries == 0) report(expire());
    stopped.wait_for(lock, stop, std::chrono::milliseconds(kBetweenWritesMs), [&] { return stop.stop_requested(); });
    report(flush());
  }
}

}  // namespace rapport::serving
