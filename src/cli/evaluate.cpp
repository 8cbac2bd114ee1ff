// `rapport evaluate`: trains a recipe on files and says how good it is, without a server.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/offline_data.h"
#include "cli/options.h"
#include "learn/histories.h"
#include "learn/item_evaluation.h"
#include "training/report.h"

namespace rapport::cli {
namespace {

struct Wanted {
  std::string recipe;
  OfflineFiles files;
  std::string protocol = "personalize";
  std::vector<std::string> hyperparameters;
  std::uint32_t trials = 0;
  std::string report;
  std::string model;
};

// What an evaluation gave, whatever the recipe.
struct Outcome {
  json::object report;
  std::string model;
};

void print_metrics(const json::object& report, const json::object& metrics) {
  std::string heads = fmt::format("{:<48} {:>9}", json::string_or(report, "recipe"), "model");
  std::vector<std::pair<const json::object*, std::size_t>> columns = {{&metrics, 9}};  // with their widths
  const json::object none;
  const json::object* given = json::find_object(report, "baselines");
  const json::object& baselines = given == nullptr ? none : *given;
  for (const auto& [name, values] : baselines) {
    const std::string title = training::baseline_title(std::string_view(name));
    heads += fmt::format("  {:>9}", title);
    columns.emplace_back(&values.as_object(), std::max<std::size_t>(9, title.size()) + 1);
  }
  std::cout << heads << '\n';
  for (const auto& [key, unused] : metrics) {
    std::string row = fmt::format("{:<48}", std::string_view(key));
    for (const auto& [values, width] : columns) {
      const auto value = json::find_number(*values, std::string_view(key));
      row += fmt::format(" {:>{}}", value ? fmt::format("{:.4f}", *value) : std::string("-"), width);
    }
    std::cout << row << '\n';
  }
}

void print_table(const json::object& report) {
  const json::object* data = json::find_object(report, "data");
  if (data != nullptr) {
    std::cout << fmt::format(
        "{:.0f} users, {:.0f} items, {:.0f} interactions\n", json::find_number(*data, "users").value_or(0),
        json::find_number(*data, "items").value_or(0), json::find_number(*data, "interactions").value_or(0));
  }
  print_metrics(report, *json::find_object(report, "metrics"));
  std::cout << fmt::format("trained and evaluated in {:.1f} s\n",
                           json::find_number(report, "trainingSeconds").value_or(0));
}

Result<std::map<std::string, std::string>> parameters_of(const Wanted& wanted, const std::string& recipe) {
  json::object given;
  for (const std::string& text : wanted.hyperparameters) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return fail(ErrorKind::kInvalid, "Write a hyperparameter as name=value: " + text);
    }
    given[text.substr(0, equals)] = text.substr(equals + 1);
  }
  json::object details{{"solutionConfig", {{"algorithmHyperParameters", given}}}};
  auto parameters = training::hyperparameters_of(details, recipe);
  if (parameters) return parameters;
  details["solutionConfig"] = json::object{{"featureTransformationParameters", given}};
  auto features = training::hyperparameters_of(details, recipe);
  return features ? features : parameters;
}

// Everybody's last item is to be foretold from the ones before, among all items not met yet.
Result<Outcome> leave_one_out(learn::Dataset& dataset, const learn::ItemTraining& training) {
  const double begun = monotonic_seconds();
  const learn::ItemSplit split =
      learn::leave_last_out_of(dataset.interactions, std::vector<bool>(dataset.users.size(), true));
  dataset.interactions = split.known;
  learn::ItemTraining unmeasured = training;
  unmeasured.evaluate = learn::Evaluate::kNo;
  const learn::TrainedItems trained = TRY(learn::train_items(dataset, unmeasured));
  const learn::Histories histories(split.known, dataset.users.size(), dataset.items.size());
  learn::HitMetrics of_model;
  learn::HitMetrics of_popularity;
  std::vector<float> scores(dataset.items.size());
  const auto counts = trained.model->popularity();
  const std::vector<float> popularity(counts.begin(), counts.end());
  const bool related = learn::type_of_item_recipe(training.recipe) == "RELATED_ITEMS";
  for (const learn::HeldOut& held_out : split.held_out) {
    const auto history = histories.of(held_out.user);
    std::vector<learn::PastEvent> past;
    for (const std::uint32_t item : history) past.push_back({item, 0});
    learn::ItemQuery query{.history = past};
    if (related && !past.empty()) query = {.history = {}, .user = {}, .item = past.back().item};
    trained.model->score(query, scores);
    of_model.add(learn::rank_among_all(scores, held_out.items.front(), history));
    of_popularity.add(learn::rank_among_all(popularity, held_out.items.front(), history));
  }
  Outcome outcome{.report = training::report_of({training.recipe, training.hyperparameters}, dataset, trained),
                  .model = trained.model->serialize()};
  outcome.report["metrics"] =
      json::object{{"hit_rate_at_10", of_model.hit_rate_at_10}, {"ndcg_at_10", of_model.ndcg_at_10}};
  outcome.report["baselines"] = json::object{
      {"popularity", {{"hit_rate_at_10", of_popularity.hit_rate_at_10}, {"ndcg_at_10", of_popularity.ndcg_at_10}}}};
  outcome.report["trainingSeconds"] = monotonic_seconds() - begun;
  return outcome;
}

