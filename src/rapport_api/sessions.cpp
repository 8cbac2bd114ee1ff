#include "accounts/accounts.h"
#include "accounts/audit_log.h"
#include "accounts/permissions.h"
#include "rapport_api/account_operations.h"
#include "rapport_api/operations.h"
#include "rapport_api/session_cookie.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

Transport transport_of(const Call& call) { return call.caller.secure ? Transport::kTls : Transport::kPlain; }

void answer_header(const Call& call, std::string name, std::string value) {
  if (call.answer_headers != nullptr) call.answer_headers->add(std::move(name), std::move(value));
}

json::object facts_document(const ServerFacts& facts, access::Role role) {
  json::array features;
  for (const std::string& feature : facts.features) features.emplace_back(feature);
  json::array operations;
  for (const std::string& operation : accounts::operations_of(role)) operations.emplace_back(operation);
  return {{"Role", access::name_of(role)},
          {"ServerVersion", facts.version},
          {"Account", facts.account},
          {"Features", std::move(features)},
          {"Operations", std::move(operations)}};
}

json::object session_output(const ServerFacts& facts, const accounts::Session& session) {
  json::object document = facts_document(facts, session.user.role);
  document["User"] = user_document(session.user);
  document["CsrfToken"] = session.csrf_token;
  document["CreationDate"] = format_iso8601(session.created);
  document["ExpirationDate"] = format_iso8601(session.expires);
  document["IdleSeconds"] = accounts::kSessionIdleMicros / kMicrosPerSecond;
  return {{"SessionResponse", std::move(document)}};
}

json::object enter(const Call& call, const ServerFacts& facts, const accounts::OpenedSession& opened) {
  answer_header(call, "Set-Cookie", session_cookie(opened.token, transport_of(call)));
  answer_header(call, "Cache-Control", "no-store");
  return session_output(facts, opened.session);
}

std::unexpected<Error> refuse(const Call& call, const accounts::LoginRefusal& why) {
  if (why.wait_seconds > 0) answer_header(call, "Retry-After", std::to_string(why.wait_seconds));
  return std::unexpected(why.error);
}

Result<accounts::Session> session_of(const Call& call, accounts::Accounts& accounts) {
  if (call.caller.session.empty()) {
    return fail(ErrorKind::kInvalid, "The call is about the session of a user; it has none with an access key");
  }
  const auto session = TRY(accounts.sessions().get(call.caller.session));
  if (!session) return fail(ErrorKind::kForbidden, "The session is over; log in");
  return *session;
}

// The ways in say by themselves who came: before them the caller is nobody.
void record(accounts::AuditLog& log, const Call& call, const accounts::Actor& actor, int status) {
  static constexpr std::pair<std::string_view, std::string_view> kPaths[] = {
      {"CreateSession", "/rapport/v1/sessions"},
      {"CreateAdministrator", "/rapport/v1/administrator"},
      {"AcceptInvitation", "/rapport/v1/invitations"}};
  std::string_view path;
  for (const auto& [operation, of_operation] : kPaths) {
    if (operation == call.operation) path = of_operation;
  }
  log.add({.actor = actor,
           .service = std::string(call.service),
           .operation = std::string(call.operation),
           .path = std::string(path),
           .status = status,
           .address = call.caller.remote_address});
}

accounts::Actor actor_of(const accounts::User& user) { return {accounts::ActorType::kUser, user.id, user.name}; }

void implement_log_in(contract::Contract& contract, const AccountDependencies& with) {
  contract.implement(
      kService, "CreateSession",
      [&accounts = with.accounts, &log = with.audit_log, facts = with.facts](const Call& call) -> Result<json::object> {
        const json::object& request = structure_of(call, "SessionRequest");
        const std::string name = json::string_or(request, "UserName");
        const auto opened = accounts.log_in({name, json::string_or(request, "Password"), call.caller.remote_address});
        if (opened) {
          record(log, call, actor_of(opened->session.user), 201);
          return enter(call, facts, *opened);
        }
        // A refusal that costs nothing is not noted: there may be thousands.
        const bool noted = opened.error().error.kind == ErrorKind::kForbidden;
        if (noted) record(log, call, {accounts::ActorType::kAnonymous, "", name}, 403);
        return refuse(call, opened.error());
      });
}

void implement_links(contract::Contract& contract, const AccountDependencies& with) {
  contract.implement(kService, "GetWelcome", [&accounts = with.accounts](const Call&) -> Result<json::object> {
    const bool needed = !TRY(accounts.users().has_administrator());
    return json::object{{"WelcomeResponse", {{"AdministratorNeeded", needed}}}};
  });
  contract.implement(
      kService, "CreateAdministrator",
      [&accounts = with.accounts, &log = with.audit_log, facts = with.facts](const Call& call) -> Result<json::object> {
        const json::object& request = structure_of(call, "AdministratorRequest");
        const auto opened = TRY(accounts.create_administrator({.token = json::string_or(request, "Token"),
                                                               .user_name = json::string_or(request, "UserName"),
                                                               .display_name = json::string_or(request, "DisplayName"),
                                                               .password = json::string_or(request, "Password")}));
        record(log, call, actor_of(opened.session.user), 201);
        return enter(call, facts, opened);
      });
  contract.implement(
      kService, "AcceptInvitation",
      [&accounts = with.accounts, &log = with.audit_log, facts = with.facts](const Call& call) -> Result<json::object> {
        const json::object& request = structure_of(call, "InvitationRequest");
        const auto opened =
            TRY(accounts.accept(json::string_or(request, "Token"), json::string_or(request, "Password")));
        record(log, call, actor_of(opened.session.user), 201);
        return enter(call, facts, opened);
      });
}

}  // namespace

void implement_sessions(contract::Contract& contract, const AccountDependencies& with) {
  implement_log_in(contract, with);
  implement_links(contract, with);
  accounts::Accounts& accounts = with.accounts;
  contract.implement(kService, "GetSession", [&accounts, facts = with.facts](const Call& call) -> Result<json::object> {
    answer_header(call, "Cache-Control", "no-store");
    if (!call.caller.session.empty()) return session_output(facts, TRY(session_of(call, accounts)));
    json::object document = facts_document(facts, role_of(call.caller));
    if (!call.caller.access_key.empty()) document["AccessKeyId"] = call.caller.access_key;
    return json::object{{"SessionResponse", std::move(document)}};
  });
  contract.implement(kService, "DeleteSession", [&accounts](const Call& call) -> Result<json::object> {
    TRY(accounts.sessions().end(TRY(session_of(call, accounts)).id));
    answer_header(call, "Set-Cookie", expired_session_cookie(transport_of(call)));
    return json::object();
  });
  contract.implement(kService, "DeleteAllSessions", [&accounts](const Call& call) -> Result<json::object> {
    TRY(accounts.sessions().end_all(TRY(session_of(call, accounts)).user.id));
    answer_header(call, "Set-Cookie", expired_session_cookie(transport_of(call)));
    return json::object();
  });
  contract.implement(
      kService, "ChangePassword", [&accounts, facts = with.facts](const Call& call) -> Result<json::object> {
        const accounts::Session session = TRY(session_of(call, accounts));
        const json::object& request = structure_of(call, "PasswordRequest");
        const auto opened =
            accounts.change_password(session, json::string_or(request, "CurrentPassword"),
                                     json::string_or(request, "NewPassword"), call.caller.remote_address);
        if (!opened) return refuse(call, opened.error());
        return enter(call, facts, *opened);
      });
}

}  // namespace rapport::rapport_api
