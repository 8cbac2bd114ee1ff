#include "training/segment_job.h"

#include <fmt/format.h>

#include "base/log.h"
#include "datasets/job_files.h"
#include "datasets/resource_job.h"
#include "formats/gzip.h"
#include "formats/lines.h"

namespace rapport::training {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr std::string_view kCheckObject = "_CHECK";
constexpr std::string_view kInputPathText = "Invalid S3 input path";
constexpr std::string_view kOutputPathText = "Invalid S3 output path";

struct Segmentation {
  Resource resource;
  objects::Location input;
  objects::Location output;  // its key is empty or ends in '/'
  InferenceLimits limits;
};

std::string path_in(const json::object& details, std::string_view outer, std::string_view inner) {
  const json::object* side = json::find_object(details, outer);
  const json::object* place = side == nullptr ? nullptr : json::find_object(*side, inner);
  return place == nullptr ? "" : json::string_or(*place, "path");
}

Result<Segmentation> read_segmentation(Resource resource) {
  Segmentation segmentation;
  const std::string input = path_in(resource.details, "jobInput", "s3DataSource");
  const std::string output = path_in(resource.details, "jobOutput", "s3DataDestination");
  segmentation.input = TRY(datasets::location_of(input, kInputPathText, "jobInput"));
  segmentation.output = TRY(datasets::folder_of(output, kOutputPathText, "jobOutput"));
  const auto most = json::find_integer(resource.details, "numResults").value_or(InferenceLimits{}.users_max);
  segmentation.limits.users_max = static_cast<std::size_t>(most);
  segmentation.resource = std::move(resource);
  return segmentation;
}

Result<std::optional<Segmentation>> begin(Training& training, const jobs::Job& job) {
  auto resource = TRY(datasets::begin_job(training.datasets().catalog(), ResourceKind::kBatchSegmentJob, job));
  if (!resource) return std::nullopt;
  return read_segmentation(std::move(*resource));
}

std::string_view file_name(std::string_view key) { return key.substr(key.rfind('/') + 1); }

// The answer to one line of input; an error is of that line alone.
Result<std::vector<ScoredUser>> answer(Training& training, const Segmentation& segmentation, std::string_view line) {
  const json::value document = TRY(json::parse(line));
  const json::object* query = document.if_object();
  const auto item = query == nullptr ? std::nullopt : json::find_string(*query, "itemId");
  const auto attributes = query == nullptr ? std::nullopt : json::find_string(*query, "itemAttributes");
  const std::string& version = segmentation.resource.parent;
  if (item) return training.infer_users_of_item(version, *item, segmentation.limits);
  if (attributes) return training.infer_users(version, *attributes, segmentation.limits);
  return fail(ErrorKind::kInvalid, "Required fields for the provided recipe are itemId or itemAttributes");
}

bool is_of_the_line(const Error& error) {
  return error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound;
}

Status answer_file(Training& training, const Segmentation& segmentation, const std::string& key,
                   const jobs::Context& context) {
  objects::Store& store = training.datasets().store();
  formats::LineReader lines(formats::gunzip(TRY(datasets::object_source(store, {segmentation.input.bucket, key}))));
  const objects::Location target{segmentation.output.bucket,
                                 fmt::format("{}{}.out", segmentation.output.key, file_name(key))};
  const std::unique_ptr<objects::Writer> out =
      TRY(store.create(target, {.content_type = "application/json", .metadata = {}}));
  while (TRY(lines.next())) {
    if (context.should_stop()) return fail(ErrorKind::kUnavailable, "The batch segment job was interrupted");
    Result<std::vector<ScoredUser>> users = answer(training, segmentation, lines.line());
    if (!users && !is_of_the_line(users.error())) return std::unexpected(users.error());
    TRY(out->write(segment_line(lines.line(), users)));
    TRY(out->write("\n"));
  }
  TRY(out->commit());
  return {};
}

Status finish(Training& training, Resource resource, jobs::Context& context) {
  datasets::Catalog& catalog = training.datasets().catalog();
  return catalog.database().write([&](sql::Session& session) -> Status {
    resource.status = datasets::kActive;
    TRY(catalog.update(session, resource));
    return context.save(session, context.job().checkpoint, {{"share", 1.0}});
  });
}

std::string quoted(std::string_view text) { return json::serialize(json::value(text)); }

// `{"a": "b", "c": "d"}`, with blanks as the real files have them.
std::string spaced(const json::object& document) {
  std::string text = "{";
  for (const auto& [name, value] : document) {
    if (text.size() > 1) text += ", ";
    text += fmt::format("{}: {}", quoted(std::string_view(name)), json::serialize(value));
  }
  return text + "}";
}

}  // namespace

