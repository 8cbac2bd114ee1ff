#include "apps/applications.h"
#include "direct/direct.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

Result<json::object> send_messages(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return json::object{
      {"MessageResponse", TRY(with.direct_messages.send(app, structure_of(call, "MessageRequest"), call.request_id))}};
}

Result<json::object> send_users_messages(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return json::object{
      {"SendUsersMessageResponse",
       TRY(with.direct_messages.send_to_users(app, structure_of(call, "SendUsersMessageRequest"), call.request_id))}};
}

Result<json::object> send_otp(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  return json::object{
      {"MessageResponse",
       TRY(with.one_time_passwords.send(app, structure_of(call, "SendOTPMessageRequestParameters"), call.request_id))}};
}

Result<json::object> verify_otp(const Dependencies& with, const contract::Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  const bool valid = TRY(with.one_time_passwords.verify(app, structure_of(call, "VerifyOTPMessageRequestParameters")));
  return json::object{{"VerificationResponse", json::object{{"Valid", valid}}}};
}

}  // namespace

void implement_messages(contract::Contract& contract, const Dependencies& with) {
  using Operation = Result<json::object> (*)(const Dependencies&, const contract::Call&);
  const auto implement_as = [&](std::string_view name, Operation operation) {
    contract.implement(kService, name, [with, operation](const contract::Call& call) { return operation(with, call); });
  };
  implement_as("SendMessages", &send_messages);
  implement_as("SendUsersMessages", &send_users_messages);
  implement_as("SendOTPMessage", &send_otp);
  implement_as("VerifyOTPMessage", &verify_otp);
}

}  // namespace rapport::pinpoint
