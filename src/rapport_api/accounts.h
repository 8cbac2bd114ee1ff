#pragma once

// The operations about the console's users, sessions, keys and the audit log.

#include <string>
#include <vector>

#include "contract/service.h"

namespace rapport::access {
class KeyStore;
class PublishableKeys;
}  // namespace rapport::access
namespace rapport::accounts {
class Accounts;
class AuditLog;
}  // namespace rapport::accounts
namespace rapport::apps {
class Applications;
}

namespace rapport::rapport_api {

// What GetSession tells of the server.
struct ServerFacts {
  std::string version;
  std::string account;
  std::vector<std::string> features;
};

// Everything outlives the contract.
struct AccountDependencies {
  apps::Applications& applications;
  accounts::Accounts& accounts;
  accounts::AuditLog& audit_log;
  access::KeyStore& keys;
  access::PublishableKeys& publishable_keys;
  ServerFacts facts;
};

// Registers them. Call once. The caller's `role` is access::name_of, and what it may call was checked before.
void implement_accounts(contract::Contract& contract, const AccountDependencies& with);

}  // namespace rapport::rapport_api
