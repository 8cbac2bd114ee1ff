#include "accounts/audit_log.h"
#include "rapport_api/account_operations.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

json::object entry_document(const accounts::AuditEntry& entry) {
  json::object document = {{"Id", entry.id},
                           {"Date", format_iso8601(entry.time)},
                           {"ActorType", accounts::name_of(entry.actor.type)},
                           {"ActorName", entry.actor.name},
                           {"Service", entry.service},
                           {"Operation", entry.operation},
                           {"ResourcePath", entry.path},
                           {"StatusCode", entry.status},
                           {"RemoteAddress", entry.address}};
  if (!entry.actor.id.empty()) document["ActorId"] = entry.actor.id;
  if (!entry.application.empty()) document["ApplicationId"] = entry.application;
  return document;
}

Result<std::optional<Timestamp>> time_member(const Call& call, std::string_view member) {
  const std::string text = text_of(call, member);
  if (text.empty()) return std::nullopt;
  const auto time = parse_iso8601(text);
  if (!time) return fail(ErrorKind::kInvalid, "must be a date in ISO 8601 form: " + text, std::string(member));
  return *time;
}

}  // namespace

access::Role role_of(const contract::Caller& caller) {
  return access::role_named(caller.role).value_or(access::Role::kViewer);
}

void implement_audit(contract::Contract& contract, const AccountDependencies& with) {
  contract.implement(kService, "ListAuditEntries", [&log = with.audit_log](const Call& call) -> Result<json::object> {
    const accounts::AuditFilter filter {
      .actor_id = text_of(call, "ActorId"), .actor_name = text_of(call, "ActorName"),
      .operation = text_of(call, "Operation"), .application = text_of(call, "ApplicationId"),
      .from = TRY(time_member(call, "StartTime"))
      , .until = TRY(time_member(call, "EndTime"))
    };
    const auto page = TRY(log.list(filter, TRY(page_of(call))));
    return json::object{{"AuditEntriesResponse", page_document(page, entry_document)}};
  });
}

void implement_accounts(contract::Contract& contract, const AccountDependencies& with) {
  implement_sessions(contract, with);
  implement_users(contract, with);
  implement_keys(contract, with);
  implement_audit(contract, with);
}

}  // namespace rapport::rapport_api