Result<Outcome> evaluate_segments(const learn::Dataset& dataset, const learn::ItemTraining& training) {
  const learn::TrainedSegmentModel trained = TRY(learn::train_segment_model(
      dataset, {.recipe = training.recipe, .hyperparameters = training.hyperparameters, .seed = training.seed}));
  Outcome outcome{.report = {}, .model = trained.model->serialize()};
  outcome.report =
      training::report_of({training.recipe, training.hyperparameters, {}, outcome.model.size()}, dataset, trained);
  return outcome;
}

Result<Outcome> evaluate(const Wanted& wanted) {
  learn::Dataset dataset = TRY(read_files(wanted.files));
  learn::ItemTraining training{.recipe = recipe_name(wanted.recipe)};
  training.hyperparameters = TRY(parameters_of(wanted, training.recipe));
  if (!learn::is_item_recipe(training.recipe)) return evaluate_segments(dataset, training);
  if (wanted.protocol == "leave-one-out") return leave_one_out(dataset, training);
  std::vector<training::Trial> trials;
  if (wanted.trials > 0) {
    training::TuningPlan plan = *TRY(training::tuning_plan_of(json::object{{"performHPO", true}}, training.recipe));
    plan.trainings_max = wanted.trials;
    trials = TRY(training::tune(dataset, training, plan, {}));
    training.hyperparameters = trials.front().hyperparameters;
  }
  const learn::TrainedItems trained = TRY(learn::train_items(
      dataset, training, {}, wanted.report.empty() ? learn::LearningCurve::kNo : learn::LearningCurve::kYes));
  Outcome outcome{.report = {}, .model = trained.model->serialize()};
  outcome.report =
      training::report_of({training.recipe, training.hyperparameters, trials, outcome.model.size()}, dataset, trained);
  return outcome;
}

Status run(const Wanted& wanted) {
  const Outcome outcome = TRY(evaluate(wanted));
  print_table(outcome.report);
  if (!wanted.model.empty()) TRY(write_whole(wanted.model, outcome.model));
  if (wanted.report.empty()) return {};
  const bool json = wanted.report.ends_with(".json");
  return write_whole(wanted.report, json ? json::serialize(outcome.report)
                                         : training::report_html(outcome.report, recipe_name(wanted.recipe)));
}

}  // namespace

void add_evaluate(CLI::App& app, int& status) {
  auto wanted = std::make_shared<Wanted>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Train a recipe on files and say how good it is, without a server");
  command->add_option("--recipe", wanted->recipe, "As the API names it, with or without aws-: similar-items")
      ->required();
  add_file_options(*command, wanted->files);
  command->add_option("--protocol", wanted->protocol, "personalize: 90 % of the users train; leave-one-out")
      ->check(CLI::IsMember({"personalize", "leave-one-out"}))
      ->capture_default_str();
  command->add_option("--hyperparameter", wanted->hyperparameters, "name=value; may be given several times");
  command->add_option("--tune", wanted->trials, "Try this many sets of hyperparameters and take the best");
  command->add_option("--report", wanted->report, "Write the report to this .html or .json file");
  command->add_option("--model", wanted->model, "Write the model to this file");
  command->callback([wanted, &status] {
    const Status done = run(*wanted);
    status = done ? 0 : report(done.error());
  });
}

}  // namespace rapport::cli
