#pragma once

#include "access/role.h"
#include "accounts/users.h"
#include "contract/service.h"
#include "json/json.h"
#include "rapport_api/accounts.h"

namespace rapport::rapport_api {

void implement_sessions(contract::Contract& contract, const AccountDependencies& with);
void implement_users(contract::Contract& contract, const AccountDependencies& with);
void implement_keys(contract::Contract& contract, const AccountDependencies& with);
void implement_audit(contract::Contract& contract, const AccountDependencies& with);

json::object user_document(const accounts::User& user);  // UserResponse
access::Role role_of(const contract::Caller& caller);

}  // namespace rapport::rapport_api
