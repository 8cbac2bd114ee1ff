#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "channels/channel.h"

namespace rapport {
class Clock;
}

namespace rapport::channels {

// Sends each message as one HTTP request that the configuration describes:
//
//   url                 http(s)://..., a template
//   method              POST
//   format              json (default), form or text: how what the templates print is escaped, and the Content-Type
//   body                a template over the members of `to_document`: '{"to": "{{Address}}", "text":
//   "{{Message.Body}}"}';
//                       the whole document as JSON when it is not given
//   headers.<Name>      further headers, as Authorization
//   idempotency_header  Idempotency-Key: carries the message's id; "" for none
//   idempotent          false; true when the provider drops a repeat of that header: a message in doubt is sent again
//   success.status      200-299
//   success.path        a path into the JSON answer ("result.0.ok") that must have the value of success.equals
//   success.equals      true
//   id_path             a path into the JSON answer: what the provider calls the message
//   timeout_ms          15000
//   connections         8: requests side by side, of each call of `send`
//
// 408, 429 and 5xx are refusals for now (Retry-After is passed on), any other answer is a refusal for good. Without an
// answer a message is kInDoubt once the request was sent, else refused for now. `recover` cannot tell. kInvalid, with
// `field` the key, for a configuration that cannot work.
Result<std::unique_ptr<Channel>> open_http_channel(const std::map<std::string, std::string>& values,
                                                   const Clock& clock);

}  // namespace rapport::channels
