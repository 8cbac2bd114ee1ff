// Batch segments: {"itemAttributes": "ITEMS.genres = \"Comedy\""} ->
// {"input": {...}, "output": {"usersList": [...], "recommendedUsers": [...]}, "error": null}

#include <fmt/format.h>

#include "base/log.h"
#include "batch/jobs_of_lines.h"
#include "batch/line_files.h"
#include "datasets/resource_job.h"

namespace rapport::batch {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

// The users that a filter leaves of a segment.
class UserFilter {
 public:
  static Result<UserFilter> open(const Collaborators& with, const Resource& job) {
    UserFilter opened;
    const std::string arn = json::string_or(job.details, "filterArn");
    if (arn.empty()) return opened;
    const Resource version = TRY(with.training.datasets().catalog().get(ResourceKind::kSolutionVersion, job.parent));
    const std::string group = json::string_or(version.details, "datasetGroupArn");
    opened.filter_ = TRY(with.filters.get(arn, group));
    opened.features_ = &with.features;
    opened.group_ = group;
    return opened;
  }

  bool is_open() const { return filter_.has_value(); }

  // The first `most` of the users, who come by falling affinity, that the filter admits.
  Status apply(const json::object& question, std::size_t most, std::vector<training::ScoredUser>& users) const {
    filters::Parameters values;
    if (const json::object* given = json::find_object(question, "filterValues")) {
      for (const auto& [name, value] : *given) {
        values[std::string(json::view(name))] = json::string_or(*given, json::view(name));
      }
    }
    const auto view = TRY(features_->view(group_));
    const filters::Admission admission = TRY(filter_->bind(*view, {}, values));
    std::erase_if(users, [&](const training::ScoredUser& user) { return !admission.admits(user.user_id); });
    if (users.size() > most) users.resize(most);
    return {};
  }

 private:
  std::optional<filters::Filter> filter_;
  feature_store::FeatureStore* features_ = nullptr;
  std::string group_;
};

Result<std::vector<training::ScoredUser>> infer(training::Training& training, const Resource& job,
                                                const json::object& question, std::size_t most) {
  const auto item = json::find_string(question, "itemId");
  const auto attributes = json::find_string(question, "itemAttributes");
  const training::InferenceLimits limits{.users_max = most};
  if (item) return training.infer_users_of_item(job.parent, *item, limits);
  if (attributes) return training.infer_users(job.parent, *attributes, limits);
  return fail(ErrorKind::kInvalid, "Required fields for the provided recipe are itemId or itemAttributes");
}

json::object output_of(const std::vector<training::ScoredUser>& users) {
  json::array list;
  for (const training::ScoredUser& user : users) list.emplace_back(user.user_id);
  return {{"usersList", list}, {"recommendedUsers", std::move(list)}};
}

// `{"a": "b", "c": "d"}`, with blanks as the real files have them.
std::string spaced(const json::value& value) {
  std::string text;
  if (const json::object* document = value.if_object()) {
    for (const auto& [name, member] : *document) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", json::serialize(json::value(name)), spaced(member));
    }
    return "{" + text + "}";
  }
  if (const json::array* list = value.if_array()) {
    for (const json::value& element : *list) text += (text.empty() ? "" : ", ") + json::serialize(element);
    return "[" + text + "]";
  }
  return json::serialize(value);
}

std::string line_of(std::string_view question, const Result<json::object>& answer) {
  const Result<json::value> document = json::parse(question);
  const json::value shown = document && document->is_object() ? *document : json::value(question);
  const json::object output = answer ? *answer : output_of({});
  return fmt::format(R"({{"input": {}, "output": {}, "error": {}}})", spaced(shown), spaced(output),
                     answer ? "null" : error_text(answer.error()));
}

}  // namespace

Status run_segments(const Collaborators& with, jobs::Context& context) {
  datasets::Datasets& datasets = with.training.datasets();
  std::optional<Resource> job =
      TRY(datasets::begin_job(datasets.catalog(), ResourceKind::kBatchSegmentJob, context.job()));
  if (!job) return {};
  const Places places = TRY(places_of(job->details));
  const auto most = static_cast<std::size_t>(json::find_integer(job->details, "numResults").value_or(25));
  const UserFilter filter = TRY(UserFilter::open(with, *job));
  const LineWork work{.answer = [&](const json::object& question) -> Result<json::object> {
                        constexpr std::size_t kEverybody = SIZE_MAX;
                        auto users = TRY(infer(with.training, *job, question, filter.is_open() ? kEverybody : most));
                        if (filter.is_open()) TRY(filter.apply(question, most, users));
                        return output_of(users);
                      },
                      .write = line_of};
  TRY(answer_files(datasets.store(), places, work, context));
  TRY(datasets::finish_job(datasets.catalog(), *job, context, {{"share", 1.0}}));
  log_info("batch", "Answered the questions of {}", job->arn);
  return {};
}

}  // namespace rapport::batch
