#pragma once

// rapport_api: the operations of our own (api/rapport.json), in the same style as the others.

#include "contract/service.h"

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
  const Clock& clock;
};

// Registers every operation of our own. Call once.
void implement(contract::Contract& contract, const Dependencies& with);

}  // namespace rapport::rapport_api
