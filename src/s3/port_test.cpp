// The promises of the objects port, kept by the client of S3 services talking to this service over HTTP.

#include <gtest/gtest.h>

#include <filesystem>

#include "base/random.h"
#include "http/server.h"
#include "objects/store_suite.h"
#include "s3/service.h"

namespace rapport::objects {
namespace {

// A listener before a directory. Signatures are not checked.
struct ServedDirectory {
  ServedDirectory() { std::filesystem::create_directories(path); }
  ServedDirectory(const ServedDirectory&) = delete;
  ServedDirectory& operator=(const ServedDirectory&) = delete;
  ~ServedDirectory() {
    server.reset();
    std::filesystem::remove_all(path);
  }

  void start() {
    store = open_directory((path / "objects").string(), clock).value();
    service = std::make_unique<s3::Service>(*store);
    http::Application application;
    application.admit = [](const http::RequestHead&) { return http::Policy{.body_bytes_max = s3::kObjectBytesMax}; };
    application.handle = [this](http::Request request) { return service->handle(request, "request"); };
    application.refuse = [](int status, std::string_view message, const http::RequestHead*) {
      http::Response response = s3::error_response("InvalidRequest", message, "/", "request");
      response.status = status;
      return response;
    };
    http::ServerOptions options;
    options.port = 0;
    options.worker_threads = 4;
    options.temporary_directory = path;
    server = http::Server::start(options, std::move(application), clock).value();
  }

  std::filesystem::path path = std::filesystem::temp_directory_path() / ("rapport-s3-port-" + random_id());
  SystemClock clock;
  std::unique_ptr<Store> store;
  std::unique_ptr<s3::Service> service;
  std::unique_ptr<http::Server> server;
};

StoreUnderTest make_service_store() {
  auto served = std::make_shared<ServedDirectory>();
  served->start();
  const ServiceOptions options{.endpoint = "http://127.0.0.1:" + std::to_string(served->server->port()),
                               .region = "us-east-1",
                               .access_key = "AKIDEXAMPLE",
                               .secret_key = "secret"};
  auto store = open_service(options, served->clock);
  return {store ? std::move(*store) : nullptr, served};
}

INSTANTIATE_TEST_SUITE_P(Service, StoreSuite, ::testing::Values(StoreKind{"service", make_service_store}),
                         [](const auto& kind) { return kind.param.name; });

TEST(ServiceStore, LargeObjectsTravelInPartsAndPieces) {
  StoreUnderTest served = make_service_store();
  ASSERT_TRUE(served.store->create_bucket("films"));
  std::string content;
  for (int i = 0; content.size() < (20 << 20) + 12'345; ++i) content += std::to_string(i) + ",";
  const auto written = write_object(*served.store, {"films", "large"}, content, {.content_type = "text/csv"});
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(written->size, content.size());
  EXPECT_TRUE(written->etag.ends_with("-3"));
  EXPECT_EQ(written->content_type, "text/csv");
  EXPECT_TRUE(read_object(*served.store, {"films", "large"}) == content);
  {
    const auto writer = served.store->create({"films", "half"}, {});
    ASSERT_TRUE((*writer)->write(content));
  }
  EXPECT_TRUE(served.store->list_uploads("films")->empty()) << "what is not committed is aborted";
  const auto kept = write_object(*served.store, {"films", "large"}, content, {.existing = Existing::kKeep});
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().kind, ErrorKind::kAlreadyExists);
}

TEST(ServiceStore, AnEndpointThatCannotBeIsRefused) {
  const SystemClock clock;
  EXPECT_EQ(open_service({.endpoint = "localhost:9000"}, clock).error().kind, ErrorKind::kInvalid);
  const auto store = open_service({.endpoint = "http://127.0.0.1:1"}, clock);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->list_buckets().error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace rapport::objects
