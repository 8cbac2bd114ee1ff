#include "demo/loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "demo/learning.h"
#include "formats/csv.h"

namespace rapport::demo {
namespace {

constexpr std::string_view kRole = "arn:aws:iam::000000000000:role/rapport-demo";
constexpr std::string_view kSender = "hello@bingewatch.example";
constexpr double kWaitSecondsMax = 1800;
constexpr std::uint64_t kSegmentMin = 25;
constexpr std::uint64_t kSegmentMax = 500;

std::uint64_t number(const json::object& from, std::string_view name) {
  return static_cast<std::uint64_t>(json::find_integer(from, name).value_or(0));
}

std::string query_text(std::string_view value) {
  return "\"" + replace_all(replace_all(value, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

// The value of a KPI that is one row with one value; nothing when there is none.
std::string kpi_value(const json::object& kpi) {
  const json::object* result = json::find_object(kpi, "KpiResult");
  const json::array* rows = result == nullptr ? nullptr : json::find_array(*result, "Rows");
  if (rows == nullptr || rows->empty() || !rows->front().is_object()) return {};
  const json::array* values = json::find_array(rows->front().get_object(), "Values");
  if (values == nullptr || values->empty() || !values->front().is_object()) return {};
  return json::string_or(values->front().get_object(), "Value");
}

// The steps with the app: everything but the learning.
class Marketing {
 public:
  Marketing(Api& api, const DemoData& data, std::string suffix, Progress& progress)
      : api_(api), data_(data), suffix_(std::move(suffix)), progress_(progress) {}

  Status upload(LoopOutcome& outcome);
  Status import_endpoints(LoopOutcome& outcome);
  Status make_segment(const std::string& solution_arn, LoopOutcome& outcome);
  Status send_campaign(LoopOutcome& outcome);

 private:
  std::string app_path(std::string_view rest) const { return fmt::format("/v1/apps/{}{}", app_id_, rest); }
  Status read_segment_file(LoopOutcome& outcome);
  Status make_template(const std::string& name);

  Api& api_;
  const DemoData& data_;
  std::string suffix_;
  Progress& progress_;
  std::string app_id_;
  std::string segment_id_;
};

Status Marketing::upload(LoopOutcome& outcome) {
  progress_.begin("Uploading the files");
  outcome.bucket = "demo-" + suffix_;
  TRY(api_.make_bucket(outcome.bucket));
  std::vector<std::filesystem::path> files = {data_.interactions.path, data_.items.path, data_.endpoints};
  if (data_.users) files.push_back(data_.users->path);
  std::uint64_t bytes = 0;
  for (std::size_t k = 0; k < files.size(); ++k) {
    std::string content = TRY(read_file(files[k]));
    bytes += content.size();
    TRY(api_.put_object(outcome.bucket, files[k].filename().string(), std::move(content)));
    progress_.update(static_cast<double>(k + 1) / static_cast<double>(files.size()));
  }
  progress_.finish(
      fmt::format("{} files, {:.1f} MB in s3://{}", files.size(), static_cast<double>(bytes) / 1e6, outcome.bucket));
  return {};
}

Status Marketing::import_endpoints(LoopOutcome& outcome) {
  progress_.begin("Importing endpoints");
  const json::object app = TRY(api_.pinpoint("POST", "/v1/apps", {{"Name", "Bingewatch " + suffix_}}));
  app_id_ = outcome.app_id = json::string_or(app, "Id");
  TRY(api_.pinpoint("PUT", app_path("/channels/email"),
                    {{"FromAddress", kSender},
                     {"Identity", "arn:aws:ses:us-east-1:000000000000:identity/bingewatch.example"},
                     {"Enabled", true}}));
  const json::object job =
      TRY(api_.pinpoint("POST", app_path("/jobs/import"),
                        {{"Format", "JSON"},
                         {"RegisterEndpoints", true},
                         {"RoleArn", kRole},
                         {"S3Url", fmt::format("s3://{}/{}", outcome.bucket, data_.endpoints.filename().string())}}));
  const std::string path = app_path("/jobs/import/" + json::string_or(job, "Id"));
  json::object state;
  TRY(wait_until(
      [&]() -> Result<bool> {
        state = TRY(api_.pinpoint("GET", path));
        outcome.endpoints_imported = number(state, "TotalProcessed");
        progress_.update(static_cast<double>(outcome.endpoints_imported) / static_cast<double>(data_.user_count));
        const std::string status = json::string_or(state, "JobStatus");
        if (status == "FAILED") return fail(ErrorKind::kInternal, "The import failed: " + json::serialize(state));
        return status == "COMPLETED";
      },
      kWaitSecondsMax));
  progress_.finish(
      fmt::format("{} endpoints, {} failures", outcome.endpoints_imported, number(state, "TotalFailures")));
  return {};
}

Status Marketing::make_segment(const std::string& solution_arn, LoopOutcome& outcome) {
  progress_.begin(fmt::format("Finding who wants {}", data_.value));
  const std::uint64_t size = std::clamp(data_.user_count / 10, std::min(kSegmentMin, data_.user_count), kSegmentMax);
  const std::string path = fmt::format("/rapport/v1/apps/{}/predictive-segments", app_id_);
  const json::object made = TRY(api_.rapport(
      "POST", path,
      {{"Name", fmt::format("{} fans", data_.value)},
       {"SolutionArn", solution_arn},
       {"AttributeQuery", fmt::format("ITEMS.{} = {}", to_lower(data_.attribute), query_text(data_.value))},
       {"Size", size}}));
  json::object state;
  const std::string own_path = path + "/" + json::string_or(made, "Id");
  const std::vector<std::string> order = {"PENDING", "TRAINING", "INFERRING", "IMPORTING", "NOTIFYING", "READY"};
  TRY(wait_until(
      [&]() -> Result<bool> {
        state = TRY(api_.rapport("GET", own_path));
        const std::string now = json::string_or(state, "State");
        if (now == "FAILED") return fail(ErrorKind::kInternal, "The segment failed: " + json::serialize(state));
        const auto place = std::ranges::find(order, now) - order.begin();
        progress_.update(static_cast<double>(place) / static_cast<double>(order.size() - 1));
        return now == "READY";
      },
      kWaitSecondsMax));
  segment_id_ = json::string_or(state, "LatestSegmentId");
  outcome.segment_name = json::string_or(state, "LatestSegmentName");
  const json::object runs = TRY(api_.rapport("GET", own_path + "/runs"));
  const json::array* items = json::find_array(runs, "Item");
  if (items == nullptr || items->empty() || !items->front().is_object()) {
    return fail(ErrorKind::kInternal, "The segment has no run: " + json::serialize(runs));
  }
  outcome.segment_url = json::string_or(items->front().get_object(), "S3Url");
  TRY(read_segment_file(outcome));
  progress_.finish(fmt::format("segment {} of {} users", outcome.segment_name, outcome.user_ids.size()));
  return {};
}

Status Marketing::read_segment_file(LoopOutcome& outcome) {
  constexpr std::string_view kIdPrefix = "email-";
  const std::string file = TRY(api_.get_object(outcome.segment_url));
  formats::CsvReader reader(formats::text_source(file));
  TRY(reader.read_header());
  const auto id = reader.column("Id");
  if (!id) return fail(ErrorKind::kInternal, "The segment's file has no column Id: " + outcome.segment_url);
  while (TRY(reader.next())) {
    const std::string_view endpoint = reader.fields()[*id];
    if (endpoint.starts_with(kIdPrefix)) outcome.user_ids.emplace_back(endpoint.substr(kIdPrefix.size()));
  }
  return {};
}

Status Marketing::make_template(const std::string& name) {
  const std::string subject = fmt::format("{{{{User.UserAttributes.FirstName}}}}, {} for tonight", data_.value);
  TRY(api_.pinpoint(
      "POST", fmt::format("/v1/templates/{}/email", name),
      {{"Subject", subject},
       {"TextPart", fmt::format("Hello {{{{User.UserAttributes.FirstName}}}},\n\nnew on Bingewatch: {} films we think "
                                "you will like.\n",
                                data_.value)},
       {"HtmlPart", fmt::format("<p>Hello {{{{User.UserAttributes.FirstName}}}},</p><p>new on Bingewatch: <b>{}</b> "
                                "films we think you will like.</p>",
                                data_.value)},
       {"DefaultSubstitutions", R"({"User":{"UserAttributes":{"FirstName":"film lover"}}})"}}));
  return {};
}

Status Marketing::send_campaign(LoopOutcome& outcome) {
  progress_.begin("Sending the campaign");
  const std::string name = "tonight-" + suffix_;
  TRY(make_template(name));
  const json::object campaign = TRY(api_.pinpoint("POST", app_path("/campaigns"),
                                                  {{"Name", fmt::format("{} tonight", data_.value)},
                                                   {"SegmentId", segment_id_},
                                                   {"SegmentVersion", 1},
                                                   {"Schedule", {{"StartTime", "IMMEDIATE"}, {"Frequency", "ONCE"}}},
                                                   {"TemplateConfiguration", {{"EmailTemplate", {{"Name", name}}}}}}));
  const std::string path = app_path("/campaigns/" + json::string_or(campaign, "Id"));
  TRY(wait_until(
      [&]() -> Result<bool> {
        const json::object activities = TRY(api_.pinpoint("GET", path + "/activities"));
        const json::array* items = json::find_array(activities, "Item");
        if (items == nullptr || items->empty() || !items->front().is_object()) return false;
        const json::object& activity = items->front().get_object();
        outcome.messages_attempted = number(activity, "TotalEndpointCount");
        outcome.messages_successful = number(activity, "SuccessfulEndpointCount");
        progress_.update(static_cast<double>(outcome.messages_successful) /
                         static_cast<double>(std::max<std::size_t>(1, outcome.user_ids.size())));
        if (json::string_or(activity, "Result") == "FAIL") {
          return fail(ErrorKind::kInternal, "The campaign failed: " + json::serialize(activity));
        }
        return json::string_or(activity, "State") == "COMPLETED";
      },
      kWaitSecondsMax));
  outcome.unique_deliveries = kpi_value(TRY(api_.pinpoint("GET", path + "/kpis/daterange/unique-deliveries")));
  progress_.finish(fmt::format("{} of {} messages delivered", outcome.messages_successful, outcome.messages_attempted));
  return {};
}

}  // namespace

Result<LoopOutcome> run_loop(Api& api, const DemoData& data, const std::string& suffix, Progress& progress) {
  LoopOutcome outcome;
  Marketing marketing(api, data, suffix, progress);
  TRY(marketing.upload(outcome));
  TRY(marketing.import_endpoints(outcome));
  Learning learning(api, data, suffix, outcome.bucket, progress);
  TRY(learning.import_tables());
  const TrainedSolution solution = TRY(learning.train());
  outcome.training_seconds = solution.training_seconds;
  outcome.coverage = solution.coverage;
  outcome.hits_at_1_percent = solution.hits_at_1_percent;
  outcome.recall_at_1_percent = solution.recall_at_1_percent;
  TRY(marketing.make_segment(solution.arn, outcome));
  TRY(marketing.send_campaign(outcome));
  return outcome;
}

}  // namespace rapport::demo
