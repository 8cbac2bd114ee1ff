#include "events/file_log.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/digest.h"
#include "base/log.h"
#include "events/event_codec.h"
#include "events/frame.h"
#include "events/sheet_reader.h"

namespace rapport::events {
namespace {

constexpr std::size_t kGroupBytesMax = std::size_t{16} << 20;  // bounds how long the first of a group waits
constexpr std::size_t kUsualBytes = 400;                       // of an event without its context
constexpr std::size_t kReadBytesMax = std::size_t{8} << 20;    // of one read, whatever its limit

// Of each event of a frame.
std::vector<std::uint64_t> fingerprints_of(std::string_view payload) {
  if (!SheetReader::is_sheet(payload)) return {stable_hash(identity_of(payload))};
  std::vector<std::uint64_t> fingerprints;
  SheetReader reader(payload);
  fingerprints.reserve(std::min<std::uint64_t>(reader.size(), payload.size()));
  while (reader.next()) fingerprints.push_back(stable_hash(reader.identity()));
  return fingerprints;
}

std::size_t bytes_of(const Event& event) {
  std::size_t bytes = sizeof event + event.context.size();
  for (const auto& [key, value] : event.attributes) bytes += key.size() + value.size();
  return bytes;
}

}  // namespace

bool FileLog::Reading::is_full() const { return entries.size() >= limit || bytes >= kReadBytesMax; }

void FileLog::Reading::add(Position next, Event event) {
  bytes += bytes_of(event);
  entries.push_back({next, std::move(event)});
}

FileLog::FileLog(std::filesystem::path directory, const LogOptions& options, Metrics& metrics)
    : directory_(std::move(directory)),
      options_(options),
      published_(metrics.counter("rapport_events_published_total", "Events that became durable in the log.")),
      duplicates_(metrics.counter("rapport_events_duplicate_total", "Events dropped because they were sent before.")),
      damaged_(metrics.counter("rapport_events_damaged_bytes_total", "Bytes of the event log that could not be read.")),
      remembered_(options.remembered_events) {}

Status FileLog::open() {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  std::vector<Position> places = TRY(Segment::list(directory_));
  if (places.empty()) return begin_segment(0);
  TRY(open_newest(places.back()));
  places.pop_back();
  for (const Position begin : places) {
    auto segment = Segment::open(directory_, begin);
    if (segment) {
      segments_.emplace(begin, *segment);
    } else {
      log_error("events", "Passing over a file: {}", segment.error().message);
    }
  }
  return remember();
}

// The end of the log is behind the last whole event of the newest file.
Status FileLog::open_newest(Position begin) {
  end_ = begin;
  auto opened = Segment::open(directory_, begin);
  // Its making was cut short: it holds nothing.
  if (!opened && opened.error().kind == ErrorKind::kInvalid) return begin_segment(begin);
  const auto segment = TRY(std::move(opened));
  FrameReader reader(*segment, begin, std::numeric_limits<Position>::max());
  while (const auto item = TRY(reader.next())) {
    end_ = item->next;
    if (SheetReader::is_sheet(item->payload)) sheets_.note(item->begin, item->next);
  }
  report_damage(reader.damaged_bytes(), end_);
  TRY(segment->cut(end_));
  segments_.emplace(begin, segment);
  sheets_.set_complete(begin);
  return {};
}

// Reads the fingerprints of the newest events, from the oldest of them on.
Status FileLog::remember() {
  std::vector<std::vector<std::uint64_t>> newest_first;
  std::size_t count = 0;
  Position end = end_;
  for (auto entry = segments_.rbegin(); entry != segments_.rend() && count < options_.remembered_events; ++entry) {
    FrameReader reader(*entry->second, entry->first, end);
    auto& fingerprints = newest_first.emplace_back();
    while (const auto item = TRY(reader.next())) {
      const auto found = fingerprints_of(item->payload);
      fingerprints.insert(fingerprints.end(), found.begin(), found.end());
    }
    count += fingerprints.size();
    end = entry->first;
  }
  for (auto part = newest_first.rbegin(); part != newest_first.rend(); ++part) {
    for (const std::uint64_t fingerprint : *part) remembered_.insert(fingerprint);
  }
  return {};
}

Result<FileLog::Encoded> FileLog::encoded(std::span<const Event> events) {
  Encoded encoded;
  encoded.ends.reserve(events.size());
  encoded.fingerprints.reserve(events.size());
  std::size_t expected = 0;
  for (const Event& event : events) expected += kUsualBytes + event.context.size();
  encoded.frames.reserve(expected);
  for (const Event& event : events) {
    encoded.frames.append(kFrameHead, '\0');
    const std::size_t begin = encoded.frames.size();
    encode(event, encoded.frames);
    const std::size_t size = encoded.frames.size() - begin;
    if (size > kEventBytesMax) {
      return fail(ErrorKind::kTooLarge, "An event is too large, bytes: " + std::to_string(size));
    }
    encoded.ends.push_back(encoded.frames.size());
    encoded.fingerprints.push_back(stable_hash(identity_of(std::string_view(encoded.frames).substr(begin))));
  }
  return encoded;
}

// Nothing when it cannot be one frame: it or an event is too large, or may be, it has more events than places, or it
// repeats one.
std::optional<FileLog::Encoded> FileLog::encoded(const Sheet& sheet) {
  if (sheet.bytes() > kEventBytesMax) return {};
  Encoded encoded;
  encoded.is_sheet = true;
  encoded.frames.reserve(kFrameHead + sheet.bytes());
  encoded.frames.append(kFrameHead, '\0');
  sheet.encode(encoded.frames);
  encoded.ends.push_back(encoded.frames.size());
  if (encoded.frames.size() < sheet.size()) return {};
  encoded.fingerprints.reserve(sheet.size());
  FingerprintSet here(sheet.size());
  SheetReader reader(std::string_view(encoded.frames).substr(kFrameHead));
  while (reader.next()) {
    encoded.fingerprints.push_back(stable_hash(reader.identity()));
    if (reader.bytes_at_most() > kEventBytesMax || !here.insert(encoded.fingerprints.back())) return {};
  }
  CHECK(encoded.fingerprints.size() == sheet.size());
  return encoded;
}

Status FileLog::publish(std::span<const Event> events) {
  if (events.empty()) return {};
  std::vector<Encoded> all;
  all.push_back(TRY(encoded(events)));
  return accept(std::move(all));
}

Status FileLog::publish_sheets(std::span<const Sheet> sheets) {
  std::vector<Encoded> all;
  all.reserve(sheets.size());
  for (const Sheet& sheet : sheets) {
    if (sheet.empty()) continue;
    auto one = encoded(sheet);
    all.push_back(one ? *std::move(one) : TRY(encoded(sheet.events())));
  }
  return all.empty() ? Status() : accept(std::move(all));
}

Status FileLog::accept(std::vector<Encoded> events) {
  Waiting mine{.events = std::move(events)};
  std::unique_lock lock(mutex_);
  queue_.push_back(&mine);
  mine.wake.wait(lock, [&] { return mine.done || (!led_ && queue_.front() == &mine); });
  if (!mine.done) lead(lock);
  return std::move(mine.outcome);
}

void FileLog::lead(std::unique_lock<std::mutex>& lock) {
  led_ = true;
  const std::vector<Waiting*> group = take_group();
  const Position at = end_;
  lock.unlock();
  const Addition addition = gather(group, at);
  const Status outcome = addition.bytes == 0 ? Status() : append(addition);
  lock.lock();
  if (outcome) {
    for (const auto& [begin, end] : addition.sheets) sheets_.note(begin, end);
    end_ = at + addition.bytes;
    published_.add(addition.fingerprints.size());
    duplicates_.add(addition.duplicates);
    grown_.notify_all();
  }
  for (Waiting* waiting : group) {
    waiting->outcome = outcome;
    waiting->done = true;
    waiting->wake.notify_one();  // under the lock: the waiter destroys its condition variable as soon as it runs
  }
  led_ = false;
  if (!queue_.empty()) queue_.front()->wake.notify_one();
}

std::vector<FileLog::Waiting*> FileLog::take_group() {
  std::vector<Waiting*> group;
  std::size_t bytes = 0;
  while (!queue_.empty() && bytes < kGroupBytesMax) {
    for (const Encoded& events : queue_.front()->events) bytes += events.frames.size();
    group.push_back(queue_.front());
    queue_.pop_front();
  }
  return group;
}

FileLog::Addition FileLog::gather(const std::vector<Waiting*>& group, Position at) const {
  Addition addition;
  std::size_t count = 0;
  for (const Waiting* waiting : group) {
    for (const Encoded& events : waiting->events) count += events.fingerprints.size();
  }
  FingerprintSet here(count);
  addition.fingerprints.reserve(count);
  for (Waiting* waiting : group) {
    for (Encoded& events : waiting->events) settle(events, at, here, addition);
  }
  return addition;
}

// False when some of its events are known: the sheet's place is then taken by its events one by one.
bool FileLog::settle_sheet(Encoded& events, Position at, FingerprintSet& here, Addition& addition) const {
  for (const std::uint64_t fingerprint : events.fingerprints) remembered_.prefetch(fingerprint);
  const auto is_known = [&](std::uint64_t fingerprint) {
    return remembered_.contains(fingerprint) || here.contains(fingerprint);
  };
  if (std::ranges::any_of(events.fingerprints, is_known)) {
    std::vector<Event> singly;
    SheetReader reader(std::string_view(events.frames).substr(kFrameHead));
    while (reader.next()) singly.push_back(reader.event());
    auto plain = encoded(singly);
    CHECK(plain.has_value());
    events = *std::move(plain);
    return false;
  }
  for (const std::uint64_t fingerprint : events.fingerprints) here.insert(fingerprint);
  const Position place = at + addition.bytes;
  seal_frame(events.frames.data(), events.frames.size() - kFrameHead, place);
  addition.bytes += events.frames.size();
  addition.parts.emplace_back(events.frames);
  addition.sheets.emplace_back(place, place + events.frames.size());
  addition.fingerprints.insert(addition.fingerprints.end(), events.fingerprints.begin(), events.fingerprints.end());
  return true;
}

// Moves the frames that are new together, and seals each for its place behind what was added before.
void FileLog::settle(Encoded& events, Position at, FingerprintSet& here, Addition& addition) const {
  if (events.is_sheet && settle_sheet(events, at, here, addition)) return;
  char* const frames = events.frames.data();
  std::size_t kept = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < events.ends.size(); ++i) {
    const std::size_t size = events.ends[i] - begin;
    const std::size_t from = std::exchange(begin, events.ends[i]);
    if (remembered_.contains(events.fingerprints[i]) || !here.insert(events.fingerprints[i])) {
      ++addition.duplicates;
      continue;
    }
    if (kept != from) std::memmove(frames + kept, frames + from, size);
    seal_frame(frames + kept, size - kFrameHead, at + addition.bytes);
    kept += size;
    addition.bytes += size;
    addition.fingerprints.push_back(events.fingerprints[i]);
  }
  if (kept > 0) addition.parts.emplace_back(frames, kept);
}

