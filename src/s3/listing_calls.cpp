#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "s3/handlers.h"

namespace rapport::s3 {
namespace {

constexpr int kPageMax = 1000;
constexpr std::string_view kTokenStart = "rapport:";  // tells our tokens from anything else

// How names are written in the answer.
class NameWriter {
 public:
  static Outcome<NameWriter> from_query(const Call& call) {
    const std::string type = call.value("encoding-type");
    if (!type.empty() && type != "url") return refuse("InvalidArgument", "The encoding-type must be url");
    return NameWriter(type == "url");
  }
  std::string operator()(const std::string& name) const { return url_ ? percent_encode(name, Slash::kKeep) : name; }
  void announce(XmlWriter& xml) const {
    if (url_) xml.text("EncodingType", "url");
  }

 private:
  explicit NameWriter(bool url) : url_(url) {}
  bool url_;
};

Outcome<objects::ListOptions> list_options(const Call& call) {
  objects::ListOptions options;
  options.prefix = call.value("prefix");
  options.delimiter = call.value("delimiter");
  options.limit = static_cast<std::size_t>(std::min(TRY(call.number("max-keys", kPageMax)), kPageMax));
  return options;
}

enum class Owner { kShown, kHidden };

void append_listing(XmlWriter& xml, const objects::Listing& page, const NameWriter& name, Owner owner) {
  for (const objects::ObjectInfo& object : page.objects) {
    xml.open("Contents");
    xml.text("Key", name(object.key));
    xml.text("LastModified", format_iso8601(object.modified));
    xml.text("ETag", quote_etag(object.etag));
    xml.text("Size", std::to_string(object.size));
    if (owner == Owner::kShown) {
      xml.open("Owner");
      xml.text("ID", "rapport");
      xml.text("DisplayName", "rapport");
      xml.close();
    }
    xml.text("StorageClass", "STANDARD");
    xml.close();
  }
  for (const std::string& prefix : page.common_prefixes) {
    xml.open("CommonPrefixes");
    xml.text("Prefix", name(prefix));
    xml.close();
  }
}

void append_head(XmlWriter& xml, const Call& call, const objects::ListOptions& options, const NameWriter& name) {
  xml.text("Name", call.bucket);
  xml.text("Prefix", name(options.prefix));
  if (!options.delimiter.empty()) xml.text("Delimiter", name(options.delimiter));
  xml.text("MaxKeys", std::to_string(options.limit));
  name.announce(xml);
}

}  // namespace

Outcome<http::Response> list_objects(const Context& context, const Call& call) {
  const NameWriter name = TRY(NameWriter::from_query(call));
  objects::ListOptions options = TRY(list_options(call));
  options.start_after = call.value("marker");
  const objects::Listing page = TRY(context.store.list(call.bucket, options));
  XmlWriter xml("ListBucketResult");
  append_head(xml, call, options, name);
  xml.text("Marker", name(options.start_after));
  xml.text("IsTruncated", page.next.empty() ? "false" : "true");
  if (!page.next.empty() && !options.delimiter.empty()) xml.text("NextMarker", name(page.next));
  append_listing(xml, page, name, Owner::kShown);
  return answer(xml);
}

Outcome<http::Response> list_objects_v2(const Context& context, const Call& call) {
  const NameWriter name = TRY(NameWriter::from_query(call));
  objects::ListOptions options = TRY(list_options(call));
  options.start_after = call.value("start-after");
  if (call.has("continuation-token")) {
    const auto token = from_base64(call.value("continuation-token"));
    if (!token || !token->starts_with(kTokenStart)) {
      return refuse("InvalidArgument", "The continuation token provided is incorrect");
    }
    options.start_after = token->substr(kTokenStart.size());
  }
  const objects::Listing page = TRY(context.store.list(call.bucket, options));
  XmlWriter xml("ListBucketResult");
  append_head(xml, call, options, name);
  xml.text("KeyCount", std::to_string(page.objects.size() + page.common_prefixes.size()));
  xml.text("IsTruncated", page.next.empty() ? "false" : "true");
  if (call.has("start-after")) xml.text("StartAfter", name(call.value("start-after")));
  if (call.has("continuation-token")) xml.text("ContinuationToken", call.value("continuation-token"));
  if (!page.next.empty()) xml.text("NextContinuationToken", to_base64(fmt::format("{}{}", kTokenStart, page.next)));
  append_listing(xml, page, name, call.value("fetch-owner") == "true" ? Owner::kShown : Owner::kHidden);
  return answer(xml);
}

}  // namespace rapport::s3
