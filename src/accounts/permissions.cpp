#include "accounts/permissions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "contract/tables.h"

namespace rapport::accounts {
namespace {

using access::Role;
using Names = std::span<const std::string_view>;

// An operation begins with its verb; these only look.
constexpr std::string_view kReadingVerbs[] = {"Describe", "Download", "Explain", "Get",   "List",
                                              "Phone",    "Preview",  "Sample",  "Search"};

constexpr std::string_view kOpen[] = {"AcceptInvitation", "CreateAdministrator", "CreateSession", "GetWelcome"};
constexpr std::string_view kOwnSession[] = {"ChangePassword", "DeleteAllSessions", "DeleteSession", "GetSession"};
constexpr std::string_view kAdministratorsOfRapport[] = {"CreatePasswordLink", "CreateUser", "DeleteUser",
                                                         "ListAuditEntries",   "ListUsers",  "UpdateUser"};
constexpr std::string_view kAdministratorsOfPinpoint[] = {"DeleteApp"};
// Keys, credentials, and where data flows to other systems.
constexpr std::string_view kDevelopersOfPinpoint[] = {"Channel", "EventStream", "RecommenderConfiguration"};
constexpr std::string_view kDevelopersOfRapport[] = {"AccessKey", "PublishableKey"};

// Learning is a marketer's, but for what destroys data or hands it on.
constexpr std::string_view kDevelopersOfPersonalize[] = {"BatchInferenceJob", "BatchSegmentJob", "DataDeletionJob",
                                                         "DatasetExportJob",  "Delete",          "EventTracker",
                                                         "MetricAttribution"};

constexpr std::string_view kStreamsOfPinpoint[] = {"PutEvents",         "SendMessages",   "SendOTPMessage",
                                                   "SendUsersMessages", "UpdateEndpoint", "UpdateEndpointsBatch",
                                                   "VerifyOTPMessage"};
constexpr std::string_view kPublishable[] = {"GetInAppMessages", "PutEvents", "UpdateEndpoint"};

bool is_one_of(Names names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool names_one_of(Names parts, std::string_view operation) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return operation.find(part) != operation.npos; });
}

bool is_read(std::string_view operation) {
  return std::ranges::any_of(kReadingVerbs, [&](std::string_view verb) { return operation.starts_with(verb); });
}

Role least_for_rapport(std::string_view operation, bool reads) {
  if (is_one_of(kAdministratorsOfRapport, operation)) return Role::kAdministrator;
  if (names_one_of(kDevelopersOfRapport, operation)) return Role::kDeveloper;  // also to see them
  if (is_one_of(kOwnSession, operation) || reads) return Role::kViewer;
  return Role::kMarketer;
}

Role least_for_pinpoint(std::string_view operation, bool reads) {
  if (reads) return Role::kViewer;
  if (is_one_of(kAdministratorsOfPinpoint, operation)) return Role::kAdministrator;
  return names_one_of(kDevelopersOfPinpoint, operation) ? Role::kDeveloper : Role::kMarketer;
}

Role least_for_personalize(std::string_view operation, bool reads) {
  if (reads) return Role::kViewer;
  return names_one_of(kDevelopersOfPersonalize, operation) ? Role::kDeveloper : Role::kMarketer;
}

}  // namespace

Permission permission_of(std::string_view service, std::string_view operation) {
  const bool reads = is_read(operation);
  if (service == "rapport") {
    if (is_one_of(kOpen, operation)) return {Permission::Way::kOpen, Role::kViewer, !reads};
    return {Permission::Way::kRole, least_for_rapport(operation, reads), !reads};
  }
  if (service == "pinpoint") return {Permission::Way::kRole, least_for_pinpoint(operation, reads), !reads};
  if (service == "personalize") return {Permission::Way::kRole, least_for_personalize(operation, reads), !reads};
  // What happened to items and users, and the accounts of e-mail and voice: sending one message is a marketer's.
  const Role least = reads ? Role::kViewer : operation.starts_with("Send") ? Role::kMarketer : Role::kDeveloper;
  return {Permission::Way::kRole, least, !reads};
}

std::vector<std::string> operations_of(Role role) {
  std::vector<std::string> names;
  for (const contract::Service* service : contract::services()) {
    for (const contract::Operation& operation : service->operations) {
      const Permission permission = permission_of(service->name, operation.name);
      const bool admits = permission.way == Permission::Way::kOpen || role >= permission.least;
      if (admits) names.push_back(fmt::format("{}.{}", service->name, operation.name));
    }
  }
  return names;
}

bool is_stream(std::string_view service, std::string_view operation) {
  if (service == "pinpoint") return is_one_of(kStreamsOfPinpoint, operation);
  if (service == "personalize-events") return true;
  return (service == "pinpoint-email" || service == "pinpoint-sms-voice") && operation.starts_with("Send");
}

bool is_publishable(std::string_view service, std::string_view operation) {
  return service == "pinpoint" && is_one_of(kPublishable, operation);
}

}  // namespace rapport::accounts