Status FileLog::append(const Addition& addition) {
  const Position at = end();
  std::shared_ptr<Segment> segment;
  {
    const std::scoped_lock lock(mutex_);
    segment = segments_.rbegin()->second;
  }
  if (broken_ || at - segment->begin() >= options_.segment_bytes) {
    TRY(begin_segment(at));
    broken_ = false;
    const std::scoped_lock lock(mutex_);
    segment = segments_.rbegin()->second;
  }
  Status written = segment->write(at, addition.parts);
  if (written) written = segment->sync();
  if (!written) {
    // After a failed sync nobody knows what is on the disk: what follows goes to a new file.
    broken_ = true;
    const Status cut = segment->cut(at);
    if (!cut) log_warning("events", "{}", cut.error().message);
    return written;
  }
  for (const std::uint64_t fingerprint : addition.fingerprints) remembered_.insert(fingerprint);
  return {};
}

Status FileLog::begin_segment(Position at) {
  auto segment = TRY(Segment::create(directory_, at));
  const std::scoped_lock lock(mutex_);
  segments_.insert_or_assign(at, std::move(segment));
  sheets_.set_complete(at);
  return {};
}

std::optional<FileLog::Source> FileLog::source_of(Position& from) const {
  const std::scoped_lock lock(mutex_);
  from = std::max(from, segments_.begin()->first);
  if (from >= end_) return {};
  auto after = segments_.upper_bound(from);
  const Position end = after == segments_.end() ? end_ : after->first;
  return Source{std::prev(after)->second, end};
}

