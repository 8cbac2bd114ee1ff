#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/role.h"

namespace rapport::accounts {

// What an operation asks of its caller.
struct Permission {
  enum class Way {
    kOpen,  // anybody: the ways in
    kRole,  // somebody of at least `least`
  } way = Way::kRole;
  access::Role least = access::Role::kAdministrator;
  bool changes = true;  // something that others see
};

// One rule for every operation of every contract; permissions_test.cpp spells out what it gives.
Permission permission_of(std::string_view service, std::string_view operation);

// Every operation of every contract that this role may call, as "pinpoint.CreateApp".
std::vector<std::string> operations_of(access::Role role);

// The writing operations that are called for every event or message: when a key calls them, the audit log would say
// nothing that the event log does not.
bool is_stream(std::string_view service, std::string_view operation);

// What a publishable key may call, for its application.
bool is_publishable(std::string_view service, std::string_view operation);

}  // namespace rapport::accounts
