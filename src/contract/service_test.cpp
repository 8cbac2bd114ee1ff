#include "contract/service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "contract/tables.h"

namespace rapport::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

http::Request request(std::string method, std::string target, std::string body = {}) {
  http::Request made;
  made.head.method = std::move(method);
  made.head.target = std::move(target);
  made.body = http::Body(std::move(body));
  return made;
}

http::Request json_request(std::string target, std::string body) {
  http::Request made = request("POST", "/", std::move(body));
  made.head.headers.add("x-amz-target", std::move(target));
  return made;
}

json::object body_of(const http::Response& response) { return json::parse(response.body)->get_object(); }

// A contract whose one handler keeps its call and gives `answer`.
class ContractTest : public testing::Test {
 protected:
  void implement(std::string_view service, std::string_view operation) {
    contract_.implement(service, operation, [this](const Call& call) -> Result<json::object> {
      input_ = call.input;
      operation_ = call.operation;
      return answer_;
    });
  }
  http::Response send(const http::Request& message) { return contract_.dispatch(message, Caller{}, "id-1"); }

  Contract contract_;
  Result<json::object> answer_ = json::object();
  json::object input_;
  std::string operation_;
};

TEST_F(ContractTest, AnswersAPayloadMemberAsTheBareBody) {
  implement("pinpoint", "CreateApp");
  answer_ = json::object{
      {"ApplicationResponse", {{"Id", "1"}, {"Arn", "arn:x"}, {"Name", "n\n\"ü"}, {"Gone", nullptr}, {"Extra", 1}}}};
  const auto response = send(request("POST", "/v1/apps", R"({"Name":"n","tags":{"a":"b"}})"));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"({"Id":"1","Arn":"arn:x","Name":"n\n\"ü"})");
  EXPECT_EQ(response.headers.get("content-type"), "application/json");
  EXPECT_EQ(response.headers.get("x-amzn-requestid"), "id-1");
  EXPECT_EQ(response.headers.get("x-amz-apigw-id"), "id-1");
  EXPECT_EQ(input_, (json::object{{"CreateApplicationRequest", {{"Name", "n"}, {"tags", {{"a", "b"}}}}}}));
}

TEST_F(ContractTest, TellsWhatARequestAddresses) {
  const auto found = contract_.addressed(request("PUT", "/v1/apps/a%20b/endpoints/e?x=1").head, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->service, "pinpoint");
  EXPECT_EQ(found->operation, "UpdateEndpoint");
  EXPECT_EQ(found->application, "a b");
  EXPECT_FALSE(contract_.addressed(request("PUT", "/v1/nothing").head, {}));
  EXPECT_EQ(contract_.addressed(request("GET", "/v1/apps").head, {})->application, "");
}

TEST_F(ContractTest, AHandlerMayAddHeadersToItsAnswerAndToItsError) {
  for (const bool fails : {false, true}) {
    Contract contract;
    contract.implement("pinpoint", "GetApps", [fails](const Call& call) -> Result<json::object> {
      call.answer_headers->add("Retry-After", "7");
      if (fails) return fail(ErrorKind::kLimited, "Too soon");
      return json::object{{"ApplicationsResponse", json::object()}};
    });
    const auto response = contract.dispatch(request("GET", "/v1/apps"), Caller{}, "id-1");
    EXPECT_EQ(response.status, fails ? 429 : 200);
    EXPECT_EQ(response.headers.get("Retry-After"), "7");
  }
}

