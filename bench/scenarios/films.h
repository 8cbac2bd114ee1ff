#pragma once

#include <string>

#include "rig.h"

namespace rapport::bench {

// Who watched what: two CSV files.
struct Films {
  std::string name;
  std::string interactions;
  std::string items;
};

// Those of the scope's folder, else generated ones.
Films load_films(const Scope& scope);
// Makes the dataset group `films` of them: its ARN.
std::string import_films(Rig& rig, Films films);
// Makes the dataset of an Avro schema and imports the CSV; seconds of the import.
struct ImportedDataset {
  std::string type;
  std::string schema;
  std::string csv;
};
double import_dataset(Rig& rig, const std::string& group, ImportedDataset dataset);
// Trains a solution that is named as its recipe; the version's ARN, and how long it took.
std::string train(Rig& rig, const std::string& group, const std::string& recipe, double& seconds);
// The ARNs of a campaign of the version, ACTIVE, and of a filter.
std::string deploy(Rig& rig, const std::string& version);
std::string make_filter(Rig& rig, const std::string& group, const std::string& name, const std::string& expression);
// Seconds until the described thing is ACTIVE.
double until_active(Rig& rig, const std::string& operation, const std::string& member, const json::object& input);

}  // namespace rapport::bench
