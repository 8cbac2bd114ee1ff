// What a whole server does in a second, measured from outside through its public API.
//
// usage: bench_scenarios SERVER [DATA-FOLDER] [SCENARIO]...      scenarios: actions endpoints events latency
//                                                        messages recommendations training
//
// RAPPORT_BENCH_SCALE multiplies the sizes (1), RAPPORT_BENCH_SECONDS is the length of each load (5).

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "rig.h"

namespace rapport::bench {
namespace {

struct Scenario {
  std::string_view name;
  void (*measure)(const Scope& scope);
};
constexpr std::array kScenarios = {
    Scenario{"actions", measure_actions},   Scenario{"endpoints", measure_endpoints},
    Scenario{"events", measure_events},     Scenario{"latency", measure_latency},
    Scenario{"messages", measure_messages}, Scenario{"recommendations", measure_recommendations},
    Scenario{"training", measure_training}};

double number_from(const char* variable, double otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::max(std::atof(text), otherwise / 100);
}

}  // namespace
}  // namespace rapport::bench

int main(int count, char** arguments) {
  using namespace rapport::bench;
  if (count < 2) {
    fmt::print(stderr, "usage: {} SERVER [DATA-FOLDER] [SCENARIO]...\n", arguments[0]);
    return 2;
  }
  Scope scope{.server = arguments[1], .data = count > 2 ? arguments[2] : ""};
  scope.seconds = number_from("RAPPORT_BENCH_SECONDS", scope.seconds);
  scope.scale = static_cast<std::int64_t>(std::max(1.0, number_from("RAPPORT_BENCH_SCALE", 1)));
  for (const Scenario& scenario : kScenarios) {
    const auto is_named = [&](std::string_view name) { return name == scenario.name; };
    if (count <= 3 || std::any_of(arguments + 3, arguments + count, is_named)) scenario.measure(scope);
  }
  return 0;
}
