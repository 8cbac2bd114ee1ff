#include "channels/outbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>

#include "base/clock.h"
#include "channels/outbox_day.h"
#include "channels/outgoing.h"
#include "channels/sync_group.h"
#include "json/json.h"

namespace rapport::channels {

namespace {

constexpr const char* kOpenMarker = ".open";  // there while a process has the outbox open
constexpr std::size_t kDaysRepairedMax = 2;

using Day = std::shared_ptr<OutboxDay>;

// Where messages go now, and where they went yesterday (nothing when there was no yesterday).
struct Days {
  Day today;
  Day yesterday;
};

using Form = OutboxDay::Form;

std::string index_line(const Outgoing& message, Timestamp now, std::string path) {
  json::object line{{"id", message.id},
                    {"time", format_iso8601(now)},
                    {"app", message.app_id},
                    {"campaign", message.origin.campaign_id},
                    {"endpoint", message.endpoint_id},
                    {"channel", message.channel},
                    {"to", message.to},
                    {"path", std::move(path)}};
  if (const auto* email = std::get_if<messages::Email>(&message.content)) line["subject"] = email->subject;
  return json::serialize(line) + "\n";
}

Result<std::string> bytes_of(const Outgoing& message) {
  if (is_email(message)) return to_mime(message);
  TRY(check(message));
  return json::serialize(to_document(message));
}

class Outbox final : public Channel {
 public:
  Outbox(std::filesystem::path root, const Clock& clock, Descriptor directory)
      : root_(std::move(root)),
        clock_(clock),
        directory_(std::move(directory)),
        sync_([this] { return sync_file_system(); }) {}
  ~Outbox() override {
    std::error_code ignored;
    std::filesystem::remove(root_ / kOpenMarker, ignored);
  }

  Status start();
  std::string_view name() const override { return "outbox"; }
  std::vector<Receipt> send(std::span<const Outgoing> batch) override;
  std::vector<Receipt> recover(std::span<const std::string> ids) override;

 private:
  Result<Days> days(Timestamp now);
  Receipt write(const Outgoing& message, const Days& days, Timestamp now, std::string& lines) const;
  Status sync_file_system() const;
  std::vector<std::string> dates() const;  // newest first
  std::vector<Day> existing_days() const;  // newest first

  const std::filesystem::path root_;
  const Clock& clock_;
  const Descriptor directory_;
  SyncGroup sync_;
  std::mutex mutex_;
  Days days_;  // guarded by mutex_
};

Status Outbox::sync_file_system() const {
  if (::syncfs(directory_.number()) == 0) return {};
  return fail(ErrorKind::kUnavailable, fmt::format("cannot make the outbox durable: {}", std::strerror(errno)));
}

std::vector<std::string> Outbox::dates() const {
  std::vector<std::string> dates;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root_, error)) {
    const std::string name = entry.path().filename().string();
    if (name.size() == 10 && parse_iso8601(name)) dates.push_back(name);
  }
  std::ranges::sort(dates, std::greater());
  return dates;
}

std::vector<Day> Outbox::existing_days() const {
  std::vector<Day> days;
  for (const std::string& date : dates()) {
    if (auto day = OutboxDay::open(root_, date, OutboxDay::Mode::kExisting)) days.push_back(*day);
  }
  return days;
}

Status Outbox::start() {
  const std::filesystem::path marker = root_ / kOpenMarker;
  if (std::filesystem::exists(marker)) {
    std::vector<std::string> newest = dates();
    newest.resize(std::min(newest.size(), kDaysRepairedMax));
    for (const std::string& date : newest) {
      TRY(TRY(OutboxDay::open(root_, date, OutboxDay::Mode::kExisting))->repair());
    }
  }
  const Descriptor file(::open(marker.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640));
  if (!file.is_open()) return fail(ErrorKind::kUnavailable, "cannot write to the outbox directory: " + root_.string());
  return sync_.wait();
}

Result<Days> Outbox::days(Timestamp now) {
  const std::string today = format_date(now);
  const std::scoped_lock lock(mutex_);
  if (!days_.today || days_.today->date() != today) {
    Days next;
    next.today = TRY(OutboxDay::open(root_, today, OutboxDay::Mode::kCreate));
    auto yesterday = OutboxDay::open(root_, format_date(now - kMicrosPerDay), OutboxDay::Mode::kExisting);
    if (yesterday) next.yesterday = *yesterday;
    days_ = next;
  }
  return days_;
}

Receipt Outbox::write(const Outgoing& message, const Days& days, Timestamp now, std::string& lines) const {
  const auto bytes = bytes_of(message);
  if (!bytes) return refused(bytes.error());
  const Form form = is_email(message) ? Form::kMail : Form::kDocument;
  if (days.yesterday && days.yesterday->holds(message.id, form)) {
    return {Outcome::kDelivered, days.yesterday->path_of(message.id, form), "written before", 0};
  }
  const auto written = days.today->write(message.id, form, *bytes);
  if (!written) return {Outcome::kTemporaryFailure, {}, written.error().message, 0};
  std::string path = days.today->path_of(message.id, form);
  if (*written == OutboxDay::Written::kBefore) return {Outcome::kDelivered, std::move(path), "written before", 0};
  lines += index_line(message, now, path);
  return {Outcome::kDelivered, std::move(path), {}, 0};
}

std::vector<Receipt> Outbox::send(std::span<const Outgoing> batch) {
  const Timestamp now = clock_.now();
  const auto open = days(now);
  if (!open) {
    return std::vector<Receipt>(batch.size(), Receipt{Outcome::kTemporaryFailure, {}, open.error().message, 0});
  }
  std::vector<Receipt> receipts;
  receipts.reserve(batch.size());
  std::string lines;
  for (const Outgoing& message : batch) receipts.push_back(write(message, *open, now, lines));
  Status status = open->today->append_index(lines);
  if (status) status = sync_.wait();
  if (status) return receipts;
  for (Receipt& receipt : receipts) {
    if (receipt.outcome == Outcome::kDelivered) receipt = {Outcome::kInDoubt, {}, status.error().message, 0};
  }
  return receipts;
}

std::vector<Receipt> Outbox::recover(std::span<const std::string> ids) {
  const std::vector<Day> all = existing_days();
  std::vector<Receipt> receipts(ids.size(), Receipt{Outcome::kNotSent, {}, {}, 0});
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!is_message_id(ids[i])) continue;
    for (const Form form : {Form::kMail, Form::kDocument}) {
      const auto holder = std::ranges::find_if(all, [&](const Day& day) { return day->holds(ids[i], form); });
      if (holder != all.end()) receipts[i] = {Outcome::kDelivered, (*holder)->path_of(ids[i], form), {}, 0};
    }
  }
  return receipts;
}

}  // namespace

Result<std::unique_ptr<Channel>> open_outbox(const std::filesystem::path& root, const Clock& clock) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  Descriptor directory(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) {
    return fail(ErrorKind::kUnavailable, "cannot open the outbox, make it a writable directory: " + root.string());
  }
  auto outbox = std::make_unique<Outbox>(root, clock, std::move(directory));
  TRY(outbox->start());
  return outbox;
}

}  // namespace rapport::channels
