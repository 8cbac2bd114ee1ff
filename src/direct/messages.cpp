#include <fmt/format.h>

#include "base/digest.h"
#include "base/random.h"
#include "direct/direct.h"
#include "direct/sending.h"

namespace rapport::direct {
namespace {

constexpr std::int64_t kRememberedMicros = kMicrosPerDay;
constexpr int kNotFound = 404;

constexpr std::string_view kGetAnswer =
    "SELECT answer FROM direct_requests WHERE application = $1 AND request_key = $2 AND created > $3";
constexpr std::string_view kKeepAnswer =
    "INSERT INTO direct_requests (application, request_key, created, answer) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (application, request_key) DO UPDATE SET created = excluded.created, answer = excluded.answer";
constexpr std::string_view kForgetAnswers = "DELETE FROM direct_requests WHERE created <= $1";

const json::object& members_of(const json::object& request, std::string_view name) {
  static const json::object kNone;
  const json::object* found = json::find_object(request, name);
  return found == nullptr ? kNone : *found;
}

const json::object& configuration_of(const json::value& value) {
  static const json::object kNone;
  const json::object* found = value.if_object();
  return found == nullptr ? kNone : *found;
}

Status check_count(std::size_t count, std::string_view member) {
  if (count > 0 && count <= kRecipientsMax) return {};
  return fail(ErrorKind::kInvalid, fmt::format("Name from 1 to {} recipients, not {}", kRecipientsMax, count),
              std::string(member));
}

json::object with_address(Recipient& recipient) {
  json::object result = std::move(recipient.result);
  if (!recipient.address.empty()) result["Address"] = recipient.address;
  return result;
}

// Reads the recipients of a MessageRequest.
Status add_recipients(const Collaborators& with, const std::string& app, const json::object& request,
                      Sending& sending) {
  for (const auto& member : members_of(request, "Addresses")) {
    const json::object& configuration = configuration_of(member.value());
    Recipient recipient;
    recipient.address = member.key();
    recipient.name = recipient.address;
    recipient.channel = json::string_or(configuration, "ChannelType");
    if (recipient.channel.empty()) {
      return fail(ErrorKind::kInvalid, "An address needs a ChannelType",
                  fmt::format("Addresses.{}.ChannelType", recipient.address));
    }
    recipient.document = {{"Address", recipient.address}, {"ChannelType", recipient.channel}};
    sending.add(std::move(recipient), configuration);
  }
  const json::object& named = members_of(request, "Endpoints");
  std::vector<std::string> ids;
  for (const auto& member : named) ids.emplace_back(member.key());
  const auto endpoints = TRY(with.endpoints.get_many(app, ids));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Recipient recipient;
    recipient.name = ids[i];
    recipient.endpoint_id = ids[i];
    if (endpoints[i]) {
      sending.add(*endpoints[i], std::move(recipient), configuration_of(named.at(ids[i])));
    } else {
      sending.add_failure(std::move(recipient), failure("PERMANENT_FAILURE", kNotFound, "Endpoint not found"));
    }
  }
  return {};
}

}  // namespace

Result<json::object> DirectMessages::once(const std::string& app, const json::object& request,
                                          const std::function<Result<json::object>(const std::string& key)>& work) {
  if (json::string_or(request, "TraceId").empty()) return work(random_id());
  const std::string key = to_hex(sha256(fmt::format("{}\n{}", app, json::serialize(request))));
  {
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [&] { return in_progress_.insert(key).second; });
  }
  const auto attempt = [&]() -> Result<json::object> {
    const std::int64_t now = with_.clock.now().micros;
    const auto kept = TRY(with_.database.read(kGetAnswer, {app, key, now - kRememberedMicros}));
    if (!kept.rows.empty()) return TRY(json::parse(kept.rows.front().text(0)))
    .get_object();
    json::object answer = TRY(work(key));
    TRY(with_.database.write([&](sql::Session& session) -> Status {
      TRY(session.execute(kKeepAnswer, {app, key, now, json::serialize(answer)}));
      TRY(session.execute(kForgetAnswers, {now - kRememberedMicros}));
      return {};
    }));
    return answer;
  };
  auto answer = attempt();
  {
    const std::scoped_lock lock(mutex_);
    in_progress_.erase(key);
  }
  finished_.notify_all();
  return answer;
}

Result<json::object> DirectMessages::send(const std::string& app, const json::object& request,
                                          const std::string& request_id) {
  TRY(check_count(members_of(request, "Addresses").size() + members_of(request, "Endpoints").size(), "Addresses"));
  return once(app, request, [&](const std::string& key) -> Result<json::object> {
    Sending sending(with_, app, key);
    TRY(sending.prepare(request));
    TRY(add_recipients(with_, app, request, sending));
    json::object by_address;
    json::object by_endpoint;
    for (Recipient& recipient : sending.run()) {
      if (recipient.endpoint_id.empty()) {
        by_address[recipient.name] = std::move(recipient.result);
      } else {
        by_endpoint[recipient.name] = with_address(recipient);
      }
    }
    json::object answer{{"ApplicationId", app}, {"RequestId", request_id}};
    if (!by_address.empty()) answer["Result"] = std::move(by_address);
    if (!by_endpoint.empty()) answer["EndpointResult"] = std::move(by_endpoint);
    return answer;
  });
}

Result<json::object> DirectMessages::send_to_users(const std::string& app, const json::object& request,
                                                   const std::string& request_id) {
  const json::object& users = members_of(request, "Users");
  TRY(check_count(users.size(), "Users"));
  return once(app, request, [&](const std::string& key) -> Result<json::object> {
    Sending sending(with_, app, key);
    TRY(sending.prepare(request));
    json::object by_user;
    for (const auto& member : users) {
      const std::string user(member.key());
      by_user[user] = json::object();
      const auto endpoints = with_.endpoints.of_user(app, user);
      if (!endpoints && endpoints.error().kind != ErrorKind::kNotFound) return std::unexpected(endpoints.error());
      if (!endpoints) continue;
      for (const audience::Endpoint& endpoint : *endpoints) {
        if (!endpoint.active()) continue;
        Recipient recipient;
        recipient.user = user;
        recipient.name = endpoint.id();
        sending.add(endpoint, std::move(recipient), configuration_of(member.value()));
      }
    }
    for (Recipient& recipient : sending.run()) {
      by_user[recipient.user].as_object()[recipient.name] = with_address(recipient);
    }
    return json::object{{"ApplicationId", app}, {"RequestId", request_id}, {"Result", std::move(by_user)}};
  });
}

}  // namespace rapport::direct
