#pragma once

// One request's recipients on their way: who they are, what each gets, and what came of it. Private to direct.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "audience/endpoint.h"
#include "direct/direct.h"
#include "messages/composition.h"

namespace rapport::direct {

struct Recipient {
  std::string user;  // of the request; empty unless users were asked for
  std::string name;  // what the answer calls it: the address or the endpoint's id
  std::string channel;
  std::string address;
  std::string endpoint_id;  // empty for an address
  std::string user_id;
  json::object document;  // what templates read
  messages::RecipientOverrides overrides;
  json::object result;  // its EndpointMessageResult, once there is one
};

// A MessageResult: {"DeliveryStatus", "StatusCode", "StatusMessage"}.
json::object failure(std::string_view status, int code, std::string_view message);
// Of a message that was handed over.
json::object result_of(const channels::Outgoing& message, const channels::Receipt& receipt);

class Sending {
 public:
  // `key` makes the messages' ids.
  Sending(const Collaborators& with, std::string app, std::string key)
      : with_(with), app_(std::move(app)), key_(std::move(key)), sent_(with.clock.now()) {}

  // Compiles the message and its templates.
  Status prepare(const json::object& request);

  // `configuration` is an AddressConfiguration or EndpointSendConfiguration.
  void add(Recipient recipient, const json::object& configuration);
  void add(const audience::Endpoint& endpoint, Recipient recipient, const json::object& configuration);
  void add_failure(Recipient recipient, json::object result);

  // Renders, sends and tells the events' log; afterwards every recipient has its result.
  std::vector<Recipient> run();

 private:
  struct Batch {
    channels::Channel* channel = nullptr;
    std::vector<std::size_t> places;  // in recipients_
    std::vector<channels::Outgoing> messages;
  };

  void add_recommendations();
  std::optional<channels::Outgoing> compose(Recipient& recipient);
  bool is_duplicate(const Recipient& recipient);
  Result<channels::Channel*> provider_of(const std::string& channel);
  const std::string& sender();
  void trace(channels::Outgoing& message) const;
  void send(Batch& batch);

  const Collaborators& with_;
  const std::string app_;
  const std::string key_;
  const Timestamp sent_;
  std::optional<messages::Composition> composition_;
  json::object context_;
  std::string trace_id_;
  std::vector<Recipient> recipients_;
  std::set<std::string> addresses_;
  std::map<std::string, Result<channels::Channel*>> providers_;
  std::optional<std::string> sender_;
};

}  // namespace rapport::direct
