#include "s3/xml.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <utility>

#include "base/text.h"

namespace rapport::s3 {
namespace {

constexpr std::size_t kDeleteKeysMax = 1000;

void append_escaped(std::string& to, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': to += "&amp;"; break;
      case '<': to += "&lt;"; break;
      case '>': to += "&gt;"; break;
      case '"': to += "&quot;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) {
          to += c;
        } else {
          to += fmt::format("&#{};", static_cast<int>(c));
        }
    }
  }
}

std::unexpected<Failure> malformed() {
  return refuse("MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema");
}

// Loads the document and gives its root, which must have this name.
Outcome<pugi::xml_node> load(pugi::xml_document& document, std::string_view body, const char* root) {
  // Keys may consist of blanks. Entities of a DTD are not expanded by pugixml.
  const auto loaded =
      document.load_buffer(body.data(), body.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  const pugi::xml_node found = document.child(root);
  if (!loaded || !found) return malformed();
  return found;
}

}  // namespace

XmlWriter::XmlWriter(std::string_view root, Namespace name_space)
    : document_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {
  document_ += fmt::format("<{}{}>", root,
                           name_space == Namespace::kS3 ? " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"" : "");
  open_.emplace_back(root);
}

void XmlWriter::open(std::string_view name) {
  document_ += fmt::format("<{}>", name);
  open_.emplace_back(name);
}

void XmlWriter::close() {
  document_ += fmt::format("</{}>", open_.back());
  open_.pop_back();
}

void XmlWriter::text(std::string_view name, std::string_view value) {
  document_ += fmt::format("<{}>", name);
  append_escaped(document_, value);
  document_ += fmt::format("</{}>", name);
}

std::string XmlWriter::finish() {
  while (!open_.empty()) close();
  return std::move(document_);
}

Outcome<DeleteBody> parse_delete(std::string_view body) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(load(document, body, "Delete"));
  DeleteBody wanted;
  wanted.quiet = trim(root.child("Quiet").text().get()) == "true";
  for (const pugi::xml_node object : root.children("Object")) {
    const pugi::xml_node key = object.child("Key");
    if (!key || wanted.keys.size() == kDeleteKeysMax) return malformed();
    wanted.keys.emplace_back(key.text().get());
  }
  if (wanted.keys.empty()) return malformed();
  return wanted;
}

Outcome<std::vector<objects::PartInfo>> parse_complete(std::string_view body) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(load(document, body, "CompleteMultipartUpload"));
  std::vector<objects::PartInfo> parts;
  for (const pugi::xml_node node : root.children("Part")) {
    const auto number = parse_integer(trim(node.child("PartNumber").text().get()));
    std::string_view etag = trim(node.child("ETag").text().get());
    if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) etag = etag.substr(1, etag.size() - 2);
    if (!number || etag.empty() || parts.size() == static_cast<std::size_t>(objects::kPartNumberMax))
      return malformed();
    if (*number < 1 || *number > objects::kPartNumberMax) {
      return refuse("InvalidArgument", fmt::format("The part's number must be 1 to {}", objects::kPartNumberMax));
    }
    parts.push_back({static_cast<int>(*number), 0, std::string(etag)});
  }
  if (parts.empty()) return malformed();
  return parts;
}

Outcome<void> parse_create_bucket(std::string_view body) {
  if (trim(body).empty()) return {};
  pugi::xml_document document;
  TRY(load(document, body, "CreateBucketConfiguration"));
  return {};
}

}  // namespace rapport::s3
