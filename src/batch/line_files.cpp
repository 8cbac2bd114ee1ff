#include "batch/line_files.h"

#include <fmt/format.h>

#include <vector>

#include "datasets/job_files.h"
#include "formats/gzip.h"
#include "formats/lines.h"
#include "learn/parallel.h"

namespace rapport::batch {
namespace {

constexpr std::string_view kCheckObject = "_CHECK";
constexpr std::string_view kInputComplaint = "Invalid S3 input path";
constexpr std::string_view kOutputComplaint = "Invalid S3 output path";
constexpr std::size_t kLinesAtOnce = 1024;

bool is_of_the_line(const Error& error) {
  return error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound;
}

Result<json::object> answer_line(const LineWork& work, const std::string& line) {
  const json::value document = TRY(json::parse(line));
  const json::object* question = document.if_object();
  if (question == nullptr) return fail(ErrorKind::kInvalid, "A line must be a JSON object");
  return work.answer(*question);
}

// Answers lines side by side and writes them in their order.
Status answer_lines(const LineWork& work, const std::vector<std::string>& lines, objects::Writer& out) {
  std::vector<Result<json::object>> answers(lines.size(), json::object());
  learn::parallel_for(learn::worker_count({}), lines.size(), {},
                      [&](std::size_t index, unsigned) { answers[index] = answer_line(work, lines[index]); });
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!answers[i] && !is_of_the_line(answers[i].error())) return std::unexpected(answers[i].error());
    text += work.write(lines[i], answers[i]);
    text += '\n';
  }
  return out.write(text);
}

Status answer_file(objects::Store& store, const objects::Location& from, const objects::Location& to,
                   const LineWork& work, const jobs::Context& context) {
  formats::LineReader reader(formats::gunzip(TRY(datasets::object_source(store, from))));
  const std::unique_ptr<objects::Writer> out =
      TRY(store.create(to, {.content_type = "application/json", .metadata = {}}));
  std::vector<std::string> lines;
  bool has_more = true;
  while (has_more) {
    if (context.should_stop()) return fail(ErrorKind::kUnavailable, "The batch job was interrupted");
    has_more = TRY(reader.next());
    if (has_more) lines.emplace_back(reader.line());
    if (lines.size() < kLinesAtOnce && has_more) continue;
    TRY(answer_lines(work, lines, *out));
    lines.clear();
  }
  TRY(out->commit());
  return {};
}

}  // namespace

Result<Places> places_of(const json::object& details) {
  const std::string input = datasets::path_in(details, "jobInput", "s3DataSource");
  const std::string output = datasets::path_in(details, "jobOutput", "s3DataDestination");
  Places places {
    .input = TRY(datasets::location_of(input, kInputComplaint, "jobInput"))
    , .output = TRY(datasets::folder_of(output, kOutputComplaint, "jobOutput"))
  };
  if (input != output) return places;
  return fail(ErrorKind::kInvalid, fmt::format("{}. It must differ from the input: {}", kOutputComplaint, output),
              "jobOutput");
}

Status answer_files(objects::Store& store, const Places& places, const LineWork& work, jobs::Context& context) {
  const auto checked =
      objects::write_object(store, {places.output.bucket, fmt::format("{}{}", places.output.key, kCheckObject)}, "");
  if (!checked && checked.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kInvalid,
                fmt::format("{}. There is no such bucket: {}", kOutputComplaint, places.output.bucket));
  }
  if (!checked) return std::unexpected(checked.error());
  const auto files = TRY(datasets::list_input(store, {.at = places.input, .complaint = kInputComplaint}));
  const std::string last = json::string_or(context.job().checkpoint, "last");
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& key = files[i].key;
    if (key <= last) continue;
    const std::string name = key.substr(key.rfind('/') + 1);
    TRY(answer_file(store, {places.input.bucket, key}, {places.output.bucket, places.output.key + name + ".out"}, work,
                    context));
    TRY(context.save({{"last", key}}, {{"share", static_cast<double>(i + 1) / static_cast<double>(files.size())}}));
  }
  return {};
}

std::string error_text(const Error& error) { return json::serialize(json::value("User error: " + error.message)); }

}  // namespace rapport::batch
