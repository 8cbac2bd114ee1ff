#include "objects/uploads.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::objects {
namespace {

constexpr std::size_t kUploadIdDigits = 32;
constexpr std::size_t kNumberDigits = 5;
const std::string kDescriptionName = "upload";

std::unexpected<Error> no_upload(const std::string& upload) {
  return fail(ErrorKind::kNotFound, fmt::format("There is no such upload: {}", upload.substr(0, 100)), "uploadId");
}

// The part a file holds; the size is not known from its name.
std::optional<PartInfo> parse_part_name(const std::string& name) {
  if (name.size() <= kNumberDigits || name[kNumberDigits] != '-') return std::nullopt;
  const auto number = parse_integer(name.substr(0, kNumberDigits));
  if (!number || *number < 1 || *number > kPartNumberMax) return std::nullopt;
  return PartInfo{static_cast<int>(*number), 0, name.substr(kNumberDigits + 1)};
}

std::string part_name(const PartInfo& part) { return fmt::format("{:0{}}-{}", part.number, kNumberDigits, part.etag); }

FileDescriptor open_folder(const std::filesystem::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

class PartWriter final : public Writer {
 public:
  PartWriter(TemporaryFile file, int number, std::string upload, const Clock& clock)
      : file_(std::move(file)), upload_(std::move(upload)), clock_(clock) {
    part_.number = number;
  }

  Status write(std::string_view data) override {
    digest_.update(data);
    part_.size += data.size();
    return write_whole(file_.file(), data);
  }

  Result<ObjectInfo> commit() override {
    part_.etag = to_hex(digest_.finish());
    TRY(sync(file_.file()));
    const std::string name = part_name(part_);
    if (::renameat(file_.directory().get(), file_.name().c_str(), file_.directory().get(), name.c_str()) != 0) {
      return no_upload(upload_);
    }
    file_.release();
    TRY(sync(file_.directory()));
    for (const Entry& entry : TRY(read_entries(file_.directory()))) {
      const auto other = parse_part_name(entry.name);
      if (other && other->number == part_.number && entry.name != name) {
        ::unlinkat(file_.directory().get(), entry.name.c_str(), 0);
      }
    }
    return ObjectInfo{.size = part_.size, .modified = clock_.now(), .etag = part_.etag};
  }

 private:
  TemporaryFile file_;
  PartInfo part_;
  std::string upload_;
  const Clock& clock_;
  Digest digest_{Digest::Algorithm::kMd5};
};

Status append_file(const FileDescriptor& from, const FileDescriptor& into) {
  constexpr std::size_t kPieceBytes = 1 << 30;
  std::vector<char> buffer;
  for (;;) {
    const ssize_t copied = buffer.empty() ? ::copy_file_range(from.get(), nullptr, into.get(), nullptr, kPieceBytes, 0)
                                          : ::read(from.get(), buffer.data(), buffer.size());
    if (copied == 0) return {};
    if (copied > 0 && !buffer.empty()) TRY(write_whole(into, {buffer.data(), static_cast<std::size_t>(copied)}));
    if (copied > 0 || errno == EINTR) continue;
    if (!buffer.empty()) return system_failure("Cannot read a part of the upload", "");
    if (errno == ENOSPC) return system_failure("Cannot write the object", "");
    buffer.resize(1 << 20);  // a file system without copy_file_range
  }
}

Status check_order(const std::vector<PartInfo>& wanted) {
  if (wanted.empty()) return fail(ErrorKind::kInvalid, "An upload needs at least one part", "Part");
  for (std::size_t i = 1; i < wanted.size(); ++i) {
    if (wanted[i - 1].number >= wanted[i].number) {
      return fail(ErrorKind::kInvalid, fmt::format("The parts must be in order: {}", wanted[i].number), "PartOrder");
    }
  }
  return {};
}

}  // namespace

std::string multipart_etag(const std::vector<PartInfo>& parts) {
  std::string digests;
  for (const PartInfo& part : parts) digests += from_hex(part.etag).value_or("");
  return fmt::format("{}-{}", to_hex(md5(digests)), parts.size());
}

Result<std::string> Uploads::start(const Location& at, const Details& details, Timestamp now) const {
  std::string upload = random_id();
  const std::string text =
      fmt::format("bucket {}\nstarted {}\n{}", at.bucket, now.micros, format_details(at.key, details));
  TRY(write_file_durably(directory_ / upload / kDescriptionName, text));
  return upload;
}

Result<Uploads::Description> Uploads::describe(const std::string& upload) const {
  if (upload.size() != kUploadIdDigits || !from_hex(upload) || to_lower(upload) != upload) return no_upload(upload);
  const Result<std::string> text = read_file(directory_ / upload / kDescriptionName);
  if (!text) return no_upload(upload);
  const std::vector<std::string_view> lines = split(*text, '\n');
  const auto value = [&lines](std::size_t line, std::string_view name) -> std::string_view {
    return line < lines.size() && lines[line].starts_with(name) ? lines[line].substr(name.size()) : std::string_view{};
  };
  Description found;
  found.at = {std::string(value(0, "bucket ")), percent_decode(value(2, "key ")).value_or("")};
  found.started = {parse_integer(value(1, "started ")).value_or(0)};
  const std::size_t rest = text->find("\nkey ");
  auto details = rest == std::string::npos ? std::nullopt : parse_details(text->substr(rest + 1), found.at.key);
  if (!details) return fail(ErrorKind::kInternal, fmt::format("The upload's description is damaged: {}", upload));
  found.details = std::move(*details);
  return found;
}

Result<Details> Uploads::details(const Location& at, const std::string& upload) const {
  Description found = TRY(describe(upload));
  if (found.at.bucket != at.bucket || found.at.key != at.key) return no_upload(upload);
  return std::move(found.details);
}

Result<std::unique_ptr<Writer>> Uploads::create_part(const Location& at, const std::string& upload, int number,
                                                     const Clock& clock) const {
  if (number < 1 || number > kPartNumberMax) {
    return fail(ErrorKind::kInvalid, fmt::format("The part's number must be 1 to {}", kPartNumberMax), "partNumber");
  }
  TRY(details(at, upload));
  FileDescriptor folder = open_folder(directory_ / upload);
  if (!folder.is_open()) return no_upload(upload);
  std::string name = "new-" + random_id();
  FileDescriptor file(::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file.is_open()) return no_upload(upload);
  TemporaryFile temporary(std::move(folder), std::move(name), std::move(file));
  return std::make_unique<PartWriter>(std::move(temporary), number, upload, clock);
}

Result<std::vector<PartInfo>> Uploads::parts(const Location& at, const std::string& upload) const {
  TRY(details(at, upload));
  const FileDescriptor folder = open_folder(directory_ / upload);
  if (!folder.is_open()) return no_upload(upload);
  std::vector<PartInfo> found;
  for (const Entry& entry : TRY(read_entries(folder))) {
    auto part = parse_part_name(entry.name);
    struct stat status{};
    if (!part || ::fstatat(folder.get(), entry.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    part->size = static_cast<std::uint64_t>(status.st_size);
    found.push_back(std::move(*part));
  }
  std::ranges::sort(found, {}, &PartInfo::number);
  return found;
}

Status Uploads::assemble(const Location& at, const std::string& upload, const std::vector<PartInfo>& wanted,
                         const FileDescriptor& into) const {
  TRY(check_order(wanted));
  const std::vector<PartInfo> present = TRY(parts(at, upload));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto found = std::ranges::find_if(
        present, [&](const PartInfo& part) { return part.number == wanted[i].number && part.etag == wanted[i].etag; });
    if (found == present.end()) {
      return fail(ErrorKind::kInvalid, fmt::format("The part did not arrive so: {}", wanted[i].number), "Part");
    }
    if (i + 1 < wanted.size() && found->size < kPartBytesMin) {
      return fail(
          ErrorKind::kInvalid,
          fmt::format("Every part but the last needs {} bytes; too small is part {}", kPartBytesMin, found->number),
          "PartSize");
    }
  }
  const FileDescriptor folder = open_folder(directory_ / upload);
  for (const PartInfo& part : wanted) {
    const FileDescriptor file = open_file_at(folder, part_name(part));
    if (!file.is_open()) return no_upload(upload);
    TRY(append_file(file, into));
  }
  return {};
}

Status Uploads::remove(const Location& at, const std::string& upload) const {
  TRY(details(at, upload));
  std::error_code error;
  std::filesystem::remove_all(directory_ / upload, error);
  if (error) return fail(ErrorKind::kInternal, fmt::format("Cannot remove the upload: {}", error.message()));
  return {};
}

Result<std::vector<UploadInfo>> Uploads::list(const std::string& bucket) const {
  std::vector<UploadInfo> found;
  const FileDescriptor folder = open_folder(directory_);
  if (!folder.is_open()) return found;
  for (const Entry& entry : TRY(read_entries(folder))) {
    const Result<Description> description = describe(entry.name);
    if (!description || description->at.bucket != bucket) continue;
    found.push_back({description->at.key, entry.name, description->started});
  }
  std::ranges::sort(found, [](const UploadInfo& a, const UploadInfo& b) {
    return std::tie(a.key, a.upload) < std::tie(b.key, b.upload);
  });
  return found;
}

void Uploads::remove_bucket(const std::string& bucket) const {
  const Result<std::vector<UploadInfo>> uploads = list(bucket);
  if (!uploads) return;
  std::error_code error;
  for (const UploadInfo& upload : *uploads) std::filesystem::remove_all(directory_ / upload.upload, error);
}

}  // namespace rapport::objects
