#pragma once

#include "audience/endpoints.h"
#include "channels/tracking.h"
#include "events/log.h"
#include "http/message.h"

namespace rapport::server {

// Answers the links in e-mails: tells the events' log of opens and clicks, leads on to where a click goes, and opts
// endpoints out. A GET never opts out, since mail scanners open every link; it shows a page with a button. Thread-safe.
class TrackedLinks {
 public:
  TrackedLinks(const channels::Tracking& tracking, audience::Endpoints& endpoints, events::Publisher& events,
               const Clock& clock)
      : tracking_(tracking), endpoints_(endpoints), events_(events), clock_(clock) {}

  http::Response answer(const http::Request& request) const;

 private:
  http::Response unsubscribe(const http::RequestHead& head, const channels::TrackedLink& link) const;
  void tell(const http::RequestHead& head, const channels::TrackedLink& link) const;

  const channels::Tracking& tracking_;
  audience::Endpoints& endpoints_;
  events::Publisher& events_;
  const Clock& clock_;
};

}  // namespace rapport::server
