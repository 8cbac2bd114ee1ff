#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "datasets/dataset_type.h"
#include "datasets/put_rows.h"
#include "datasets/schema.h"

// The rows that Put calls bring, checked against the schemas of their datasets. Errors are kInvalid and name the
// member.
namespace rapport::serving {

// An item, user or action. `properties` is a JSON object as a text; its keys are the columns in camel case.
struct NewEntity {
  std::string id;
  std::string properties = {};
};

// Something a user did with an item or an action.
struct NewEvent {
  std::string user_id = {};
  std::string session_id = {};
  std::string object_id = {};
  std::string event_type = {};
  std::string event_value = {};
  Timestamp sent = {};
  std::string event_id = {};
  std::string recommendation_id = {};
  std::vector<std::string> impression = {};
  std::string attribution_source = {};
  std::string properties = {};
};

// An item or action without a CREATION_TIMESTAMP is as old as `now`.
Result<datasets::PutRow> entity_row(const datasets::Schema& schema, datasets::DatasetType type, const NewEntity& entity,
                                    Timestamp now);
// Properties that the schema has no column for are left out.
Result<datasets::PutRow> event_row(const datasets::Schema& schema, datasets::DatasetType type, const NewEvent& event);

}  // namespace rapport::serving
