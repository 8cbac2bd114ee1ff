#include "predictive/notify.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "messages/email.h"
#include "net/http_client.h"

namespace rapport::predictive {
namespace {

Status post(const Collaborators& with, const PredictiveSegment& segment, const json::object& run,
            const std::string& url) {
  const json::object body = {{"ApplicationId", segment.app},
                             {"PredictiveSegmentId", segment.id},
                             {"Name", json::string_or(segment.request, "Name")},
                             {"AttributeQuery", json::string_or(segment.request, "AttributeQuery")},
                             {"Run", run}};
  net::HttpClient client(with.clock);
  const net::HttpResponse response = TRY(
      client.send({.method = "POST",
                   .url = url,
                   .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", json::string_or(run, "Id")}},
                   .body = json::serialize(body)}));
  if (response.status >= 200 && response.status < 300) return {};
  const bool may_pass = response.status >= 500 || response.status == 408 || response.status == 429;
  return fail(may_pass ? ErrorKind::kUnavailable : ErrorKind::kInvalid,
              fmt::format("The hook answered with status {}", response.status));
}

Status mail(const Collaborators& with, const PredictiveSegment& segment, const json::object& run,
            const std::string& address) {
  channels::Outgoing outgoing;
  outgoing.id = to_hex(sha256(json::string_or(run, "Id") + "/" + address).substr(0, 16));
  outgoing.app_id = segment.app;
  outgoing.channel = "EMAIL";
  outgoing.to = address;
  messages::Email email;
  email.from = with.from_address;
  email.to = address;
  email.subject = fmt::format("Segment ready: {}", json::string_or(run, "SegmentName"));
  email.text =
      fmt::format("The predictive segment {} ({}) is ready.\n\nSegment: {} ({})\nUsers: {}\nEndpoints: {}\nList: {}\n",
                  json::string_or(segment.request, "Name"), json::string_or(segment.request, "AttributeQuery"),
                  json::string_or(run, "SegmentName"), json::string_or(run, "SegmentId"),
                  json::find_integer(run, "UserCount").value_or(0),
                  json::find_integer(run, "EndpointCount").value_or(0), json::string_or(run, "S3Url"));
  email.message_id = outgoing.id + "@rapport";
  email.date = with.clock.now();
  outgoing.content = std::move(email);
  const auto receipt = with.email.send({&outgoing, 1}).front();
  if (receipt.outcome == channels::Outcome::kDelivered) return {};
  const bool may_pass = receipt.outcome == channels::Outcome::kTemporaryFailure;
  return fail(may_pass ? ErrorKind::kUnavailable : ErrorKind::kInvalid,
              fmt::format("The e-mail was not accepted: {}", receipt.detail));
}

}  // namespace

Status notify(const Collaborators& with, const PredictiveSegment& segment, const json::object& run,
              const std::string& target) {
  const bool is_url = target.starts_with("http://") || target.starts_with("https://");
  return is_url ? post(with, segment, run, target) : mail(with, segment, run, target);
}

}  // namespace rapport::predictive
