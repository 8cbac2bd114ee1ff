// Lists of actions.

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "learn/action_listing.h"
#include "serving/recommendations.h"

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using feature_store::View;

constexpr std::int64_t kActionsDefault = 5;
constexpr std::int64_t kActionsMax = 100;

// Reads one numeric column of the actions.
class NumberColumn {
 public:
  NumberColumn(const View& view, std::string_view name)
      : view_(view), column_(view.column(DatasetType::kActions, name)) {}
  std::optional<double> of(std::uint32_t row) const {
    return column_ ? parse_double(view_.cell(DatasetType::kActions, row, *column_)) : std::nullopt;
  }

 private:
  const View& view_;
  std::optional<std::uint32_t> column_;
};

learn::ActionTerms terms_of(const View& view, std::uint32_t row) {
  const feature_store::Use& use = view.tables().use(DatasetType::kActionInteractions, row);
  const auto expires = NumberColumn(view, "EXPIRATION_TIMESTAMP").of(row);
  learn::ActionTerms terms{.created = view.created(DatasetType::kActions, row),
                           .last_used = use.events > 0 ? use.last : 0};
  if (expires) terms.expires = static_cast<std::int64_t>(*expires);
  terms.repeat_days = static_cast<std::int64_t>(NumberColumn(view, "REPEAT_FREQUENCY").of(row).value_or(0));
  return terms;
}

// When the user last did something with each action, by row.
std::unordered_map<std::uint32_t, std::int64_t> last_interactions(const View& view, std::string_view user_id) {
  std::unordered_map<std::uint32_t, std::int64_t> last;
  for (const auto& event : view.history(DatasetType::kActionInteractions, user_id)) last[event.object] = event.time;
  return last;
}

Result<std::optional<filters::Admission>> admission_of(filters::Filters& filters, const View& view,
                                                       const Deployment& deployment, const ActionRequest& request) {
  if (request.filter.arn.empty() && request.filter.values.empty()) return std::nullopt;
  if (request.filter.arn.empty()) {
    return fail(ErrorKind::kInvalid, "Values of a filter's parameters need the filter; give filterArn", "filterValues");
  }
  const filters::Filter filter = TRY(filters.get(request.filter.arn, deployment.group_arn));
  if (filter.target() != filters::Target::kActions) {
    return fail(ErrorKind::kInvalid, fmt::format("The filter must be one of actions: {}", request.filter.arn),
                "filterArn");
  }
  return TRY(filter.bind(view, {.user_id = request.user_id}, request.filter.values));
}

// The actions of the dataset that may be offered to the user now.
std::vector<std::uint32_t> open_actions(const View& view, std::string_view user_id, std::int64_t now) {
  const feature_store::EntityTable& actions = view.tables().entities(DatasetType::kActions);
  std::vector<std::uint32_t> rows;
  std::vector<learn::ActionTerms> terms;
  for (std::uint32_t row = 0; row < actions.size(); ++row) {
    if (!actions.is_present(row)) continue;
    rows.push_back(row);
    terms.push_back(terms_of(view, row));
  }
  const auto last = last_interactions(view, user_id);
  std::vector<std::uint32_t> open;
  for (const std::uint32_t place : learn::considered_actions(terms)) {
    const auto met = last.find(rows[place]);
    const auto when = met == last.end() ? std::nullopt : std::optional(met->second);
    if (learn::is_open(terms[place], when, now)) open.push_back(rows[place]);
  }
  return open;
}

Result<std::size_t> length_of(const ActionRequest& request) {
  if (request.results <= kActionsMax) {
    return static_cast<std::size_t>(request.results == 0 ? kActionsDefault : request.results);
  }
  return fail(ErrorKind::kInvalid,
              fmt::format("At most {} results may be asked for, not {}", kActionsMax, request.results), "numResults");
}

}  // namespace

Result<ActionAnswer> Recommendations::recommend_actions(const Deployment& deployment, const ActionRequest& request) {
  if (deployment.actions == nullptr) {
    return fail(ErrorKind::kInvalid,
                fmt::format("The campaign must be of the recipe aws-next-best-action, not {}", deployment.recipe->name),
                "campaignArn");
  }
  if (request.user_id.empty())
    return fail(ErrorKind::kInvalid, "Actions are recommended to a user; give userId", "userId");
  const learn::ActionModel& model = *deployment.actions;
  const auto view = TRY(with_.features.view(deployment.group_arn));
  const auto admission = TRY(admission_of(with_.filters, *view, deployment, request));
  const std::int64_t now = with_.clock.now().micros / kMicrosPerSecond;
  const auto deeds = deeds_of(*view, request.user_id, model);
  const auto past = actions_of(*view, request.user_id, model);
  const auto facts = facts_of(*view, request.user_id);
  std::vector<float> propensities(model.actions().size());
  model.score({.history = deeds, .actions = past, .user = facts, .now = now}, propensities);

  const feature_store::EntityTable& actions = view->tables().entities(DatasetType::kActions);
  const NumberColumn values(*view, "VALUE");
  std::vector<learn::ActionCandidate> candidates;
  for (const std::uint32_t row : open_actions(*view, request.user_id, now)) {
    if (admission && !admission->admits(actions.id(row))) continue;
    const auto known = model.actions().find(actions.id(row));
    candidates.push_back({.action = row,
                          .propensity = known ? propensities[*known] : 0,
                          .value = values.of(row).value_or(1),
                          .created = view->created(DatasetType::kActions, row)});
  }
  ActionAnswer answer;
  const std::size_t length = TRY(length_of(request));
  const std::uint64_t seed = stable_hash(random_id());
  for (const learn::ListedAction& action : learn::list_actions(candidates, {.length = length, .seed = seed})) {
    answer.actions.push_back({std::string(actions.id(action.action)), static_cast<double>(action.propensity)});
  }
  ServedLists::List list{.source = deployment.arn, .ids = {}};
  for (const RecommendedAction& action : answer.actions) list.ids.push_back(action.id);
  if (with_.served != nullptr) answer.recommendation_id = with_.served->remember(list);
  return answer;
}

}  // namespace rapport::serving
