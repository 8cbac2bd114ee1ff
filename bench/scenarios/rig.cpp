#include "rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "base/file.h"
#include "base/text.h"

namespace rapport::bench {
namespace {

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK(::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(socket);
  return ntohs(address.sin_port);
}

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  CHECK(pipe != nullptr);
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output.push_back(static_cast<char>(c));
  CHECK(::pclose(pipe) == 0);
  return output;
}

json::object object_of(std::string_view text) {
  if (text.empty()) return {};
  auto parsed = json::parse(text);
  CHECK(parsed.has_value() && parsed->is_object());
  return parsed->as_object();
}

net::HttpRequest make_request(std::string method, std::string url, std::string body = {}) {
  net::HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.body = std::move(body);
  return request;
}

}  // namespace

void pause_ms(int milliseconds) { ::poll(nullptr, 0, milliseconds); }

void print_line(std::string_view name, double value, std::string_view unit, std::string_view note) {
  fmt::print("  {:<44} {:>10.{}f} {:<8} {}\n", name, value, value < 100 ? 2 : 0, unit, note);
  std::fflush(stdout);
}

Rig::Rig(const Scope& scope, const Environment& environment, Signatures signatures)
    : directory_(place_.file("data")), port_(free_port()), client_(clock_) {
  const auto key = object_of(output_of(fmt::format("{} keys create --data {}", scope.server, directory_)));
  keys_ = {json::string_or(key, "AccessKeyId"), json::string_or(key, "SecretAccessKey"), "us-east-1", ""};
  process_ = ::fork();
  CHECK(process_ >= 0);
  if (process_ == 0) {
    const std::string log = place_.file("log");
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    const std::string listen = fmt::format("127.0.0.1:{}", port_);
    const char* open = signatures == Signatures::kIgnored ? "--insecure-no-auth" : nullptr;
    ::execl(scope.server.c_str(), "rapport", "serve", "--data", directory_.c_str(), "--listen", listen.c_str(), open,
            nullptr);
    std::_Exit(127);
  }
  wait_for([&] {
    const auto answer = client_.send(make_request("GET", fmt::format("http://127.0.0.1:{}/readyz", port_)));
    return answer && answer->status == 200;
  });
}

Rig::~Rig() { stop(); }

void Rig::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

double Rig::processor_seconds() const {
  const std::string stat = read_file(fmt::format("/proc/{}/stat", process_)).value();
  const std::string rest = stat.substr(stat.rfind(')') + 2);
  const auto fields = split(rest, ' ');  // from the third, the state, on
  const auto ticks = parse_integer(fields[11]).value() + parse_integer(fields[12]).value();
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

const net::SigningKeys& Rig::keys(std::string_view service) {
  keys_.service = service;
  return keys_;
}

json::object Rig::send(net::HttpRequest request, std::string_view service) {
  request.url = fmt::format("http://127.0.0.1:{}{}", port_, request.url);
  request.timeout_ms = 120'000;
  request.sign = &keys(service);
  const auto answer = client_.send(request);
  if (!answer || answer->status >= 300) {
    fmt::print(stderr, "{} {}: {}\n", request.method, request.url, answer ? answer->body : answer.error().message);
    std::exit(1);
  }
  return service == "s3" ? json::object{} : object_of(answer->body);
}

json::object Rig::pinpoint(const std::string& method, const std::string& path, const json::value& body) {
  net::HttpRequest request = make_request(method, path);
  if (!body.is_null()) {
    request.headers = {{"Content-Type", "application/json"}};
    request.body = json::serialize(body);
  }
  return send(std::move(request), "mobiletargeting");
}

json::object Rig::personalize(const std::string& operation, const json::object& body) {
  net::HttpRequest request = make_request("POST", "/", json::serialize(body));
  request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", "AmazonPersonalize." + operation}};
  return send(std::move(request), "personalize");
}

void Rig::make_bucket(const std::string& bucket) { send(make_request("PUT", "/" + bucket), "s3"); }

void Rig::put(const std::string& bucket, const std::string& key, std::string bytes) {
  send(make_request("PUT", "/" + bucket + "/" + key, std::move(bytes)), "s3");
}

Imported import_endpoints(Rig& rig, std::int64_t count) {
  std::string csv =
      "Id,ChannelType,Address,OptOut,User.UserId,User.UserAttributes.Name,Attributes.Plan,Metrics.Visits\n";
  for (std::int64_t i = 0; i < count; ++i) {
    csv += fmt::format("e{},EMAIL,user{}@example.com,NONE,u{},Name {},plan{},{}\n", i, i, i, i, i % 7, i % 100);
  }
  rig.make_bucket("bench");
  rig.put("bench", "endpoints.csv", std::move(csv));
  Imported imported;
  imported.app = json::string_or(rig.pinpoint("POST", "/v1/apps", {{"Name", "bench"}}), "Id");
  const std::string jobs = "/v1/apps/" + imported.app + "/jobs/import";
  const double begin = monotonic_seconds();
  const double used = rig.processor_seconds();
  const auto job = rig.pinpoint("POST", jobs,
                                {{"Format", "CSV"},
                                 {"S3Url", "s3://bench/endpoints.csv"},
                                 {"RoleArn", "arn:aws:iam::000000000000:role/bench"},
                                 {"DefineSegment", true},
                                 {"RegisterEndpoints", true},
                                 {"SegmentName", "everyone"}});
  imported.segment = json::string_or(*json::find_object(job, "Definition"), "SegmentId");
  wait_for([&] {
    const std::string status =
        json::string_or(rig.pinpoint("GET", jobs + "/" + json::string_or(job, "Id")), "JobStatus");
    CHECK(status != "FAILED");
    return status == "COMPLETED";
  });
  imported.seconds = monotonic_seconds() - begin;
  imported.processor_seconds = rig.processor_seconds() - used;
  return imported;
}

}  // namespace rapport::bench
