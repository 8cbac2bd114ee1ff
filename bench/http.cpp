// Requests per second of the listener on loopback: a handler on the I/O thread, the same with AWS signatures checked,
// and with the handler on a worker thread; and the check alone.
//
// usage: bench_http [seconds] [connections] [io threads]
//
// Clients are threads of this program with blocking sockets that keep one request in flight each, so the machine is
// shared between both sides; the ratio to the first run is what counts.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <vector>

#include "access/keys.h"
#include "access/verifier.h"
#include "base/digest.h"
#include "http/raw_client.h"
#include "http/server.h"
#include "signing/sign.h"
#include "testing/temporary_directory.h"

namespace rapport {
namespace {

enum class Check { kNone, kSignature };
using Run = http::Policy::Run;

struct Handling {
  Run run;
  Check check;
};

struct Load {
  double seconds = 2;
  unsigned connections = 16;
  unsigned io_threads = 1;
};

struct Measured {
  double per_second = 0;
  double median_ms = 0;
  double p99_ms = 0;
};

signing::Headers signature_for(const access::NewKey& key, const signing::Outgoing& request, Timestamp now) {
  return signing::sign(request, {key.access_key, key.secret_key, "us-east-1", "mobiletargeting"}, now);
}

signing::Outgoing get_endpoint() {
  return {.method = "GET",
          .host = "localhost:8080",
          .path = "/v1/apps/0123456789abcdef0123456789abcdef/endpoints/endpoint-12345",
          .query = "",
          .headers = {{"Accept-Encoding", "identity"}, {"User-Agent", "bench"}}};
}

std::string request_text(const signing::Outgoing& request, const signing::Headers& added) {
  std::string text = request.method + " " + request.path + " HTTP/1.1\r\nHost: " + request.host + "\r\n";
  for (const auto* headers : {&request.headers, &added}) {
    for (const auto& [name, value] : *headers) text += name + ": " + value + "\r\n";
  }
  return text + "\r\n";
}

http::Application application(access::Verifier& verifier, Handling handling) {
  return {[handling](const http::RequestHead&) { return http::Policy{.run = handling.run}; },
          [&verifier, handling](http::Request request) {
            http::Response response;
            if (handling.check == Check::kSignature && !verifier.verify(request)) response.status = 403;
            response.headers.add("Content-Type", "application/json");
            response.body = R"({"Id":"endpoint-12345","ChannelType":"EMAIL","Address":"a@example.com"})";
            return response;
          },
          [](int status, std::string_view, const http::RequestHead*) { return http::Response{status, {}, {}, {}, 0}; }};
}

std::vector<double> latencies_of_client(std::uint16_t port, const std::string& text, double end) {
  std::vector<double> out;
  http::RawClient client(port);
  for (double begin = monotonic_seconds(); begin < end; begin = monotonic_seconds()) {
    if (client.ask(text).status != 200) std::exit(1);
    out.push_back(monotonic_seconds() - begin);
  }
  return out;
}

Measured measure(access::Verifier& verifier, Handling handling, const std::string& text, const Load& load) {
  const SystemClock clock;
  http::ServerOptions options;
  options.port = 0;
  options.io_threads = load.io_threads;
  auto server = http::Server::start(options, application(verifier, handling), clock).value();
  std::vector<std::vector<double>> each(load.connections);
  std::vector<std::thread> clients;
  const double begin = monotonic_seconds();
  for (auto& latencies : each) {
    clients.emplace_back([&] { latencies = latencies_of_client(server->port(), text, begin + load.seconds); });
  }
  for (std::thread& client : clients) client.join();
  const double elapsed = monotonic_seconds() - begin;
  std::vector<double> all;
  for (const auto& latencies : each) all.insert(all.end(), latencies.begin(), latencies.end());
  std::ranges::sort(all);
  const auto at = [&all](double share) {
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))] * 1e3;
  };
  return {static_cast<double>(all.size()) / elapsed, at(0.5), at(0.99)};
}

double verifications_per_second(access::Verifier& verifier, const signing::Outgoing& outgoing,
                                const signing::Headers& added, double seconds) {
  http::Request request;
  request.head.method = outgoing.method;
  request.head.target = outgoing.path;
  request.head.headers.add("Host", outgoing.host);
  for (const auto* headers : {&outgoing.headers, &added}) {
    for (const auto& [name, value] : *headers) request.head.headers.add(name, value);
  }
  std::uint64_t count = 0;
  const double begin = monotonic_seconds();
  double elapsed = 0;
  while (elapsed < seconds) {
    for (int i = 0; i < 1'000; ++i, ++count) {
      if (!verifier.verify(request)) std::exit(1);
    }
    elapsed = monotonic_seconds() - begin;
  }
  return static_cast<double>(count) / elapsed;
}

int run(const Load& load) {
  const test::TemporaryDirectory directory;
  const SystemClock clock;
  auto database = sql::open_sqlite(directory.file("bench.db")).value();
  sql::migrate(*database, access::migrations()).value();
  auto keys = access::KeyStore::open(*database, directory.path(), clock).value();
  access::Verifier verifier(*keys, clock, directory.path());
  const access::NewKey key = keys->create("bench").value();
  const signing::Outgoing outgoing = get_endpoint();
  const signing::Headers added = signature_for(key, outgoing, clock.now());
  const std::string text = request_text(outgoing, added);

  fmt::print("{} connections, {} I/O thread(s), {} s each\n", load.connections, load.io_threads, load.seconds);
  fmt::print("{:<20} {:>9.0f} /s\n", "check alone", verifications_per_second(verifier, outgoing, added, load.seconds));
  const Measured plain = measure(verifier, {Run::kInline, Check::kNone}, text, load);
  const Measured checked = measure(verifier, {Run::kInline, Check::kSignature}, text, load);
  const Measured on_worker = measure(verifier, {Run::kWorker, Check::kSignature}, text, load);
  for (const auto& [name, run] :
       {std::pair{"inline", plain}, {"inline, signed", checked}, {"on a worker, signed", on_worker}}) {
    fmt::print("{:<20} {:>9.0f} /s  ratio {:.2f}  median {:.3f} ms  p99 {:.3f} ms\n", name, run.per_second,
               run.per_second / plain.per_second, run.median_ms, run.p99_ms);
  }
  return 0;
}

}  // namespace
}  // namespace rapport

int main(int count, char** arguments) {
  rapport::Load load;
  if (count > 1) load.seconds = std::atof(arguments[1]);
  if (count > 2) load.connections = static_cast<unsigned>(std::atoi(arguments[2]));
  if (count > 3) load.io_threads = static_cast<unsigned>(std::atoi(arguments[3]));
  return rapport::run(load);
}
