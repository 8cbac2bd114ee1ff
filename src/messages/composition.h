#pragma once

// composition: what a MessageConfiguration and the templates beside it say to each kind of channel, compiled once and
// rendered for one endpoint after the other.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "messages/message.h"
#include "messages/substitutions.h"
#include "messages/template_reads.h"

namespace rapport::messages {

class Templates;

// What one recipient gets instead: an AddressConfiguration, an EndpointSendConfiguration, or what a hook answers.
struct RecipientOverrides {
  static RecipientOverrides read(const json::object& document);

  std::optional<std::string> body;         // of push, SMS and voice, and each part an e-mail has; may hold variables
  std::optional<std::string> title;        // of push; an e-mail's subject
  std::optional<std::string> raw_content;  // of push
  Substitutions substitutions;
  json::object context;  // of push, under `Context` of PushMessage::data; what else becomes of it is the caller's
};

// The contents of the templates that a TemplateConfiguration names, by its members, for `Composition::compile` and to
// be kept: {"EmailTemplate": {"Subject": ...}}. The version named, or else the active one. Errors name the member.
Result<json::object> load_templates(Templates& templates, const json::object& configuration);

// Immutable, thread-safe, cheap to copy.
//
// A member that a message does not say is taken from the next: the channel's own message, its template, then for push
// DefaultPushNotificationMessage and the template's Default, then DefaultMessage (of an e-mail, only when it has no
// part at all). RawContent and RawEmail take the place of everything else.
class Composition {
 public:
  // `configuration` is a campaign's MessageConfiguration or a DirectMessageConfiguration, `templates` what
  // `load_templates` gives. kInvalid, with the path of the member as `field` (MessageConfiguration.SMSMessage.Body),
  // for a text that is no template and for a limit that is passed.
  static Result<Composition> compile(const json::object& configuration, const json::object& templates = {});

  // Whether endpoints of this ChannelType get anything; CUSTOM asks for CustomMessage.
  bool has_message_for(std::string_view channel_type) const;

  // The message; nothing when there is none for this ChannelType. kInvalid, naming the member, when a text cannot be
  // rendered or nothing is left to say; kUnsupported when recommendations are needed and were not added. Of an e-mail,
  // `to`, `message_id` and `date` are the caller's, and `from` when it is empty.
  Result<std::optional<Message>> render(std::string_view channel_type, const json::object& endpoint, Timestamp now,
                                        const RecipientOverrides* overrides = nullptr) const;

  // What of an endpoint of this ChannelType `render` reads when there are no overrides.
  const MembersRead& reads(std::string_view channel_type) const;

  // The id of the recommender that endpoints of this ChannelType need first, see recommendations.h; "" when none.
  std::string_view recommender(std::string_view channel_type) const;

  // The InAppMessage, which has no variables; nullptr when there is none.
  const json::object* in_app() const;

 private:
  struct Plans;
  explicit Composition(std::shared_ptr<const Plans> plans) : plans_(std::move(plans)) {}
  std::shared_ptr<const Plans> plans_;
};

}  // namespace rapport::messages
