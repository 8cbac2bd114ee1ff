#pragma once

// Which channels an application has set up, and how: the channel resources of the API.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/secret_box.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::channels {

struct ChannelSettings {
  std::string channel;    // "email", "apns_voip"
  json::object document;  // the request's members without its secrets: FromAddress, Identity, Enabled...
  json::object secrets;   // the secret members, each sealed
  std::int64_t version = 1;
  Timestamp created;
  Timestamp modified;
  std::string modified_by;

  bool enabled() const { return json::find_bool(document, "Enabled").value_or(true); }
  bool has(std::string_view secret) const { return secrets.contains(secret); }
};

std::span<const sql::Migration> migrations();

// Thread-safe. Collaborators must outlive it. Whether the application exists is the caller's to check.
class Settings {
 public:
  // `box` seals credentials; without one, channels that have any cannot be set up.
  Settings(sql::Database& database, const Clock& clock, const access::SecretBox* box = nullptr)
      : database_(database), clock_(clock), box_(box) {}

  // Version 1, then one more with every put; a document without any secret keeps those there are. kInvalid names the
  // member: a FromAddress that is no mailbox, half a credential; kNotFound for a channel there is none of.
  Result<ChannelSettings> put(const std::string& app, const std::string& channel, const json::object& document,
                              const std::string& modified_by);
  Result<ChannelSettings> get(const std::string& app, const std::string& channel);     // kNotFound when not set up
  Result<ChannelSettings> remove(const std::string& app, const std::string& channel);  // what it was
  Result<std::vector<ChannelSettings>> list(const std::string& app);                   // by name

  // The channel's secrets in clear: {"TokenKey": "..."}. For providers; never for an answer or a log.
  Result<json::object> credentials(const std::string& app, const std::string& channel);

  // The mailbox messages are sent from when they name none. kNotFound when the e-mail channel is not set up, kConflict
  // when it is not enabled.
  Result<std::string> from_address(const std::string& app);

  // For the deletion of an application, in its transaction.
  static Status erase(sql::Session& session, const std::string& app);

 private:
  sql::Database& database_;
  const Clock& clock_;
  const access::SecretBox* box_;
};

}  // namespace rapport::channels
