#pragma once

// pinpoint: the Pinpoint operations: decode the input document, call the domain, shape the answer.

#include "contract/service.h"

namespace rapport {
class Clock;
}
namespace rapport::sql {
class Database;
}
namespace rapport::apps {
class Applications;
}
namespace rapport::audience {
class Audience;
}
namespace rapport::transfers {
class Transfers;
}
namespace rapport::channels {
class Settings;
}
namespace rapport::messages {
class Recommenders;
class Templates;
}  // namespace rapport::messages
namespace rapport::campaigns {
class Campaigns;
}

namespace rapport::direct {
class DirectMessages;
class OneTimePasswords;
}  // namespace rapport::direct

namespace rapport::event_stream {
class Streams;
}
namespace rapport::events {
class Publisher;
}
namespace rapport::event_store {
class Store;
}

namespace rapport::pinpoint {

// What the operations work on; everything outlives the contract. More parts join as their operations do.
struct Dependencies {
  sql::Database& database;
  apps::Applications& applications;
  audience::Audience& audience;
  transfers::Transfers& transfers;
  messages::Templates& templates;
  messages::Recommenders& recommenders;
  channels::Settings& channel_settings;
  campaigns::Campaigns& campaigns;
  event_stream::Streams& event_streams;
  events::Publisher& events;
  event_store::Store& event_store;
  direct::DirectMessages& direct_messages;
  direct::OneTimePasswords& one_time_passwords;
  const Clock& clock;
};

// Registers every Pinpoint operation there is. Call once.
void implement(contract::Contract& contract, const Dependencies& with);

}  // namespace rapport::pinpoint
