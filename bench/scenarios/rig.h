#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "json/json.h"
#include "net/http_client.h"
#include "testing/temporary_directory.h"

namespace rapport::bench {

// How much is measured. `scale` multiplies the sizes: 1 is about two minutes in all on 2 cores.
struct Scope {
  std::string server;  // the program
  std::string data;    // a folder with movielens-1m, or none
  double seconds = 5;  // of each load
  std::int64_t scale = 1;
};

using Environment = std::vector<std::pair<std::string, std::string>>;
enum class Signatures { kChecked, kIgnored };

// A rapport process on its own new data directory, and calls to it. Anything unexpected ends the program.
class Rig {
 public:
  Rig(const Scope& scope, const Environment& environment, Signatures signatures = Signatures::kChecked);
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;
  ~Rig();

  // Ends the server as an operator would; nothing more can be asked.
  void stop();

  std::uint16_t port() const { return port_; }
  const std::string& directory() const { return directory_; }  // the data directory
  const net::SigningKeys& keys(std::string_view service);
  // Processor time that the server has used so far. On a busy machine it says more than the clock.
  double processor_seconds() const;

  json::object pinpoint(const std::string& method, const std::string& path, const json::value& body = nullptr);
  json::object personalize(const std::string& operation, const json::object& body);
  void make_bucket(const std::string& bucket);
  void put(const std::string& bucket, const std::string& key, std::string bytes);

 private:
  json::object send(net::HttpRequest request, std::string_view service);

  test::TemporaryDirectory place_;
  std::string directory_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
  net::SigningKeys keys_;
  SystemClock clock_;
  net::HttpClient client_;
};

void pause_ms(int milliseconds);
// Calls `done` every few milliseconds until it says true.
void wait_for(const auto& done) {
  while (!done()) pause_ms(5);
}

// An application with `count` endpoints `e0`... imported from one CSV file as a segment.
struct Imported {
  std::string app;
  std::string segment;
  double seconds = 0;  // from CreateImportJob to COMPLETED
  double processor_seconds = 0;
};
Imported import_endpoints(Rig& rig, std::int64_t count);

// Prints `  name            value unit   note`.
void print_line(std::string_view name, double value, std::string_view unit, std::string_view note = {});

void measure_actions(const Scope& scope);
void measure_endpoints(const Scope& scope);
void measure_events(const Scope& scope);
void measure_latency(const Scope& scope);
void measure_messages(const Scope& scope);
void measure_recommendations(const Scope& scope);
void measure_training(const Scope& scope);

}  // namespace rapport::bench
