#include <gtest/gtest.h>

#include <thread>

#include "pinpoint/fixture_test.h"

namespace rapport::pinpoint {
namespace {

TEST_F(ServiceTest, CreatesReadsListsAndDeletesApplications) {
  EXPECT_EQ(send({"GetApps", "GET", "/v1/apps", ""}).body, R"({"Item":[]})");
  const auto id = create_app();
  const auto app = body({"GetApp", "GET", "/v1/apps/" + id, "ApplicationResponse"});
  EXPECT_EQ(app.at("Arn").as_string(), "arn:aws:mobiletargeting:us-east-1:111122223333:apps/" + id);
  EXPECT_EQ(app.at("Name"), "films");
  EXPECT_EQ(app.at("tags"), (json::object{{"team", "a"}}));
  create_app();
  const auto page = body({"GetApps", "GET", "/v1/apps?page-size=1", "ApplicationsResponse"});
  EXPECT_EQ(page.at("Item").as_array().size(), 1U);
  const std::string token(page.at("NextToken").as_string());
  const auto rest = body({"GetApps", "GET", "/v1/apps?page-size=9&token=" + token, "ApplicationsResponse"});
  EXPECT_EQ(rest.at("Item").as_array().size(), 1U);
  EXPECT_EQ(rest.if_contains("NextToken"), nullptr);
  EXPECT_EQ(body({"DeleteApp", "DELETE", "/v1/apps/" + id, "ApplicationResponse"}).at("Id").as_string(), id);
  expect_error({"GetApp", "GET", "/v1/apps/" + id, ""}, 404, "Application not found");
  expect_error({"GetApps", "GET", "/v1/apps?page-size=none", ""}, 400,
               "PageSize: page-size must be a whole number from 1 on, not none");
}

TEST_F(ServiceTest, KeepsSettings) {
  const auto id = create_app();
  const std::string target = "/v1/apps/" + id + "/settings";
  EXPECT_EQ(
      body({"GetApplicationSettings", "GET", target, "ApplicationSettingsResource"}).at("ApplicationId").as_string(),
      id);
  clock_.advance(kMicrosPerDay);
  body({"UpdateApplicationSettings", "PUT", target, "ApplicationSettingsResource",
        R"({"CloudWatchMetricsEnabled":true,"Limits":{"Daily":3},"QuietTime":{"Start":"22:00","End":"06:00"}})"});
  body({"UpdateApplicationSettings", "PUT", target, "ApplicationSettingsResource", R"({"Limits":{"Daily":4}})"});
  const auto settings = body({"GetApplicationSettings", "GET", target, "ApplicationSettingsResource"});
  EXPECT_EQ(settings.at("Limits"), (json::object{{"Daily", 4}}));
  EXPECT_EQ(settings.at("QuietTime"), (json::object{{"Start", "22:00"}, {"End", "06:00"}}));
  EXPECT_EQ(settings.at("LastModifiedDate").as_string(), format_iso8601(clock_.now()));
  EXPECT_EQ(settings.if_contains("CloudWatchMetricsEnabled"), nullptr);
  expect_error({"GetApplicationSettings", "GET", "/v1/apps/none/settings", ""}, 404, "Application not found");
}

TEST_F(ServiceTest, TagsWhateverHasAnArn) {
  const auto id = create_app();
  const std::string target = "/v1/tags/arn%3Aaws%3Amobiletargeting%3Aus-east-1%3A111122223333%3Aapps%2F" + id;
  EXPECT_EQ(send({"TagResource", "POST", target, "", R"({"tags":{"stage":"test","x":"y"}})"}).status, 204);
  EXPECT_EQ(send({"UntagResource", "DELETE", target + "?tagKeys=team&tagKeys=x", ""}).status, 204);
  EXPECT_EQ(body({"ListTagsForResource", "GET", target, "TagsModel"}).at("tags"), (json::object{{"stage", "test"}}));
  EXPECT_EQ(body({"GetApp", "GET", "/v1/apps/" + id, "ApplicationResponse"}).at("tags"),
            (json::object{{"stage", "test"}}));
  EXPECT_EQ(send({"TagResource", "POST", target, "", R"({"tags":{"k":")" + std::string(257, 'v') + "\"}}"}).status,
            400);
  EXPECT_EQ(send({"ListTagsForResource", "GET", "/v1/tags/nonsense", ""}).status, 400);
}

TEST_F(ServiceTest, WritesAndReadsEndpoints) {
  const std::string endpoints = "/v1/apps/" + create_app() + "/endpoints";
  const auto accepted = body({"UpdateEndpoint", "PUT", endpoints + "/one%2Ftwo", "MessageBody",
                              R"({"Address":"a@x.org","ChannelType":"EMAIL","User":{"UserId":"u"},"Metrics":{"m":1}})"},
                             202);
  EXPECT_EQ(accepted, (json::object{{"Message", "Accepted"}, {"RequestID", "request-1"}}));
  const auto endpoint = body({"GetEndpoint", "GET", endpoints + "/ONE%2FTWO", "EndpointResponse"});
  EXPECT_EQ(endpoint.at("Id"), "one/two");
  body({"UpdateEndpointsBatch", "PUT", endpoints, "MessageBody", R"({"Item":[{"Id":"b","User":{"UserId":"u"}}]})"},
       202);
  const std::string user = endpoints.substr(0, endpoints.rfind('/')) + "/users/u";
  EXPECT_EQ(body({"GetUserEndpoints", "GET", user, "EndpointsResponse"}).at("Item").as_array().size(), 2U);
  EXPECT_EQ(body({"DeleteEndpoint", "DELETE", endpoints + "/b", "EndpointResponse"}, 202).at("Id"), "b");
  EXPECT_EQ(body({"DeleteUserEndpoints", "DELETE", user, "EndpointsResponse"}, 202).at("Item").as_array().size(), 1U);
  expect_error({"GetEndpoint", "GET", endpoints + "/one%2Ftwo", ""}, 404, "Endpoint not found");
  expect_error({"GetUserEndpoints", "GET", user, ""}, 404, "User not found");
  expect_error({"UpdateEndpoint", "PUT", "/v1/apps/none/endpoints/e", "", "{}"}, 404, "Application not found");
  EXPECT_EQ(send({"UpdateEndpoint", "PUT", endpoints + "/a%24b", "", "{}"}).status, 400);
  EXPECT_EQ(send({"UpdateEndpointsBatch", "PUT", endpoints, "", R"({"Item":[{"Id":"a"},{}]})"}).status, 400);
}

TEST_F(ServiceTest, KeepsSegmentsWithVersions) {
  const std::string segments = "/v1/apps/" + create_app() + "/segments";
  const auto created =
      body({"CreateSegment", "POST", segments, "SegmentResponse",
            R"({"Name":"s","tags":{"a":"b"},"Dimensions":{"Demographic":{"Channel":{"Values":["EMAIL"]}}}})"},
           201);
  EXPECT_EQ(created.at("SegmentType"), "DIMENSIONAL");
  EXPECT_EQ(created.at("tags"), (json::object{{"a", "b"}}));
  const std::string segment = segments + "/" + std::string(created.at("Id").as_string());
  EXPECT_EQ(body({"UpdateSegment", "PUT", segment, "SegmentResponse", R"({"Name":"t"})"}).at("Version"), 2);
  const auto latest = body({"GetSegment", "GET", segment, "SegmentResponse"});
  EXPECT_EQ(latest.at("Name"), "t");
  EXPECT_EQ(latest.at("Dimensions"), created.at("Dimensions"));
  EXPECT_EQ(body({"GetSegmentVersion", "GET", segment + "/versions/1", "SegmentResponse"}).at("Name"), "s");
  EXPECT_EQ(body({"GetSegmentVersions", "GET", segment + "/versions", "SegmentsResponse"}).at("Item").as_array().size(),
            2U);
  EXPECT_EQ(body({"GetSegments", "GET", segments, "SegmentsResponse"}).at("Item").as_array().size(), 1U);
  EXPECT_TRUE(body({"GetSegmentImportJobs", "GET", segment + "/jobs/import", "ImportJobsResponse"})
                  .at("Item")
                  .as_array()
                  .empty());
  EXPECT_EQ(body({"DeleteSegment", "DELETE", segment, "SegmentResponse"}).at("tags"), (json::object{{"a", "b"}}));
  expect_error({"GetSegment", "GET", segment, ""}, 404, "Segment not found");
  EXPECT_EQ(send({"CreateSegment", "POST", segments, "", R"({"Dimensions":{},"SegmentGroups":{}})"}).status, 400);
  EXPECT_EQ(send({"GetSegmentVersion", "GET", segment + "/versions/x", ""}).status, 400);
}

TEST_F(ServiceTest, ImportsAndNamesTheSegmentAtOnce) {
  const std::string app = "/v1/apps/" + create_app();
  ASSERT_TRUE(objects::write_object(*objects_, {"bucket", "in/fans.csv"}, "Id,Address,ChannelType\ne1,a,EMAIL\n"));
  const auto created =
      body({"CreateImportJob", "POST", app + "/jobs/import", "ImportJobResponse",
            R"({"Format":"CSV","S3Url":"s3://bucket/in/","RoleArn":"arn:r","DefineSegment":true,"SegmentName":"n"})"},
           201);
  EXPECT_EQ(created.at("JobStatus"), "CREATED");
  const auto& definition = created.at("Definition").as_object();
  EXPECT_EQ(definition.at("ExternalId"), "111122223333");
  const std::string segment = app + "/segments/" + std::string(definition.at("SegmentId").as_string());
  const std::string job = app + "/jobs/import/" + std::string(created.at("Id").as_string());
  jobs::Workers workers(queue_, {.threads = 1, .poll_ms = 5});
  transfers_.serve(workers);
  workers.start();
  while (body({"GetImportJob", "GET", job, "ImportJobResponse"}).at("JobStatus") != "COMPLETED") {
    ASSERT_FALSE(HasFailure());
    std::this_thread::yield();
  }
  workers.stop();
  const auto done = body({"GetImportJob", "GET", job, "ImportJobResponse"});
  EXPECT_EQ(done.at("TotalProcessed"), 1);
  EXPECT_EQ(done.at("CompletedPieces"), 1);
  EXPECT_NE(done.if_contains("CompletionDate"), nullptr);
  EXPECT_EQ(body({"GetSegment", "GET", segment, "SegmentResponse"}).at("ImportDefinition").at("Size"), 1);
  for (const auto& target : {app + "/jobs/import", segment + "/jobs/import"}) {
    EXPECT_EQ(body({"GetImportJobs", "GET", target, "ImportJobsResponse"}).at("Item").as_array().size(), 1U);
  }
  expect_error({"GetImportJob", "GET", app + "/jobs/import/none", ""}, 404, "Import job not found");
  EXPECT_EQ(send({"CreateImportJob", "POST", app + "/jobs/import", "",
                  R"({"Format":"CSV","S3Url":"s3://bucket/none","RoleArn":"arn:r"})"})
                .status,
            400);
}

TEST_F(ServiceTest, ExportsBelowAPrefix) {
  const std::string app = "/v1/apps/" + create_app();
  body({"UpdateEndpoint", "PUT", app + "/endpoints/e1", "MessageBody", R"({"Address":"a","ChannelType":"EMAIL"})"},
       202);
  const std::string segments = app + "/segments";
  const auto id =
      json::string_or(body({"CreateSegment", "POST", segments, "SegmentResponse", R"({"Name":"s"})"}, 201), "Id");
  const auto created =
      body({"CreateExportJob", "POST", app + "/jobs/export", "ExportJobResponse",
            R"({"S3UrlPrefix":"s3://bucket/out/","RoleArn":"arn:r","SegmentVersion":1,"SegmentId":")" + id + "\"}"},
           202);
  EXPECT_EQ(created.at("JobStatus"), "CREATED");
  EXPECT_EQ(created.at("Type"), "EXPORT");
  EXPECT_EQ(created.at("Definition"),
            (json::object{
                {"S3UrlPrefix", "s3://bucket/out/"}, {"RoleArn", "arn:r"}, {"SegmentId", id}, {"SegmentVersion", 1}}));
  const std::string job = app + "/jobs/export/" + json::string_or(created, "Id");
  jobs::Workers workers(queue_, {.threads = 1, .poll_ms = 5});
  transfers_.serve(workers);
  workers.start();
  while (body({"GetExportJob", "GET", job, "ExportJobResponse"}).at("JobStatus") != "COMPLETED") {
    ASSERT_FALSE(HasFailure());
    std::this_thread::yield();
  }
  workers.stop();
  const auto done = body({"GetExportJob", "GET", job, "ExportJobResponse"});
  EXPECT_EQ(done.at("TotalProcessed"), 1);
  EXPECT_EQ(done.at("CompletedPieces"), 1);
  for (const auto& target : {app + "/jobs/export", segments + "/" + id + "/jobs/export"}) {
    EXPECT_EQ(body({"GetExportJobs", "GET", target, "ExportJobsResponse"}).at("Item").as_array().size(), 1U);
  }
  expect_error({"GetExportJob", "GET", app + "/jobs/export/none", ""}, 404, "Export job not found");
  expect_error({"GetSegmentExportJobs", "GET", segments + "/none/jobs/export", ""}, 404, "Segment not found");
  expect_error({"CreateExportJob", "POST", app + "/jobs/export", "",
                R"({"S3UrlPrefix":"s3://bucket/x","RoleArn":"r","SegmentId":"none"})"},
               404, "Segment not found");
  EXPECT_EQ(send({"CreateExportJob", "POST", app + "/jobs/export", "", R"({"S3UrlPrefix":"x","RoleArn":"r"})"}).status,
            400);
}

}  // namespace
}  // namespace rapport::pinpoint
