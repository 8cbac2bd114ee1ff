#include "training/auto_training.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "training/model_update.h"
#include "training/training.h"

namespace rapport::training {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr std::string_view kScheduleJob = "rapport.scheduleJob";  // of our own in a solution's details
constexpr std::int64_t kDefaultDays = 7;
constexpr std::int64_t kDaysMax = 30;
constexpr std::int64_t kMicrosToFirst = 3600 * kMicrosPerSecond;

bool is_automatic(const Resource& solution) {
  return json::find_bool(solution.details, "performAutoTraining").value_or(false);
}

// The next run of the schedule; runs of an older schedule of the solution find themselves outdated.
Status submit_next(sql::Session& session, Training& training, Resource& solution, std::int64_t micros) {
  jobs::Queue& queue = training.datasets().queue();
  const std::string id = random_id();
  solution.details[kScheduleJob] = id;
  TRY(queue.submit(session, {.kind = std::string(kAutoTrainJob),
                             .owner = solution.arn,
                             .input = {{"arn", solution.arn}, {"since", queue.clock().now().seconds()}},
                             .id = id,
                             .not_before = queue.clock().now() + micros}));
  return {};
}

// Whether somebody began a version since the schedule's last run, or one is in training.
Result<bool> is_trained_since(sql::Session& session, datasets::Catalog& catalog, const Resource& solution,
                              double since) {
  for (const Resource& version : TRY(catalog.children(session, ResourceKind::kSolutionVersion, solution.arn))) {
    const bool manual = json::string_or(version.details, "trainingType") != "AUTOMATIC";
    if (manual && version.created.seconds() >= since) return true;
    if (datasets::is_being_created(version.status)) return true;
  }
  return false;
}

}  // namespace

Result<std::int64_t> training_days(const json::object& details) {
  const json::object* config = json::find_object(details, "solutionConfig");
  const json::object* schedule = config == nullptr ? nullptr : json::find_object(*config, "autoTrainingConfig");
  const std::string text = schedule == nullptr ? "" : json::string_or(*schedule, "schedulingExpression");
  if (text.empty()) return kDefaultDays;
  std::string_view rest = text;
  const bool opened = rest.starts_with("rate(") && rest.ends_with(")");
  if (opened) rest = rest.substr(5, rest.size() - 6);
  const std::size_t blank = rest.find(' ');
  const auto days = parse_integer(rest.substr(0, blank));
  const std::string_view unit = blank == std::string_view::npos ? "" : rest.substr(blank + 1);
  if (opened && days && *days >= 1 && *days <= kDaysMax && (unit == "day" || unit == "days")) return *days;
  return fail(ErrorKind::kInvalid,
              fmt::format("schedulingExpression must be rate(1 day) to rate(30 days), not {}", text),
              "schedulingExpression");
}

Status schedule_training(sql::Session& session, Training& training, Resource& solution) {
  solution.details.erase(kScheduleJob);
  if (!is_automatic(solution)) return {};
  TRY(training_days(solution.details));
  return submit_next(session, training, solution, kMicrosToFirst);
}

Status run_auto_train(Training& training, jobs::Context& context) {
  datasets::Catalog& catalog = training.datasets().catalog();
  const std::string arn = json::string_or(context.job().input, "arn");
  bool due = false;
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    due = false;
    Result<Resource> solution = catalog.get(session, ResourceKind::kSolution, arn);
    if (!solution && solution.error().kind == ErrorKind::kNotFound) return {};
    if (!solution) return std::unexpected(solution.error());
    const bool current = json::string_or(solution->details, kScheduleJob) == context.job().id;
    if (!current || !is_automatic(*solution)) return {};
    const double since = json::find_number(context.job().input, "since").value_or(0);
    due = !TRY(is_trained_since(session, catalog, *solution, since));
    TRY(submit_next(session, training, *solution, TRY(training_days(solution->details)) * kMicrosPerDay));
    return catalog.update(session, *solution);
  }));
  if (!due) return {};
  const auto version = training.create_version({.solution_arn = arn, .training_type = TrainingType::kAutomatic});
  if (!version) log_warning("training", "Cannot begin the scheduled training of {}: {}", arn, version.error().message);
  return {};
}

}  // namespace rapport::training
