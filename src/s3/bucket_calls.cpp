#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "s3/handlers.h"

namespace rapport::s3 {
namespace {

struct Configuration {
  std::string_view sub_resource;
  std::string_view root;  // of the empty document; empty when there is an error instead
  std::string_view error = {};
};

constexpr Configuration kConfigurations[] = {
    {"accelerate", "AccelerateConfiguration"},
    {"cors", "", "NoSuchCORSConfiguration"},
    {"encryption", "", "ServerSideEncryptionConfigurationNotFoundError"},
    {"lifecycle", "", "NoSuchLifecycleConfiguration"},
    {"logging", "BucketLoggingStatus"},
    {"notification", "NotificationConfiguration"},
    {"object-lock", "", "ObjectLockConfigurationNotFoundError"},
    {"ownershipControls", "", "OwnershipControlsNotFoundError"},
    {"policy", "", "NoSuchBucketPolicy"},
    {"publicAccessBlock", "", "NoSuchPublicAccessBlockConfiguration"},
    {"replication", "", "ReplicationConfigurationNotFoundError"},
    {"tagging", "", "NoSuchTagSet"},
    {"versioning", "VersioningConfiguration"},
    {"website", "", "NoSuchWebsiteConfiguration"},
};

constexpr std::string_view kOwner = "rapport";

void append_owner(XmlWriter& xml) {
  xml.open("Owner");
  xml.text("ID", kOwner);
  xml.text("DisplayName", kOwner);
  xml.close();
}

Outcome<void> require_bucket(const Context& context, const Call& call) {
  if (TRY(context.store.has_bucket(call.bucket))) return {};
  return refuse("NoSuchBucket", fmt::format("The specified bucket does not exist: {}", call.bucket));
}

}  // namespace

Outcome<http::Response> list_buckets(const Context& context, const Call&) {
  XmlWriter xml("ListAllMyBucketsResult");
  append_owner(xml);
  xml.open("Buckets");
  for (const objects::BucketInfo& bucket : TRY(context.store.list_buckets())) {
    xml.open("Bucket");
    xml.text("Name", bucket.name);
    xml.text("CreationDate", format_iso8601(bucket.created));
    xml.close();
  }
  return answer(xml);
}

Outcome<http::Response> create_bucket(const Context& context, const Call& call) {
  TRY(parse_create_bucket(TRY(call.small_body())));
  TRY(context.store.create_bucket(call.bucket));
  http::Response response;
  response.headers.add("Location", "/" + call.bucket);
  return response;
}

Outcome<http::Response> delete_bucket(const Context& context, const Call& call) {
  TRY(context.store.remove_bucket(call.bucket));
  return no_content();
}

Outcome<http::Response> head_bucket(const Context& context, const Call& call) {
  TRY(require_bucket(context, call));
  http::Response response;
  response.headers.add("x-amz-bucket-region", context.region);
  return response;
}

Outcome<http::Response> get_bucket_location(const Context& context, const Call& call) {
  TRY(require_bucket(context, call));
  http::Response response;
  response.headers.add("Content-Type", "application/xml");
  // us-east-1 is told by an empty element.
  XmlWriter xml("LocationConstraint");
  if (context.region == "us-east-1") return answer(xml);
  response.body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</LocationConstraint>",
      context.region);
  return response;
}

bool is_bucket_configuration(const std::string& sub_resource) {
  return std::ranges::find(kConfigurations, sub_resource, &Configuration::sub_resource) != std::end(kConfigurations);
}

Outcome<http::Response> get_bucket_configuration(const Context& context, const Call& call) {
  TRY(require_bucket(context, call));
  for (const Configuration& configuration : kConfigurations) {
    if (!call.has(std::string(configuration.sub_resource))) continue;
    if (configuration.root.empty()) return refuse(configuration.error, "The bucket has no such configuration");
    XmlWriter xml(configuration.root);
    return answer(xml);
  }
  return refuse("NotImplemented", "This sub-resource of a bucket is not implemented");
}

Outcome<http::Response> get_acl(const Context& context, const Call& call) {
  if (call.key.empty()) {
    TRY(require_bucket(context, call));
  } else {
    TRY(context.store.head({call.bucket, call.key}));
  }
  http::Response response;
  response.headers.add("Content-Type", "application/xml");
  response.body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<Owner><ID>{0}</ID><DisplayName>{0}</DisplayName></Owner><AccessControlList><Grant>"
      "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">"
      "<ID>{0}</ID><DisplayName>{0}</DisplayName></Grantee>"
      "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>",
      kOwner);
  return response;
}

}  // namespace rapport::s3
