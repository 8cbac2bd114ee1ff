// Messages of a campaign to the outbox and over SMTP.

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>

#include "base/check.h"
#include "rig.h"
#include "testing/mail_peers.h"

namespace rapport::bench {
namespace {

constexpr std::int64_t kToOutbox = 40'000;
constexpr std::int64_t kOverSmtp = 10'000;

// Prints and returns the messages per second of one campaign to `count` endpoints, from CreateCampaign to COMPLETED.
double campaign_rate(const Scope& scope, const Environment& environment, std::int64_t count, std::string_view where) {
  Rig rig(scope, environment);
  const Imported imported = import_endpoints(rig, count);
  const std::string app = "/v1/apps/" + imported.app;
  rig.pinpoint("PUT", app + "/channels/email",
               {{"Enabled", true},
                {"FromAddress", "news@example.com"},
                {"Identity", "arn:aws:ses:us-east-1:000000000000:identity/example.com"}});
  const double begin = monotonic_seconds();
  const double used = rig.processor_seconds();
  const auto campaign = rig.pinpoint(
      "POST", app + "/campaigns",
      {{"Name", "bench"},
       {"SegmentId", imported.segment},
       {"Schedule", {{"StartTime", "IMMEDIATE"}}},
       {"MessageConfiguration",
        {{"EmailMessage",
          {{"Title", "News for {{User.UserAttributes.Name}}"},
           {"HtmlBody", "<h1>Hello {{User.UserAttributes.Name}}</h1><p>Your plan is {{Attributes.Plan}}.</p>"},
           {"Body", "Hello {{User.UserAttributes.Name}}, your plan is {{Attributes.Plan}}."}}}}}});
  const std::string activities = app + "/campaigns/" + json::string_or(campaign, "Id") + "/activities";
  json::object run;
  wait_for([&] {
    run = rig.pinpoint("GET", activities).at("Item").as_array().at(0).as_object();
    return json::string_or(run, "State") == "COMPLETED";
  });
  const double elapsed = monotonic_seconds() - begin;
  CHECK(json::find_integer(run, "SuccessfulEndpointCount") == count);
  const auto messages = static_cast<double>(count);
  print_line(fmt::format("messages {}, {}", where, count), messages / elapsed, "/s",
             fmt::format("server {:.0f} us of processor each", (rig.processor_seconds() - used) / messages * 1e6));
  return messages / elapsed;
}

// Postfix's own generator to the same kind of sink, over as many connections.
double smtp_source_rate(std::uint16_t port, std::int64_t count) {
  const double begin = monotonic_seconds();
  const std::string command = fmt::format("/usr/sbin/smtp-source -s 4 -d -l 700 -m {} inet:127.0.0.1:{}", count, port);
  CHECK(std::system(command.c_str()) == 0);
  return static_cast<double>(count) / (monotonic_seconds() - begin);
}

}  // namespace

void measure_messages(const Scope& scope) {
  fmt::print("messages\n");
  const std::int64_t count = kToOutbox * scope.scale;
  const double outbox = campaign_rate(scope, {}, count, "to the outbox");
  const double nowhere = campaign_rate(scope, {{"RAPPORT_EMAIL_PROVIDER", "null"}}, count, "to nowhere");
  print_line("outbox / nowhere", outbox / nowhere, "", "durable; aim 20,000 /s to the outbox");
  const test::SmtpSink sink;
  const std::string url = fmt::format("smtp://127.0.0.1:{}", sink.port());
  const Environment smtp = {{"RAPPORT_EMAIL_PROVIDER", "smtp"}, {"RAPPORT_EMAIL_SMTP_URL", url}};
  const double sent = campaign_rate(scope, smtp, kOverSmtp * scope.scale, "over SMTP to smtp-sink");
  const double source = smtp_source_rate(sink.port(), kOverSmtp * scope.scale);
  print_line("messages of Postfix's smtp-source", source, "/s", "the same sink, 4 connections");
  print_line("campaign / smtp-source", sent / source, "");
}

}  // namespace rapport::bench