Status FileLog::find_sheets(const Source& source) {
  const Position begin = source.segment->begin();
  if (sheets_.is_complete(begin)) return {};
  FrameReader reader(*source.segment, begin, source.end);
  while (const auto item = TRY(reader.next())) {
    if (SheetReader::is_sheet(item->payload)) sheets_.note(item->begin, item->next);
  }
  sheets_.set_complete(begin);
  return {};
}

// Adds what lies behind `from` to what was read, and returns the place behind it.
Position FileLog::take(const FrameReader::Item& item, Position from, Reading& reading) {
  if (!SheetReader::is_sheet(item.payload)) {
    if (auto event = decode(item.payload)) {
      reading.add(item.next, *std::move(event));
    } else {
      report_damage(item.payload.size(), item.next);
    }
    return item.next;
  }
  SheetReader sheet(item.payload);
  for (Position place = item.begin + 1; sheet.next(); ++place) {
    if (place <= from) continue;
    const bool is_last = place - item.begin == sheet.size();
    reading.add(is_last ? item.next : place, sheet.event());
    if (reading.is_full()) return reading.entries.back().next;
  }
  if (!sheet.ok()) report_damage(item.payload.size(), item.next);
  return item.next;
}

Result<std::vector<Entry>> FileLog::read(Position from, std::size_t limit) {
  Reading reading{.limit = limit};
  while (!reading.is_full()) {
    const auto source = source_of(from);
    if (!source) break;
    TRY(find_sheets(*source));
    FrameReader reader(*source->segment, sheets_.sheet_around(from).value_or(from), source->end);
    while (!reading.is_full()) {
      const auto item = TRY(reader.next());
      from = item ? take(*item, from, reading) : source->end;
      if (!item) break;
    }
    report_damage(reader.damaged_bytes() + (from == source->end ? reader.unread_bytes() : 0), from);
  }
  return std::move(reading.entries);
}

