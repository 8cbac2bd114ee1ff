#pragma once

// direct: messages that a call asks for, to one recipient or a hundred, and one-time passwords.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <span>
#include <string>

#include "audience/endpoints.h"
#include "base/clock.h"
#include "base/result.h"
#include "channels/providers.h"
#include "channels/settings.h"
#include "channels/tracking.h"
#include "events/log.h"
#include "json/json.h"
#include "messages/recommendations.h"
#include "messages/templates.h"
#include "sql/database.h"

namespace rapport::direct {

struct Collaborators {
  sql::Database& database;
  audience::Endpoints& endpoints;
  messages::Templates& templates;
  messages::Recommendations& recommendations;
  channels::Settings& channel_settings;
  channels::Providers& providers;
  const channels::Tracking& tracking;
  events::Publisher& events;
  std::string from_address;  // where neither the message nor the app's e-mail channel names one
  std::string secret;        // what one-time passwords are hashed with
  const Clock& clock;
};

std::span<const sql::Migration> migrations();

// Everything of an application, in the transaction that deletes it.
Status erase_application(sql::Session& session, const std::string& app);

constexpr std::size_t kRecipientsMax = 100;

// SendMessages and SendUsersMessages. Thread-safe. Collaborators must outlive it; the application is not checked here.
//
// A request with a TraceId is idempotent: the same request with the same TraceId answers, for a day, what it answered
// the first time, and sends nothing. When the first call did not come to an answer, its messages are sent again under
// the same ids, by which a provider that can tells them.
class DirectMessages {
 public:
  explicit DirectMessages(const Collaborators& with) : with_(with) {}

  // A MessageRequest; gives the MessageResponse. kInvalid names the member: no recipient or more than a hundred, an
  // address without ChannelType, a text that is no template. What fails for one recipient is its result's.
  Result<json::object> send(const std::string& app, const json::object& request, const std::string& request_id);
  // A SendUsersMessageRequest, to every active endpoint of each user; gives the SendUsersMessageResponse.
  Result<json::object> send_to_users(const std::string& app, const json::object& request,
                                     const std::string& request_id);

 private:
  Result<json::object> once(const std::string& app, const json::object& request,
                            const std::function<Result<json::object>(const std::string& key)>& work);

  Collaborators with_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::set<std::string> in_progress_;  // keys; guarded by mutex_
};

// SendOTPMessage and VerifyOTPMessage. Thread-safe. Codes are kept as keyed digests.
class OneTimePasswords {
 public:
  explicit OneTimePasswords(const Collaborators& with) : with_(with) {}

  // SendOTPMessageRequestParameters; gives the MessageResponse. A code that waits for the same number and reference is
  // replaced. kInvalid names the member.
  Result<json::object> send(const std::string& app, const json::object& request, const std::string& request_id);
  // VerifyOTPMessageRequestParameters: whether reference, number and code match and the code is still good. A code is
  // good once, until it expires, and for as many tries as were allowed.
  Result<bool> verify(const std::string& app, const json::object& request);

 private:
  std::string digest_of(const std::string& salt, std::string_view code) const;

  Collaborators with_;
};

}  // namespace rapport::direct
