#pragma once

// rapport_api: the operations of our own (api/rapport.json), in the same style as the others.

#include "contract/service.h"
#include "json/json.h"

namespace rapport {
class Clock;
}
namespace rapport::sql {
class Database;
}
namespace rapport::records {
class Store;
}
namespace rapport::event_store {
class Store;
}
namespace rapport::apps {
class Applications;
class Expiries;
}  // namespace rapport::apps
namespace rapport::audience {
class Audience;
}
namespace rapport::transfers {
class Transfers;
}
namespace rapport::predictive {
class PredictiveSegments;
}
namespace rapport::objects {
class Store;
}
namespace rapport::uploads {
class Uploads;
}
namespace rapport::sample {
class Samples;
}
namespace rapport::campaigns {
class Campaigns;
}
namespace rapport::events {
class Log;
}
namespace rapport::event_stream {
class Streams;
}
namespace rapport::channels {
class Providers;
}
namespace rapport::messages {
class Templates;
}

namespace rapport::rapport_api {

// What the operations work on; everything outlives the contract.
struct Dependencies {
  sql::Database& database;
  records::Store& records;
  objects::Store& objects;
  apps::Applications& applications;
  apps::Expiries& expiries;
  audience::Audience& audience;
  event_store::Store& event_store;
  uploads::Uploads& uploads;
  transfers::Transfers& transfers;
  predictive::PredictiveSegments& predictive_segments;
  campaigns::Campaigns& campaigns;
  sample::Samples& samples;
  messages::Templates& templates;
  events::Log& events;
  event_stream::Streams& event_streams;
  channels::Providers& providers;
  json::object settings;  // what GetServerSettings answers but for the channels
  const Clock& clock;
};

// Registers every operation of our own. Call once.
void implement(contract::Contract& contract, const Dependencies& with);

}  // namespace rapport::rapport_api
