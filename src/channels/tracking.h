#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "channels/channel.h"

namespace rapport::channels {

// What a signed link says.
struct TrackedLink {
  enum class Kind { kOpen, kClick, kUnsubscribe };
  Kind kind = Kind::kOpen;
  std::string app;
  std::string endpoint;
  std::string message;
  Origin origin;
  Timestamp sent;
  std::string url;  // of a click: where it leads
};

// Marketing must offer one-click unsubscription; what a person asked for must not.
enum class Purpose { kMarketing, kTransactional };

// Links in e-mails that tell when they are used: `<base>/t/<token>`, with a token that says everything and is signed,
// so that nothing is stored and nobody can make one. Immutable and thread-safe.
class Tracking {
 public:
  // An empty base URL: nothing is changed and no link is right.
  Tracking(std::string base_url, std::string secret) : base_url_(std::move(base_url)), secret_(std::move(secret)) {}

  // Call right before a message is handed over; only e-mails change. Links of the HTML part (not those of an <a> with
  // the attribute data-no-track) lead over us, an image of one pixel ends it, and a marketing e-mail to an endpoint
  // gets the headers of RFC 8058 unless it has a List-Unsubscribe of its own.
  void prepare(Outgoing& message, Purpose purpose, Timestamp sent) const;

  // kNotFound for a token that we did not make.
  Result<TrackedLink> read(std::string_view token) const;

  std::string token_of(const TrackedLink& link) const;
  std::string link_to(const TrackedLink& link) const;

 private:
  std::string signature_of(std::string_view payload) const;
  std::string rewritten(std::string_view html, const TrackedLink& about) const;

  const std::string base_url_;
  const std::string secret_;
};

constexpr std::string_view kTrackingPath = "/t/";

}  // namespace rapport::channels
