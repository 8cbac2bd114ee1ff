// Messages a second: rendered, written as MIME, kept in the outbox, handed to an SMTP server. Each figure stands beside
// the plain way of doing the same, measured in the same run.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "channels/outbox.h"
#include "channels/outgoing.h"
#include "channels/smtp_channel.h"
#include "messages/composition.h"
#include "messages/template.h"
#include "testing/mail_peers.h"
#include "testing/temporary_directory.h"

namespace rapport {
namespace {

constexpr std::size_t kBatch = 1000;
constexpr std::size_t kThreads = 2;

constexpr std::string_view kSimple = "Hi {{User.UserAttributes.FirstName}}, congratulations on your new record!";

messages::Composition composition() {
  std::string html = "<html><body><h1>Hello {{User.UserAttributes.FirstName}}</h1><ul>";
  for (int i = 0; i < 20; ++i) html += "<li>A film that everybody liked, told in one line of text</li>\n";
  html += "</ul>{{#each Attributes.Genres}}<b>{{this}}</b>{{/each}}</body></html>\n";
  const json::object content{
      {"Subject", "Action films for {{User.UserAttributes.FirstName}}"},
      {"HtmlPart", html},
      {"TextPart", "Hello {{User.UserAttributes.FirstName}},\nwe have new films for you: {{Attributes.Genres}}.\n"},
      {"Headers", {{{"Name", "List-Unsubscribe"}, {"Value", "<https://bingewatch.example/u/{{Id}}>"}}}}};
  return messages::Composition::compile({}, {{"EmailTemplate", content}}).value();
}

json::object endpoint(std::size_t number) {
  return {{"Id", fmt::format("endpoint-{}", number)},
          {"Address", fmt::format("user{}@example.com", number)},
          {"Attributes", {{"Genres", json::array{"Action", "Drama"}}}},
          {"User", {{"UserId", std::to_string(number)}, {"UserAttributes", {{"FirstName", json::array{"Ana"}}}}}}};
}

channels::Outgoing outgoing(const messages::Composition& compiled, std::size_t number, std::string_view run) {
  channels::Outgoing message;
  message.id = fmt::format("{}-{}", run, number);
  message.app_id = "app";
  message.channel = "EMAIL";
  message.origin.campaign_id = "campaign";
  message.endpoint_id = fmt::format("endpoint-{}", number);
  message.to = fmt::format("user{}@example.com", number);
  const Timestamp now = SystemClock().now();
  auto email = std::get<messages::Email>(compiled.render("EMAIL", endpoint(number), now).value().value());
  email.from = "Bingewatch <news@bingewatch.example>";
  email.to = message.to;
  email.message_id = message.id + "@bingewatch.example";
  email.date = now;
  message.content = std::move(email);
  return message;
}

double per_second(std::size_t count, const std::function<void()>& work) {
  const double start = monotonic_seconds();
  work();
  return static_cast<double>(count) / (monotonic_seconds() - start);
}

void report(std::string_view what, double rate, std::string_view other, double other_rate) {
  fmt::print("{:<48}{:>10.0f}/s   {:<36}{:>10.0f}/s   x{:.1f}\n", what, rate, other, other_rate, rate / other_rate);
  std::fflush(stdout);
}

void measure_rendering() {
  constexpr std::size_t kCount = 500'000;
  const json::object data = endpoint(1);
  const auto compiled = messages::Template::compile(kSimple, messages::Escaping::kHtml).value();
  std::string out;
  const double once = per_second(kCount, [&] {
    for (std::size_t i = 0; i < kCount; ++i) {
      out.clear();
      CHECK(compiled.render({.endpoint = data}, out));
    }
  });
  const double each = per_second(kCount / 10, [&] {
    for (std::size_t i = 0; i < kCount / 10; ++i) {
      CHECK(messages::Template::compile(kSimple, messages::Escaping::kHtml)->render({.endpoint = data}));
    }
  });
  report("render a simple template, 1 core", once, "compile it for each message", each);
}

void measure_mime(const messages::Composition& compiled) {
  constexpr std::size_t kCount = 50'000;
  const channels::Outgoing message = outgoing(compiled, 1, "m");
  std::size_t bytes = 0;
  const double mime = per_second(kCount, [&] {
    for (std::size_t i = 0; i < kCount; ++i) bytes += channels::to_mime(message)->size();
  });
  const double both = per_second(kCount, [&] {
    for (std::size_t i = 0; i < kCount; ++i) bytes += channels::to_mime(outgoing(compiled, i, "m"))->size();
  });
  report(fmt::format("write {} bytes of MIME, 1 core", bytes / kCount / 2), mime, "render it as well", both);
}

// Sends `count` messages from kThreads threads in batches.
void send_all(channels::Channel& channel, const messages::Composition& compiled, std::size_t count,
              std::string_view run) {
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t start = t * kBatch; start < count; start += kThreads * kBatch) {
        std::vector<channels::Outgoing> batch;
        for (std::size_t i = start; i < std::min(start + kBatch, count); ++i) {
          batch.push_back(outgoing(compiled, i, run));
        }
        for (const channels::Receipt& receipt : channel.send(batch)) {
          CHECK(receipt.outcome == channels::Outcome::kDelivered);
        }
      }
    });
  }
}