std::string segment_line(std::string_view input, const Result<std::vector<ScoredUser>>& users) {
  const Result<json::value> document = json::parse(input);
  const std::string shown = document && document->is_object() ? spaced(document->get_object()) : quoted(input);
  std::string list = "[";
  if (users) {
    for (const ScoredUser& user : *users) {
      if (list.size() > 1) list += ", ";
      list += quoted(user.user_id);
    }
  }
  list += "]";
  const std::string error = users ? "null" : quoted("User error: " + users.error().message);
  return fmt::format(R"({{"input": {}, "output": {{"usersList": {}, "recommendedUsers": {}}}, "error": {}}})", shown,
                     list, list, error);
}

Result<Resource> Training::create_segment_job(const NewSegmentJob& job) {
  constexpr std::int64_t kResultsMax = 5'000'000;
  if (job.results_max < 1 || job.results_max > kResultsMax) {
    return fail(ErrorKind::kInvalid,
                fmt::format("numResults must be from 1 to {}, not {}", kResultsMax, job.results_max), "numResults");
  }
  if (json::find(job.details, "filterArn") != nullptr) {
    return fail(ErrorKind::kInvalid, "This server has no filters yet; leave filterArn out", "filterArn");
  }
  Resource resource{
      .kind = ResourceKind::kBatchSegmentJob, .name = job.name, .parent = job.version_arn, .details = job.details};
  resource.details["numResults"] = job.results_max;
  resource.details["jobInput"] = {{"s3DataSource", {{"path", job.input}}}};
  resource.details["jobOutput"] = {{"s3DataDestination", {{"path", job.output}}}};
  TRY(read_segmentation(resource));
  if (job.input == job.output) {
    return fail(ErrorKind::kInvalid, fmt::format("{}. It must differ from the input: {}", kOutputPathText, job.output),
                "jobOutput");
  }
  const auto require_active = [](sql::Session&, const Resource& version) -> Status {
    if (version.status == datasets::kActive) return {};
    return fail(ErrorKind::kConflict, fmt::format("The solution version must be ACTIVE, it is {}", version.status));
  };
  resource = TRY(datasets::create_with_job(datasets_.catalog(), datasets_.queue(),
                                           {.resource = std::move(resource),
                                            .parent_kind = ResourceKind::kSolutionVersion,
                                            .job_kind = kSegmentJob,
                                            .tags = job.tags,
                                            .check = require_active}));
  datasets_.queue().wake();
  return resource;
}

Status run_segments(Training& training, jobs::Context& context) {
  const std::optional<Segmentation> segmentation = TRY(begin(training, context.job()));
  if (!segmentation) return {};
  objects::Store& store = training.datasets().store();
  const objects::Location check{segmentation->output.bucket,
                                fmt::format("{}{}", segmentation->output.key, kCheckObject)};
  const Result<objects::ObjectInfo> checked = objects::write_object(store, check, "");
  if (!checked && checked.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kInvalid, fmt::format("{}. There is no such bucket: {}", kOutputPathText, check.bucket));
  }
  if (!checked) return std::unexpected(checked.error());
  const auto files = TRY(datasets::list_input(store, {.at = segmentation->input, .complaint = kInputPathText}));
  const std::string last = json::string_or(context.job().checkpoint, "last");
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].key <= last) continue;
    TRY(answer_file(training, *segmentation, files[i].key, context));
    const double share = static_cast<double>(i + 1) / static_cast<double>(files.size());
    TRY(context.save({{"last", files[i].key}}, {{"share", share}}));
  }
  TRY(finish(training, segmentation->resource, context));
  log_info("training", "Answered {} files of {}", files.size(), segmentation->resource.arn);
  return {};
}

}  // namespace rapport::training
