#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "base/text.h"
#include "objects/http_date.h"
#include "objects/service_client.h"
#include "objects/store.h"
#include "objects/uploads.h"

namespace rapport::objects {
namespace {

constexpr std::size_t kPieceBytes = 8 << 20;  // of reading, and of a large object's parts
constexpr std::size_t kPageMax = 1000;
constexpr std::string_view kMetadataStart = "x-amz-meta-";
// The last code point: behind a common prefix it is greater than every key below.
constexpr std::string_view kLastCodePoint = "\xF4\x8F\xBF\xBF";

Status check(const Location& at) {
  TRY(check_bucket(at.bucket));
  return check_key(at.key);
}

std::string_view without_quotes(std::string_view etag) {
  return etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"') ? etag.substr(1, etag.size() - 2) : etag;
}

ObjectInfo info_of(const std::string& key, const net::HttpResponse& response) {
  static constexpr std::string_view kKept[] = {"cache-control", "content-disposition", "content-encoding",
                                               "content-language", "expires"};
  ObjectInfo info{.key = key};
  info.size = static_cast<std::uint64_t>(parse_integer(response.header("Content-Length")).value_or(0));
  info.modified = parse_http_date(response.header("Last-Modified")).value_or(Timestamp{});
  info.etag = without_quotes(response.header("ETag"));
  info.content_type = response.header("Content-Type");
  for (const auto& [name, value] : response.headers) {
    const std::string lower = to_lower(name);
    if (lower.starts_with(kMetadataStart)) info.metadata[lower.substr(kMetadataStart.size())] = value;
    if (std::ranges::find(kKept, lower) != std::end(kKept)) info.headers[lower] = value;
  }
  return info;
}

net::Headers headers_of(const WriteOptions& options) {
  net::Headers headers{{"Content-Type", options.content_type}};
  for (const auto& [name, value] : options.metadata) headers.emplace_back(std::string(kMetadataStart) + name, value);
  for (const auto& [name, value] : options.headers) headers.emplace_back(name, value);
  return headers;
}

Result<pugi::xml_node> load(pugi::xml_document& document, const net::HttpResponse& response, const char* root) {
  document.load_buffer(response.body.data(), response.body.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  const pugi::xml_node found = document.child(root);
  if (found) return found;
  return fail(ErrorKind::kUnavailable,
              fmt::format("The object service's answer was not understood; missing is: {}", root));
}

std::string text_of(const pugi::xml_node& node, const char* name) { return node.child(name).text().get(); }

// A key or prefix of a listing with encoding-type=url.
std::string name_of(const pugi::xml_node& node, const char* name) {
  return percent_decode(replace_all(text_of(node, name), "+", " ")).value_or("");
}

Timestamp time_of(const pugi::xml_node& node, const char* name) {
  return parse_iso8601(text_of(node, name)).value_or(Timestamp{});
}

class ServiceReader final : public Reader {
 public:
  ServiceReader(ServiceClient& client, Location at, ObjectInfo info)
      : client_(client), at_(std::move(at)), info_(std::move(info)) {}

  Result<std::size_t> read(char* into, std::size_t size) override {
    if (used_ == piece_.size()) TRY(fetch());
    const std::size_t taken = std::min(size, piece_.size() - used_);
    std::copy_n(piece_.data() + used_, taken, into);
    used_ += taken;
    return taken;
  }

  Status seek(std::uint64_t offset) override {
    piece_.clear();
    used_ = 0;
    next_ = offset;
    return {};
  }

  const ObjectInfo& info() const override { return info_; }

 private:
  Status fetch() {
    piece_.clear();
    used_ = 0;
    if (next_ >= info_.size) return {};
    const std::uint64_t last = std::min<std::uint64_t>(next_ + kPieceBytes, info_.size) - 1;
    const auto response = client_.send({.at = at_,
                                        .headers = {{"Range", fmt::format("bytes={}-{}", next_, last)},
                                                    {"If-Match", fmt::format("\"{}\"", info_.etag)}}});
    if (!response && response.error().kind == ErrorKind::kAlreadyExists) {
      return fail(ErrorKind::kUnavailable,
                  fmt::format("The object changed while it was read; read it again: {}", at_.key));
    }
    piece_ = TRY(std::move(response))
    .body;
    next_ = last + 1;
    return {};
  }

  ServiceClient& client_;
  Location at_;
  ObjectInfo info_;
  std::string piece_;
  std::size_t used_ = 0;
  std::uint64_t next_ = 0;
};

class ServicePartWriter final : public Writer {
 public:
  ServicePartWriter(ServiceClient& client, Location at, std::string upload, int number)
      : client_(client), at_(std::move(at)), upload_(std::move(upload)), number_(number) {}

  Status write(std::string_view data) override {
    content_ += data;
    return {};
  }

  Result<ObjectInfo> commit() override {
    const std::uint64_t size = content_.size();
    const auto response = TRY(client_.send({.method = "PUT",
                                            .at = at_,
                                            .query = {{"partNumber", std::to_string(number_)}, {"uploadId", upload_}},
                                            .body = std::move(content_)}));
    return ObjectInfo{.size = size, .etag = std::string(without_quotes(response.header("ETag")))};
  }

 private:
  ServiceClient& client_;
  Location at_;
  std::string upload_;
  int number_;
  std::string content_;
};

class ServiceStore final : public Store {
 public:
  ServiceStore(const ServiceOptions& options, const Clock& clock) : client_(options, clock) {}

  Status create_bucket(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    ServiceRequest request{.method = "PUT", .at = {bucket, ""}};
    if (client_.region() != "us-east-1") {
      request.body = fmt::format(
          "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{}"
          "</LocationConstraint></CreateBucketConfiguration>",
          client_.region());
    }
    TRY(client_.send(request));
    return {};
  }

  Status remove_bucket(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    TRY(client_.send({.method = "DELETE", .at = {bucket, ""}}));
    return {};
  }

  Result<std::vector<BucketInfo>> list_buckets() override {
    pugi::xml_document document;
    const pugi::xml_node root = TRY(load(document, TRY(client_.send({})), "ListAllMyBucketsResult"));
    std::vector<BucketInfo> buckets;
    for (const pugi::xml_node node : root.child("Buckets").children("Bucket")) {
      buckets.push_back({text_of(node, "Name"), time_of(node, "CreationDate")});
    }
    std::ranges::sort(buckets, {}, &BucketInfo::name);
    return buckets;
  }

  Result<bool> has_bucket(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    const auto response = client_.send({.method = "HEAD", .at = {bucket, ""}});
    if (response) return true;
    if (response.error().kind == ErrorKind::kNotFound) return false;
    return std::unexpected(response.error());
  }

  Result<ObjectInfo> head(const Location& at) override {
    TRY(check(at));
    auto response = client_.send({.method = "HEAD", .at = at});
    if (response) return info_of(at.key, *response);
    if (response.error().kind == ErrorKind::kNotFound && !TRY(has_bucket(at.bucket))) response.error().field = "bucket";
    return std::unexpected(response.error());
  }

  Result<std::unique_ptr<Reader>> open(const Location& at) override {
    return std::make_unique<ServiceReader>(client_, at, TRY(head(at)));
  }

  Result<std::unique_ptr<Writer>> create(const Location& at, const WriteOptions& options) override;

  Status remove(const Location& at) override {
    TRY(check(at));
    const auto response = client_.send({.method = "DELETE", .at = at});
    if (!response && response.error().field != "key") return std::unexpected(response.error());
    return {};
  }

  Result<Listing> list(const std::string& bucket, const ListOptions& options) override {
    TRY(check_bucket(bucket));
    Listing page;
    if (options.limit == 0) return page;
    ServiceRequest request{.at = {bucket, ""}, .query = {{"list-type", "2"}, {"encoding-type", "url"}}};
    request.query.emplace_back("max-keys", std::to_string(std::min(options.limit, kPageMax)));
    if (!options.prefix.empty()) request.query.emplace_back("prefix", options.prefix);
    if (!options.delimiter.empty()) request.query.emplace_back("delimiter", options.delimiter);
    if (!options.start_after.empty()) request.query.emplace_back("start-after", options.start_after);
    pugi::xml_document document;
    const pugi::xml_node root = TRY(load(document, TRY(client_.send(request)), "ListBucketResult"));
    for (const pugi::xml_node node : root.children("Contents")) {
      page.objects.push_back({.key = name_of(node, "Key"),
                              .size = static_cast<std::uint64_t>(parse_integer(text_of(node, "Size")).value_or(0)),
                              .modified = time_of(node, "LastModified"),
                              .etag = std::string(without_quotes(text_of(node, "ETag")))});
    }
    for (const pugi::xml_node node : root.children("CommonPrefixes")) {
      page.common_prefixes.push_back(name_of(node, "Prefix"));
    }
    if (text_of(root, "IsTruncated") == "true") page.next = last_of(page);
    return page;
  }

  Result<std::string> start_upload(const Location& at, const WriteOptions& options) override {
    TRY(check(at));
    const auto response =
        TRY(client_.send({.method = "POST", .at = at, .query = {{"uploads", ""}}, .headers = headers_of(options)}));
    pugi::xml_document document;
    return text_of(TRY(load(document, response, "InitiateMultipartUploadResult")), "UploadId");
  }

  Result<std::unique_ptr<Writer>> create_part(const Location& at, const std::string& upload, int number) override {
    TRY(check(at));
    TRY(check_upload(upload));
    return std::make_unique<ServicePartWriter>(client_, at, upload, number);
  }

  Result<ObjectInfo> finish_upload(const Location& at, const std::string& upload,
                                   const std::vector<PartInfo>& parts) override {
    return finish(at, upload, parts, Existing::kReplace);
  }

  Result<ObjectInfo> finish(const Location& at, const std::string& upload, const std::vector<PartInfo>& parts,
                            Existing existing) {
    TRY(check(at));
    TRY(check_upload(upload));
    ServiceRequest request{.method = "POST", .at = at, .query = {{"uploadId", upload}}};
    if (existing == Existing::kKeep) request.headers.emplace_back("If-None-Match", "*");
    request.body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (const PartInfo& part : parts) {
      request.body +=
          fmt::format("<Part><PartNumber>{}</PartNumber><ETag>\"{}\"</ETag></Part>", part.number, part.etag);
    }
    request.body += "</CompleteMultipartUpload>";
    const auto response = client_.send(request);
    Result<ObjectInfo> finished = head(at);
    if (response) return finished;
    const bool done_before =
        response.error().field == "uploadId" && finished && finished->etag == multipart_etag(parts);
    return done_before ? finished : std::unexpected(response.error());
  }

  Status abort_upload(const Location& at, const std::string& upload) override {
    TRY(check(at));
    TRY(check_upload(upload));
    TRY(client_.send({.method = "DELETE", .at = at, .query = {{"uploadId", upload}}}));
    return {};
  }

  Result<std::vector<PartInfo>> list_parts(const Location& at, const std::string& upload) override {
    TRY(check(at));
    TRY(check_upload(upload));
    std::vector<PartInfo> parts;
    std::string after = "0";
    do {
      const ServiceRequest request{.at = at, .query = {{"uploadId", upload}, {"part-number-marker", after}}};
      pugi::xml_document document;
      const pugi::xml_node root = TRY(load(document, TRY(client_.send(request)), "ListPartsResult"));
      for (const pugi::xml_node node : root.children("Part")) {
        parts.push_back({node.child("PartNumber").text().as_int(),
                         static_cast<std::uint64_t>(parse_integer(text_of(node, "Size")).value_or(0)),
                         std::string(without_quotes(text_of(node, "ETag")))});
      }
      after = text_of(root, "IsTruncated") == "true" ? text_of(root, "NextPartNumberMarker") : "";
    } while (!after.empty());
    return parts;
  }

  Result<std::vector<UploadInfo>> list_uploads(const std::string& bucket) override {
    TRY(check_bucket(bucket));
    std::vector<UploadInfo> uploads;
    std::string key;
    std::string upload;
    do {
      ServiceRequest request{.at = {bucket, ""}, .query = {{"uploads", ""}}};
      if (!key.empty()) request.query.insert(request.query.end(), {{"key-marker", key}, {"upload-id-marker", upload}});
      pugi::xml_document document;
      const pugi::xml_node root = TRY(load(document, TRY(client_.send(request)), "ListMultipartUploadsResult"));
      for (const pugi::xml_node node : root.children("Upload")) {
        uploads.push_back({text_of(node, "Key"), text_of(node, "UploadId"), time_of(node, "Initiated")});
      }
      key = text_of(root, "IsTruncated") == "true" ? text_of(root, "NextKeyMarker") : "";
      upload = text_of(root, "NextUploadIdMarker");
    } while (!key.empty());
    return uploads;
  }

  ServiceClient& client() { return client_; }

 private:
  // Without an id these requests would be others, on the object itself.
  static Status check_upload(const std::string& upload) {
    if (!upload.empty()) return {};
    return fail(ErrorKind::kNotFound, "An upload's id is needed", "uploadId");
  }

  static std::string last_of(const Listing& page) {
    const std::string key = page.objects.empty() ? "" : page.objects.back().key;
    const std::string prefix = page.common_prefixes.empty() ? "" : page.common_prefixes.back();
    return prefix > key ? prefix + std::string(kLastCodePoint) : key;
  }

  ServiceClient client_;
};

// Small objects in one request, large ones as parts.
class ServiceWriter final : public Writer {
 public:
  ServiceWriter(ServiceStore& store, Location at, WriteOptions options)
      : store_(store), at_(std::move(at)), options_(std::move(options)) {}
  ServiceWriter(const ServiceWriter&) = delete;
  ServiceWriter& operator=(const ServiceWriter&) = delete;
  ~ServiceWriter() override {
    if (!upload_.empty()) (void)store_.abort_upload(at_, upload_);
  }

  Status write(std::string_view data) override {
    content_ += data;
    while (content_.size() > kPieceBytes) TRY(send_part(kPieceBytes));
    return {};
  }

  Result<ObjectInfo> commit() override {
    if (upload_.empty()) return put();
    TRY(send_part(content_.size()));
    ObjectInfo info = TRY(store_.finish(at_, upload_, parts_, options_.existing));
    upload_.clear();
    return info;
  }

 private:
  Result<ObjectInfo> put() {
    ServiceRequest request{.method = "PUT", .at = at_, .headers = headers_of(options_), .body = std::move(content_)};
    if (options_.existing == Existing::kKeep) request.headers.emplace_back("If-None-Match", "*");
    TRY(store_.client().send(request));
    return store_.head(at_);
  }

  Status send_part(std::size_t size) {
    if (upload_.empty()) upload_ = TRY(store_.start_upload(at_, options_));
    const int number = static_cast<int>(parts_.size()) + 1;
    const std::unique_ptr<Writer> part = TRY(store_.create_part(at_, upload_, number));
    TRY(part->write(std::string_view(content_).substr(0, size)));
    parts_.push_back({
      number, size, TRY(part->commit())
      .etag
    });
    content_.erase(0, size);
    return {};
  }

  ServiceStore& store_;
  Location at_;
  WriteOptions options_;
  std::string content_;
  std::string upload_;
  std::vector<PartInfo> parts_;
};

Result<std::unique_ptr<Writer>> ServiceStore::create(const Location& at, const WriteOptions& options) {
  TRY(check(at));
  return std::make_unique<ServiceWriter>(*this, at, options);
}

}  // namespace

Result<std::unique_ptr<Store>> open_service(const ServiceOptions& options, const Clock& clock) {
  if (!options.endpoint.starts_with("http://") && !options.endpoint.starts_with("https://")) {
    return fail(ErrorKind::kInvalid,
                fmt::format("The object service's endpoint must be http(s)://host: {}", options.endpoint));
  }
  return std::make_unique<ServiceStore>(options, clock);
}

}  // namespace rapport::objects