TEST_F(ContractTest, NamesTheMissingMember) {
  implement("pinpoint", "CreateCampaign");
  const auto response =
      send(request("POST", "/v1/apps/a/campaigns", R"({"Name":"n","Schedule":{"Frequency":"ONCE"}})"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.headers.get("x-amzn-errortype"), "BadRequestException");
  EXPECT_EQ(body_of(response),
            (json::object{{"Message", "WriteCampaignRequest.Schedule.StartTime is required"}, {"RequestID", "id-1"}}));
  EXPECT_EQ(operation_, "");
}

struct BadBody {
  std::string body;
  std::string expected;
};

TEST_F(ContractTest, RefusesBadBodiesPrecisely) {
  implement("pinpoint", "UpdateEndpointsBatch");
  const BadBody rows[] = {
      {"", "EndpointBatchRequest is required"},
      {"null", "EndpointBatchRequest is required"},
      {"{", "Malformed JSON at byte 1"},
      {"[]", "The body must be a JSON object"},
      {R"({"Item":[{"Id":7}]})", "EndpointBatchRequest.Item[0].Id must be a string, not a number"},
      {R"({"Item":[{},null]})", "EndpointBatchRequest.Item[1] must be an object, not null"},
      {R"({"Item":[{"ChannelType":"FAX"}]})", R"(Item[0].ChannelType must be one of ADM, APNS,)"},
      {R"({"Items":[]})", "EndpointBatchRequest.Items is not a member of EndpointBatchRequest"},
      {R"({"item":[]})", "EndpointBatchRequest.item is not a member of EndpointBatchRequest; did you mean Item?"},
      {R"({"Item":[{"Metrics":{"a b":"x"}}]})", R"(Item[0].Metrics["a b"] must be a number, not a string)"},
      {R"({"Item":[{"User":{"UserAttributes":{"a":{}}}}]})", R"(UserAttributes["a"] must be a list, not an object)"},
      {R"({"Item":[{"User":{"UserAttributes":{"a":[1]}}}]})", R"(UserAttributes["a"][0] must be a string)"},
  };
  for (const BadBody& row : rows) {
    const auto response = send(request("PUT", "/v1/apps/a/endpoints", row.body));
    EXPECT_EQ(response.status, 400) << row.body;
    EXPECT_THAT(json::string_or(body_of(response), "Message"), HasSubstr(row.expected)) << row.body;
  }
  EXPECT_EQ(operation_, "");
}

TEST_F(ContractTest, ForgivesWhatRealClientsSend) {
  implement("pinpoint", "UpdateEndpoint");
  const auto response = send(request(
      "PUT", "/v1/apps/a/endpoints/e",
      R"({"Address":null,"Attributes":{"x":null,"Plan":"pro"},"User":{"UserAttributes":{"FirstName":"Richard","Age":7}}})"));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(input_["EndpointRequest"],
            (json::value{
                {"Attributes", {{"Plan", json::array{"pro"}}}},
                {"User", {{"UserAttributes", {{"FirstName", json::array{"Richard"}}, {"Age", json::array{"7"}}}}}}}));
}

TEST_F(ContractTest, RoutesOnTheRawPath) {
  implement("pinpoint", "GetEndpoint");
  EXPECT_EQ(send(request("GET", "/v1/apps/a/endpoints/x%2Fy%C3%BC?unknown=1")).status, 200);
  EXPECT_EQ(input_, (json::object{{"ApplicationId", "a"}, {"EndpointId", "x/yü"}}));
  EXPECT_EQ(send(request("GET", "/v1/apps/a/endpoints/x/y")).status, 404);
  EXPECT_EQ(send(request("GET", "/v1/apps/a/endpoints/%zz")).status, 400);
  EXPECT_EQ(send(request("GET", "/v1/apps//endpoints/e")).status, 404);
}

TEST_F(ContractTest, AcceptsArnsEncodedOrNot) {
  implement("pinpoint", "ListTagsForResource");
  const std::string arn = "arn:aws:mobiletargeting:us-east-1:000000000000:apps/1/campaigns/2";
  for (const std::string path : {"arn%3Aaws%3Amobiletargeting%3Aus-east-1%3A000000000000%3Aapps%2F1%2Fcampaigns%2F2",
                                 "arn:aws:mobiletargeting:us-east-1:000000000000:apps/1/campaigns/2",
                                 "arn:aws:mobiletargeting:us-east-1:000000000000:apps%2F1/campaigns%2F2"}) {
    EXPECT_EQ(send(request("GET", "/v1/tags/" + path)).status, 200) << path;
    EXPECT_EQ(input_, (json::object{{"ResourceArn", json::value(arn)}})) << path;
  }
}

TEST_F(ContractTest, BindsQueryValues) {
  implement("pinpoint", "UntagResource");
  implement("pinpoint", "UpdateEmailTemplate");
  implement("pinpoint", "GetCampaignDateRangeKpi");
  EXPECT_EQ(send(request("DELETE", "/v1/tags/arn?tagKeys=a%20b&tagKeys=c+d", "ignored")).status, 204);
  EXPECT_EQ(input_["TagKeys"], (json::array{"a b", "c d"}));
  EXPECT_EQ(send(request("DELETE", "/v1/tags/arn")).status, 400);

  EXPECT_EQ(send(request("PUT", "/v1/templates/t/email?create-new-version=true", "{}")).status, 202);
  EXPECT_EQ(input_["CreateNewVersion"], true);
  const auto refused = send(request("PUT", "/v1/templates/t/email?create-new-version=yes", "{}"));
  EXPECT_THAT(refused.body, HasSubstr("CreateNewVersion must be true or false"));

  const std::string kpi = "/v1/apps/a/campaigns/c/kpis/daterange/k";
  EXPECT_EQ(send(request("GET", kpi + "?start-time=2026-01-01T00%3A00%3A00Z&end-time=1767225600.5")).status, 200);
  EXPECT_EQ(input_["StartTime"], 1767225600);
  EXPECT_EQ(input_["EndTime"], 1767225600.5);
  EXPECT_EQ(send(request("GET", kpi + "?start-time=soon")).status, 400);
}

TEST_F(ContractTest, TakesLegacyEventsToPutEvents) {
  implement("pinpoint", "PutEvents");
  EXPECT_EQ(send(request("POST", "/v1/apps/a/events/legacy", R"({"BatchItem":{}})")).status, 202);
  EXPECT_EQ(operation_, "PutEvents");
}

TEST_F(ContractTest, RenamesMembersWhoseWireNameDiffers) {
  implement("pinpoint", "CreateJourney");
  const auto response = send(request(
      "POST", "/v1/apps/a/journeys",
      R"({"Name":"n","Activities":{"x":{"ConditionalSplit":{"Condition":{"Conditions":[{"segmentDimensions":{}}]}}}}})"));
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(json::serialize(input_), HasSubstr(R"([{"SegmentDimensions":{}}])"));
}

TEST_F(ContractTest, SpeaksJsonByTarget) {
  implement("personalize", "DescribeDatasetGroup");
  implement("personalize", "DeleteDataset");
  answer_ = json::object{{"datasetGroup", {{"name", "g"}, {"creationDateTime", 1638138279.7}}}};
  const std::string arn = R"({"datasetGroupArn":"arn:aws:personalize:us-east-1:000000000000:dataset-group/g"})";
  const auto response = send(json_request("AmazonPersonalize.DescribeDatasetGroup", arn));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("content-type"), "application/x-amz-json-1.1");
  EXPECT_EQ(response.body, R"({"datasetGroup":{"name":"g","creationDateTime":1638138279.7}})");

  answer_ = json::object();
  const auto deleted =
      send(json_request("AmazonPersonalize.DeleteDataset",
                        R"({"datasetArn":"arn:aws:personalize:us-east-1:000000000000:dataset/g/ITEMS"})"));
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.body, "");

  const auto refused = send(json_request("AmazonPersonalize.DescribeDatasetGroup", R"({"datasetGroupArn":"group"})"));
  EXPECT_EQ(refused.status, 400);
  const json::object error = body_of(refused);
  EXPECT_EQ(error.at("__type"), "InvalidInputException");
  EXPECT_THAT(json::string_or(error, "message"), HasSubstr("datasetGroupArn must match arn:"));

  EXPECT_EQ(body_of(send(json_request("AmazonPersonalize.Nothing", "{}"))).at("__type"), "UnknownOperationException");
}

