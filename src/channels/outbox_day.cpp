#include "channels/outbox_day.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <unordered_set>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "json/json.h"

namespace rapport::channels {

namespace {

constexpr std::string_view kSealHeader = "X-Rapport-Content: ";
constexpr std::string_view kSealMember = R"({"RapportContent":")";
constexpr std::string_view kIndexName = "index.jsonl";
constexpr std::string_view kTemporarySuffix = ".part";
constexpr std::string_view kMailSuffix = ".eml";
constexpr std::string_view kDocumentSuffix = ".json";
constexpr unsigned kFileMode = 0640;
constexpr unsigned kDirectoryMode = 0750;

std::unexpected<Error> file_error(std::string_view action, const std::filesystem::path& path) {
  return fail(ErrorKind::kUnavailable,
              fmt::format("cannot {} in the outbox ({}): {}", action, std::strerror(errno), path.string()));
}

Status write_whole(int file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<Descriptor> open_directory(const std::filesystem::path& path, OutboxDay::Mode mode) {
  if (mode == OutboxDay::Mode::kCreate && ::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
    return file_error("make a directory", path);
  }
  Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() && errno == ENOENT) return fail(ErrorKind::kNotFound, "no such day in the outbox");
  if (!directory.is_open()) return file_error("open a directory", path);
  return directory;
}

using Form = OutboxDay::Form;

std::string_view suffix_of(Form form) { return form == Form::kMail ? kMailSuffix : kDocumentSuffix; }

// The ids that the index names.
std::unordered_set<std::string> ids_of(const std::string& index) {
  std::unordered_set<std::string> ids;
  for (const std::string_view line : split(index, '\n')) {
    const auto entry = json::parse(line);
    if (entry && entry->is_object()) ids.insert(json::string_or(entry->as_object(), "id"));
  }
  return ids;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

std::string sealed(Form form, std::string_view bytes) {
  const std::string seal = fmt::format("{} {:016x}", bytes.size(), stable_hash(bytes));
  if (form == Form::kMail) return fmt::format("{}{}\r\n{}", kSealHeader, seal, bytes);
  return fmt::format("{}{}\",{}", kSealMember, seal, bytes.substr(1));
}

bool is_sealed(std::string_view file) {
  if (file.starts_with(kSealMember)) {
    const std::size_t comma = file.find(',');
    return comma != std::string_view::npos &&
           file == sealed(Form::kDocument, fmt::format("{{{}", file.substr(comma + 1)));
  }
  const std::size_t end = file.find("\r\n");
  if (end == std::string_view::npos) return false;
  return file == sealed(Form::kMail, file.substr(end + 2));
}

Result<std::shared_ptr<OutboxDay>> OutboxDay::open(const std::filesystem::path& root, const std::string& date,
                                                   Mode mode) {
  std::shared_ptr<OutboxDay> day(new OutboxDay);
  day->date_ = date;
  day->directory_ = root / date;
  const Descriptor directory = TRY(open_directory(day->directory_, mode));
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    day->shards_[shard] = TRY(open_directory(day->directory_ / fmt::format("{:x}", shard), Mode::kCreate));
  }
  const std::filesystem::path index = day->directory_ / kIndexName;
  day->index_ = Descriptor(::open(index.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kFileMode));
  if (!day->index_.is_open()) return file_error("open the index", index);
  return day;
}

std::string OutboxDay::path_of(std::string_view id, Form form) const {
  return fmt::format("{}/{:x}/{}{}", date_, stable_hash(id) % kShards, id, suffix_of(form));
}

const Descriptor& OutboxDay::shard_of(std::string_view id) const { return shards_[stable_hash(id) % kShards]; }

bool OutboxDay::holds(const std::string& id, Form form) const {
  // Most ids are not here: asking for the name alone is cheaper than opening.
  const std::string name = id + std::string(suffix_of(form));
  if (::faccessat(shard_of(id).number(), name.c_str(), F_OK, 0) != 0) return false;
  const auto file = read_file(directory_.parent_path() / path_of(id, form));
  return file && is_sealed(*file);
}

Result<OutboxDay::Written> OutboxDay::write(const std::string& id, Form form, std::string_view bytes) const {
  const int shard = shard_of(id).number();
  const std::string name = id + std::string(suffix_of(form));
  // Two threads that send one id at a time must not write into one file.
  static std::atomic<std::uint64_t> count = 0;
  const std::string temporary = fmt::format(".{}.{}{}", id, count.fetch_add(1), kTemporarySuffix);
  {
    const Descriptor file(
        ::openat(shard, temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode));
    if (!file.is_open()) return file_error("make a file", path_of(id, form));
    if (auto status = write_whole(file.number(), sealed(form, bytes), path_of(id, form)); !status) {
      ::unlinkat(shard, temporary.c_str(), 0);
      return std::unexpected(status.error());
    }
  }
  if (::renameat2(shard, temporary.c_str(), shard, name.c_str(), RENAME_NOREPLACE) == 0) return Written::kNow;
  if (errno != EEXIST) return file_error("name a file", path_of(id, form));
  if (holds(id, form)) {
    ::unlinkat(shard, temporary.c_str(), 0);
    return Written::kBefore;
  }
  if (::renameat(shard, temporary.c_str(), shard, name.c_str()) != 0)
    return file_error("name a file", path_of(id, form));
  return Written::kNow;
}

Status OutboxDay::append_index(std::string_view lines) {
  const std::scoped_lock lock(index_mutex_);
  return write_whole(index_.number(), lines, directory_ / kIndexName);
}

std::string OutboxDay::missing_lines(const std::string& index) const {
  const std::unordered_set<std::string> known = ids_of(index);
  std::string lines;
  std::error_code error;
  for (std::size_t shard = 0; shard < kShards; ++shard) {
    for (const auto& file : std::filesystem::directory_iterator(directory_ / fmt::format("{:x}", shard), error)) {
      const std::string id = file.path().stem().string();
      if (file.path().extension() == kTemporarySuffix) std::filesystem::remove(file.path(), error);
      const Form form = file.path().extension() == kMailSuffix ? Form::kMail : Form::kDocument;
      if (file.path().extension() != suffix_of(form) || known.contains(id) || !holds(id, form)) continue;
      lines += json::serialize(json::object{{"id", id}, {"path", path_of(id, form)}, {"recovered", true}}) + "\n";
    }
  }
  return lines;
}

Status OutboxDay::repair() {
  std::string index = TRY(read_file(directory_ / kIndexName));
  const std::size_t whole = index.rfind('\n') + 1;  // 0 when there is none
  if (whole < index.size() && ::ftruncate(index_.number(), static_cast<off_t>(whole)) != 0) {
    return file_error("repair the index", directory_ / kIndexName);
  }
  index.resize(whole);
  return append_index(missing_lines(index));
}

}  // namespace rapport::channels
