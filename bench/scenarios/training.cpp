// Data in, model out.

#include <fmt/format.h>

#include "films.h"

namespace rapport::bench {

void measure_training(const Scope& scope) {
  Films films = load_films(scope);
  fmt::print("training on {}\n", films.name);
  Rig rig(scope, {});
  const std::string group = import_films(rig, std::move(films));
  double attribute = 0;
  double item = 0;
  train(rig, group, "aws-item-attribute-affinity", attribute);
  train(rig, group, "aws-item-affinity", item);
  print_line("attribute / item affinity, time", attribute / item, "");
}

}  // namespace rapport::bench