TEST_F(ContractTest, AnswersAnEmptyObjectForAnEmptyOutputShape) {
  implement("personalize", "TagResource");
  const auto response = send(json_request(
      "AmazonPersonalize.TagResource",
      R"({"resourceArn":"arn:aws:personalize:us-east-1:000000000000:schema/s","tags":[{"tagKey":"k","tagValue":"v"}]})"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{}");
}

TEST_F(ContractTest, TurnsADocumentIntoTheJsonTextItStandsFor) {
  implement("personalize-events", "PutItems");
  const auto response = send(request(
      "POST", "/items",
      R"({"datasetArn":"arn:aws:personalize:us-east-1:000000000000:dataset/g/ITEMS","items":[{"itemId":"1","properties":{"a":1}},{"itemId":"2","properties":"{}"}]})"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_THAT(json::serialize(input_), HasSubstr(R"({"itemId":"1","properties":"{\"a\":1}"})"));
}

TEST_F(ContractTest, SaysWhatIsNotThere) {
  const auto unknown = send(request("GET", "/v1/nothing"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(body_of(unknown)["Message"], "No such route: GET /v1/nothing");

  const auto method = send(request("PATCH", "/v1/apps/a"));
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.get("x-amzn-errortype"), "MethodNotAllowedException");
  EXPECT_EQ(body_of(method)["Message"], "PATCH is not allowed here; use DELETE, GET");
  EXPECT_EQ(method.headers.get("Allow"), "DELETE, GET");

  const auto unbuilt = send(request("GET", "/v1/apps/a/journeys"));
  EXPECT_EQ(unbuilt.status, 501);
  EXPECT_EQ(unbuilt.headers.get("x-amzn-errortype"), "NotImplementedException");
  EXPECT_EQ(body_of(unbuilt)["Message"], "Not implemented yet: ListJourneys of pinpoint");
}

TEST_F(ContractTest, KnowsByScope) {
  http::RequestHead head = request("POST", "/events").head;
  EXPECT_TRUE(contract_.knows(head, ""));
  EXPECT_TRUE(contract_.knows(head, "personalize"));
  EXPECT_FALSE(contract_.knows(head, "s3"));
  head.method = "PUT";
  EXPECT_FALSE(contract_.knows(head, ""));
  Caller ses;
  ses.signing_name = "ses";
  const auto response = contract_.dispatch(request("GET", "/v1/apps"), ses, "id-1");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(body_of(response)["Message"], "The request is signed for another service; sign it for mobiletargeting");
}

TEST_F(ContractTest, ReportsErrorsAndExceptionsOfHandlers) {
  implement("pinpoint", "GetApp");
  answer_ = fail(ErrorKind::kNotFound, "Application not found");
  const auto missing = send(request("GET", "/v1/apps/a"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.get("x-amzn-errortype"), "NotFoundException");
  EXPECT_EQ(body_of(missing)["Message"], "Application not found");
  answer_ = fail(ErrorKind::kInvalid, "must be shorter", "Name");
  EXPECT_EQ(body_of(send(request("GET", "/v1/apps/a")))["Message"], "Name: must be shorter");

  contract_.implement("pinpoint", "GetApps",
                      [](const Call&) -> Result<json::object> { throw std::runtime_error("x"); });
  const auto broken = send(request("GET", "/v1/apps"));
  EXPECT_EQ(broken.status, 500);
  EXPECT_EQ(broken.headers.get("x-amzn-errortype"), "InternalServerErrorException");
}

TEST_F(ContractTest, TakesBytesAsTheyAre) {
  implement("rapport", "PutUploadPart");
  answer_ = json::object{{"UploadResponse", json::object()}};
  EXPECT_EQ(send(request("PUT", "/rapport/v1/uploads/u/parts/3", std::string("\0{\xff", 3))).status, 200);
  EXPECT_EQ(input_, (json::object{{"UploadId", "u"}, {"PartNumber", 3}, {"Content", "AHv/"}}));
  EXPECT_EQ(send(request("PUT", "/rapport/v1/uploads/u/parts/x", "a")).status, 400);
}

TEST_F(ContractTest, AnswersAFileAsItIsRead) {
  contract_.implement_file("rapport", "DownloadExportFile", [](const Call& call) -> Result<File> {
    if (call.input.at("FileName").as_string() == "gone") return fail(ErrorKind::kNotFound, "No such file");
    return File{.name = "ü.csv", .content_type = "text/csv", .size = 3, .content = []() { return std::string("a,b"); }};
  });
  const auto response = send(request("GET", "/rapport/v1/apps/a/exports/e/files/f"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("content-type"), "text/csv");
  EXPECT_EQ(response.headers.get("content-disposition"), "attachment; filename*=UTF-8''%C3%BC.csv");
  EXPECT_EQ(response.stream_size, 3U);
  EXPECT_EQ(response.stream().value(), "a,b");
  EXPECT_EQ(send(request("GET", "/rapport/v1/apps/a/exports/e/files/gone")).status, 404);
}

TEST(Contract, HoldsAnswersToTheContractWhenAsked) {
  Contract contract(ResponseChecks::kOn);
  contract.implement("pinpoint", "GetApp",
                     [](const Call&) { return json::object{{"ApplicationResponse", {{"Id", "1"}, {"Name", 2}}}}; });
  const auto response = contract.dispatch(request("GET", "/v1/apps/a"), Caller{}, "id-1");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("ApplicationResponse.Name must be a string"));
}

TEST(Contract, CountsWhatIsImplemented) {
  Contract contract;
  contract.implement("rapport", "GetPredictiveSegment", [](const Call&) { return json::object(); });
  for (const ServiceStatus& row : contract.status()) {
    EXPECT_EQ(row.implemented, row.service == "rapport" ? 1 : 0);
    EXPECT_EQ(row.total, static_cast<int>(find_service(row.service)->operations.size()));
  }
}

TEST(Violations, AreListedWhole) {
  const json::object good{{"MessageBody", {{"Message", "Accepted"}, {"RequestID", "1"}}}};
  EXPECT_THAT(violations("pinpoint", "UpdateEndpoint", good), IsEmpty());
  const json::object bad{{"CampaignResponse",
                          {{"Id", "1"},
                           {"Arn", "a"},
                           {"ApplicationId", 1},
                           {"LastModifiedDate", "x"},
                           {"SegmentId", "s"},
                           {"SegmentVersion", 1},
                           {"State", {{"CampaignStatus", "DONE"}}},
                           {"Nmae", "x"}}}};
  const auto found = violations("pinpoint", "GetCampaign", bad);
  EXPECT_THAT(found, testing::UnorderedElementsAre(
                         HasSubstr("ApplicationId must be a string"), HasSubstr("CampaignStatus must be one of"),
                         HasSubstr("Nmae is not a member of CampaignResponse"), HasSubstr("CreationDate is required")));
  EXPECT_THAT(violations("personalize", "DeleteSchema", {{"x", 1}}), ElementsAre(HasSubstr("no output")));
}

}  // namespace
}  // namespace rapport::contract
