// E-mails rendered a second on one thread: 2 KB of HTML with ten variables, beside Handlebars.js with the same template
// and the same person, in the same run.

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/clock.h"
#include "base/text.h"
#include "messages/composition.h"
#include "messages/template.h"
#include "testing/temporary_directory.h"

namespace rapport {
namespace {

constexpr std::string_view kVariables[] = {"User.UserAttributes.FirstName",
                                           "User.UserAttributes.LastName",
                                           "User.UserId",
                                           "Location.City",
                                           "Location.Country",
                                           "Demographic.AppVersion",
                                           "Attributes.Team.[0]",
                                           "Attributes.Genres.[0]",
                                           "Metrics.Visits",
                                           "Attributes.Genres.[1]"};
constexpr std::string_view kPerson = R"({"Id":"endpoint-1","Address":"ana@example.com","ChannelType":"EMAIL",
    "Attributes":{"Team":["Lions"],"Genres":["Action","Drama"]},"Metrics":{"Visits":12.0},
    "Location":{"City":"Los Angeles","Country":"US"},"Demographic":{"AppVersion":"1.2.3","Locale":"en_US"},
    "User":{"UserId":"u-1","UserAttributes":{"FirstName":["Ana"],"LastName":["Silva & Sons"]}}})";

// Ten paragraphs of about 200 bytes with one variable each.
std::string html() {
  std::string text;
  for (const std::string_view variable : kVariables) {
    text += "<p>";
    for (int i = 0; i < 6; ++i) text += "told in a line of text ";
    text += fmt::format("{{{{{}}}}} and on to the end of a paragraph</p>\n", variable);
  }
  return text;
}

// How often the work is done a second; it is done for about two seconds.
template <class Work>
double per_second(const Work& work) {
  constexpr std::size_t kBatch = 1000;
  std::size_t count = 0;
  const double start = monotonic_seconds();
  double seconds = 0;
  for (; seconds < 2; seconds = monotonic_seconds() - start, count += kBatch) {
    for (std::size_t i = 0; i < kBatch; ++i) work();
  }
  return static_cast<double>(count) / seconds;
}

// Handlebars.js's rate; 0 when it is not there.
double handlebars_rate(std::string_view source) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("template.json");
  std::ofstream(file) << json::serialize(json::object{{"source", source}, {"person", json::parse(kPerson).value()}});
  const std::string command = fmt::format("node {}/templates/render.js {}", RAPPORT_BENCH_SOURCE_DIRECTORY, file);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(::popen(command.c_str(), "r"), &::pclose);
  std::array<char, 64> line{};
  if (output == nullptr || std::fgets(line.data(), line.size(), output.get()) == nullptr) return 0;
  return parse_double(trim(line.data())).value_or(0);
}

void report(std::string_view what, double rate, double other) {
  fmt::print("{:<44}{:>10.0f}/s   Handlebars.js {:>9.0f}/s   x{:.1f}\n", what, rate, other,
             other > 0 ? rate / other : 0);
  std::fflush(stdout);
}

void measure(std::string_view what, const std::string& source) {
  const json::object person = json::parse(kPerson).value().as_object();
  const auto compiled = messages::Template::compile(source, messages::Escaping::kHtml).value();
  std::string out;
  const double rate = per_second([&] {
    out.clear();
    CHECK(compiled.render({.endpoint = person}, out));
  });
  report(what, rate, handlebars_rate(source));
}

void measure_composition(const std::string& source) {
  const json::object person = json::parse(kPerson).value().as_object();
  const auto composition =
      messages::Composition::compile(
          {{"EmailMessage", {{"Title", "For {{User.UserAttributes.FirstName}}"}, {"HtmlBody", source}}}})
          .value();
  const double rate = per_second([&] { CHECK(composition.render("EMAIL", person, Timestamp{})); });
  fmt::print("{:<44}{:>10.0f}/s\n", "a whole message of it, with its subject", rate);
}

}  // namespace
}  // namespace rapport

int main() {
  const std::string mail = rapport::html();
  fmt::print("{} bytes of HTML, {} variables\n", mail.size(), std::size(rapport::kVariables));
  rapport::measure("an e-mail with variables", mail);
  rapport::measure(
      "an e-mail with conditions and a list",
      mail + "{{#if User.UserId}}<b>{{User.UserId}}</b>{{/if}}{{#each Attributes.Genres}}<i>{{this}}</i>{{/each}}");
  rapport::measure_composition(mail);
}