void write_synced(const std::filesystem::path& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  CHECK(file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  CHECK(::fsync(file) == 0);
  ::close(file);
}

void measure_outbox(const messages::Composition& compiled, const std::filesystem::path& directory) {
  constexpr std::size_t kCount = 60'000;
  constexpr std::size_t kFewer = 300;
  const SystemClock clock;
  const auto outbox = channels::open_outbox(directory / "outbox", clock).value();
  const double batched = per_second(kCount, [&] { send_all(*outbox, compiled, kCount, "o"); });
  const double single = per_second(kFewer, [&] {
    for (std::size_t i = 0; i < kFewer; ++i) {
      const std::string mime = channels::to_mime(outgoing(compiled, i, "f")).value();
      write_synced(directory / fmt::format("f{}.eml", i), mime);
    }
  });
  report(fmt::format("render, write, keep durably, {} threads", kThreads), batched, "one fsync a message, 1 thread",
         single);
}

void measure_smtp(const messages::Composition& compiled) {
  constexpr std::size_t kCount = 20'000;
  constexpr std::size_t kFewer = 2'000;
  const test::SmtpSink sink;
  channels::SmtpChannelOptions options;
  options.server.host = "127.0.0.1";
  options.server.port = sink.port();
  options.server.security = net::SmtpOptions::Security::kNone;
  const auto channel = channels::make_smtp_channel(options);
  const double kept = per_second(kCount, [&] { send_all(*channel, compiled, kCount, "s"); });
  const double fresh = per_second(kFewer, [&] {
    for (std::size_t i = 0; i < kFewer; ++i) {
      const channels::Outgoing message = outgoing(compiled, i, "n");
      net::SmtpClient client(options.server);
      const auto sent = client.send("news@bingewatch.example", message.to, channels::to_mime(message).value());
      CHECK(sent.state == net::SmtpOutcome::State::kAccepted);
    }
  });
  report(fmt::format("render, write, send to smtp-sink, {} connections", options.connections), kept,
         "one connection a message", fresh);
}

}  // namespace
}  // namespace rapport

// The directory to write to may be given: the file system decides the outbox's rate.
int main(int count, char** arguments) {
  const rapport::test::TemporaryDirectory temporary;
  const std::filesystem::path directory =
      count > 1 ? std::filesystem::path(arguments[1]) / "bench-channels" : temporary.path();
  std::filesystem::create_directories(directory);
  const auto compiled = rapport::composition();
  rapport::measure_rendering();
  rapport::measure_mime(compiled);
  rapport::measure_outbox(compiled, directory);
  rapport::measure_smtp(compiled);
  std::filesystem::remove_all(directory);
  return EXIT_SUCCESS;
}
