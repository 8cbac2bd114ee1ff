#pragma once

#include <string>

#include "objects/store.h"
#include "s3/call.h"

// One function per operation of S3. Each takes the request apart and calls the store.
namespace rapport::s3 {

struct Context {
  objects::Store& store;
  const std::string& region;
};

using Handler = Outcome<http::Response> (*)(const Context&, const Call&);

// bucket_calls.cpp
Outcome<http::Response> list_buckets(const Context& context, const Call& call);
Outcome<http::Response> create_bucket(const Context& context, const Call& call);
Outcome<http::Response> delete_bucket(const Context& context, const Call& call);
Outcome<http::Response> head_bucket(const Context& context, const Call& call);
Outcome<http::Response> get_bucket_location(const Context& context, const Call& call);
// What a bucket without any configuration answers to the sub-resource asked for: an empty document, or the error code
// that says there is none.
Outcome<http::Response> get_bucket_configuration(const Context& context, const Call& call);
Outcome<http::Response> get_acl(const Context& context, const Call& call);
bool is_bucket_configuration(const std::string& sub_resource);

// listing_calls.cpp
Outcome<http::Response> list_objects(const Context& context, const Call& call);
Outcome<http::Response> list_objects_v2(const Context& context, const Call& call);

// object_calls.cpp
Outcome<http::Response> get_object(const Context& context, const Call& call);
Outcome<http::Response> head_object(const Context& context, const Call& call);
Outcome<http::Response> delete_object(const Context& context, const Call& call);
Outcome<http::Response> delete_objects(const Context& context, const Call& call);
Outcome<http::Response> get_object_tagging(const Context& context, const Call& call);

// write_calls.cpp
Outcome<http::Response> put_object(const Context& context, const Call& call);
Outcome<http::Response> copy_object(const Context& context, const Call& call);
// Content type, metadata and the fields kept for readers, from the request's head.
Outcome<objects::WriteOptions> write_options(const Call& call);
// The object to copy from, when the conditions on it hold.
Outcome<std::unique_ptr<objects::Reader>> open_copy_source(const Context& context, const Call& call);

// upload_calls.cpp
Outcome<http::Response> create_upload(const Context& context, const Call& call);
Outcome<http::Response> upload_part(const Context& context, const Call& call);
Outcome<http::Response> upload_part_copy(const Context& context, const Call& call);
Outcome<http::Response> complete_upload(const Context& context, const Call& call);
Outcome<http::Response> abort_upload(const Context& context, const Call& call);
Outcome<http::Response> list_parts(const Context& context, const Call& call);
Outcome<http::Response> list_uploads(const Context& context, const Call& call);

}  // namespace rapport::s3
