// `rapport recommend`: answers from a model file, without a server.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/offline_data.h"
#include "cli/options.h"
#include "learn/csv_dataset.h"
#include "learn/histories.h"
#include "learn/item_evaluation.h"
#include "learn/item_model.h"

namespace rapport::cli {
namespace {

struct Wanted {
  std::string model;
  std::string user;
  std::string item;
  std::string interactions;
  std::size_t count = 10;
  bool explain = false;
};

// What the user did, oldest first, as far as the model knows the items.
Result<std::vector<learn::PastEvent>> history_of(const Wanted& wanted, const learn::ItemModel& model) {
  std::vector<learn::PastEvent> past;
  if (wanted.interactions.empty() || wanted.user.empty()) return past;
  const learn::Dataset dataset =
      TRY(learn::read_csv_dataset({.interactions = wanted.interactions, .items = {}, .attributes = {}}));
  const auto user = dataset.users.find(wanted.user);
  if (!user) return fail(ErrorKind::kNotFound, "The file has no interactions of the user: " + wanted.user);
  for (const learn::Interaction& row : dataset.interactions) {
    if (row.user != *user) continue;
    if (const auto item = model.items().find(dataset.items.at(row.item))) past.push_back({*item, row.time});
  }
  std::ranges::stable_sort(past, {}, &learn::PastEvent::time);
  return past;
}

std::string text_of(const learn::Reason& reason, const learn::ItemModel& model) {
  switch (reason.kind) {
    case learn::Reason::Kind::kPastItem: return std::string(model.items().at(reason.item));
    case learn::Reason::Kind::kPopularity: return "popularity";
    case learn::Reason::Kind::kUserAttribute:
    case learn::Reason::Kind::kItemAttribute:
    case learn::Reason::Kind::kContext: return reason.fact.column + " = " + reason.fact.value;
  }
  return {};
}

Status run(const Wanted& wanted) {
  const std::string bytes = TRY(read_whole(wanted.model));
  const auto model = TRY(learn::load_item_model(bytes));
  const std::vector<learn::PastEvent> past = TRY(history_of(wanted, *model));
  learn::ItemQuery query{.history = past};
  if (!wanted.item.empty()) {
    query.item = model->items().find(wanted.item);
    if (!query.item) return fail(ErrorKind::kNotFound, "The model does not know the item: " + wanted.item);
  }
  std::vector<float> scores(model->items().size());
  model->score(query, scores);
  for (const std::uint32_t item : learn::top_items(scores, wanted.count, {})) {
    std::cout << fmt::format("{:<24} {:>10.4f}", model->items().at(item), scores[item]);
    if (wanted.explain) {
      for (const learn::Reason& reason : model->explain(query, item, 3)) {
        std::cout << fmt::format("  {} ({:.0f} %)", text_of(reason, *model), 100 * reason.share);
      }
    }
    std::cout << "\n";
  }
  return {};
}

}  // namespace

void add_recommend(CLI::App& app, int& status) {
  auto wanted = std::make_shared<Wanted>();
  CLI::App* command = app.add_subcommand("recommend", "Recommend items from a model file, without a server");
  command->add_option("--model", wanted->model, "A file of `rapport evaluate --model`")->required();
  command->add_option("--user", wanted->user, "For whom; goes by the user's rows of --interactions");
  command->add_option("--item", wanted->item, "To which item: for models of related items");
  command->add_option("--interactions", wanted->interactions, "CSV with what the users did");
  command->add_option("--count", wanted->count, "How many items")->capture_default_str();
  command->add_flag("--explain", wanted->explain, "Say why");
  command->callback([wanted, &status] {
    const Status done = run(*wanted);
    status = done ? 0 : report(done.error());
  });
}

}  // namespace rapport::cli