void FileLog::report_damage(std::uint64_t bytes, Position before) {
  if (bytes == 0) return;
  damaged_.add(bytes);
  log_error("events", "Passed over damage in the event log before {}, bytes: {}", before, bytes);
}

Position FileLog::begin() const {
  const std::scoped_lock lock(mutex_);
  return segments_.begin()->first;
}

Position FileLog::end() const {
  const std::scoped_lock lock(mutex_);
  return end_;
}

void FileLog::wait(Position from, std::int64_t timeout_ms, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  grown_.wait_for(lock, stop, std::chrono::milliseconds(timeout_ms), [&] { return end_ > from; });
}

Status FileLog::trim(Position before) {
  std::vector<std::shared_ptr<Segment>> old;
  {
    const std::scoped_lock lock(mutex_);
    if (end_ < options_.kept_bytes) return {};
    const Position limit = std::min(before, end_ - options_.kept_bytes);
    while (segments_.size() > 1 && std::next(segments_.begin())->first <= limit) {
      old.push_back(segments_.begin()->second);
      segments_.erase(segments_.begin());
    }
    sheets_.forget_before(segments_.begin()->first);
  }
  for (const auto& segment : old) TRY(segment->remove());
  return {};
}

Result<std::unique_ptr<Log>> open_log(const std::filesystem::path& directory, const LogOptions& options,
                                      Metrics& metrics) {
  auto log = std::make_unique<FileLog>(directory, options, metrics);
  TRY(log->open());
  return log;
}

}  // namespace rapport::events
