#include "accounts/accounts.h"
#include "rapport_api/account_operations.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

std::string_view status_of(const accounts::User& user) {
  if (user.disabled) return "DISABLED";
  return user.has_password ? "ACTIVE" : "INVITED";
}

json::object user_output(const accounts::User& user) { return {{"UserResponse", user_document(user)}}; }

// The console's page that takes the token; whoever asks puts the origin that they see before it.
json::object link_output(const accounts::InvitedUser& invited) {
  return {{"UserLinkResponse",
           {{"User", user_document(invited.user)},
            {"Token", invited.link.token},
            {"Path", "/invitation?token=" + invited.link.token},
            {"ExpirationDate", format_iso8601(invited.link.expires)}}}};
}

accounts::Role role_member(const json::object& request) {
  return access::role_named(json::string_or(request, "Role")).value_or(access::Role::kViewer);
}

}  // namespace

json::object user_document(const accounts::User& user) {
  json::object document = {{"Id", user.id},
                           {"UserName", user.name},
                           {"DisplayName", user.display_name},
                           {"Role", access::name_of(user.role)},
                           {"UserStatus", status_of(user)},
                           {"CreationDate", format_iso8601(user.created)}};
  if (user.last_login) document["LastLoginDate"] = format_iso8601(*user.last_login);
  return document;
}

void implement_users(contract::Contract& contract, const AccountDependencies& with) {
  accounts::Accounts& accounts = with.accounts;
  contract.implement(kService, "CreateUser", [&accounts](const Call& call) -> Result<json::object> {
    const json::object& request = structure_of(call, "NewUserRequest");
    return link_output(TRY(accounts.invite({.name = json::string_or(request, "UserName"),
                                            .display_name = json::string_or(request, "DisplayName"),
                                            .role = role_member(request)})));
  });
  contract.implement(kService, "CreatePasswordLink", [&accounts](const Call& call) -> Result<json::object> {
    return link_output(TRY(accounts.make_password_link(text_of(call, "UserId"))));
  });
  contract.implement(kService, "ListUsers", [&accounts](const Call& call) -> Result<json::object> {
    const auto page = TRY(accounts.users().list(TRY(page_of(call))));
    return json::object{{"UsersResponse", page_document(page, user_document)}};
  });
  contract.implement(kService, "UpdateUser", [&accounts](const Call& call) -> Result<json::object> {
    const json::object& request = structure_of(call, "WriteUserRequest");
    accounts::UserChanges changes;
    if (const auto name = json::find_string(request, "DisplayName")) changes.display_name = std::string(*name);
    if (const auto role = json::find_string(request, "Role")) changes.role = access::role_named(*role);
    changes.disabled = json::find_bool(request, "Disabled");
    return user_output(TRY(accounts.users().update(text_of(call, "UserId"), changes)));
  });
  contract.implement(kService, "DeleteUser", [&accounts](const Call& call) -> Result<json::object> {
    return user_output(TRY(accounts.users().remove(text_of(call, "UserId"))));
  });
}

}  // namespace rapport::rapport_api
