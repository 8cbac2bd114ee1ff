#include "demo/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "learn/csv_dataset.h"

namespace rapport::demo {
namespace {

Leaning known_leaning(const DemoData& data, const LoopOutcome& outcome) {
  const auto everyone = static_cast<double>(data.hidden_taste.size());
  const auto fans =
      std::ranges::count_if(data.hidden_taste, [&](const auto& taste) { return taste.second == data.value; });
  const auto fans_in_segment = std::ranges::count_if(outcome.user_ids, [&](const std::string& user) {
    const auto taste = data.hidden_taste.find(user);
    return taste != data.hidden_taste.end() && taste->second == data.value;
  });
  const auto members = static_cast<double>(std::max<std::size_t>(1, outcome.user_ids.size()));
  return {.segment = static_cast<double>(fans_in_segment) / members, .everyone = static_cast<double>(fans) / everyone};
}

std::string metrics_row(std::string_view name, double hits, double recall, double coverage) {
  return fmt::format("    {:<42} {:>8.2f} {:>9.4f} {:>10.4f}\n", name, hits, recall, coverage);
}

std::string metrics_row(std::string_view name, const learn::SegmentMetrics& metrics) {
  return metrics_row(name, metrics.hits_at_1_percent, metrics.recall_at_1_percent, metrics.coverage);
}

std::string metrics_table(const DemoData& data, const LoopOutcome& outcome, const Baselines& baselines) {
  std::string text = fmt::format(
      "  Whom would the top 1 % have reached? Held out: each user's newest 20 %; mean over the {} "
      "values of {}\n    {:<42} {:>8} {:>9} {:>10}\n",
      baselines.most_active.queries, data.attribute, "", "hits", "recall", "coverage");
  text += metrics_row("most active users", baselines.most_active);
  text += metrics_row("most frequent past viewers", baselines.most_frequent_viewers);
  text += metrics_row("Rapport, aws-item-attribute-affinity", outcome.hits_at_1_percent, outcome.recall_at_1_percent,
                      outcome.coverage);
  return text;
}

}  // namespace

Result<Leaning> measure_leaning(const DemoData& data, const LoopOutcome& outcome) {
  if (!data.hidden_taste.empty()) return known_leaning(data, outcome);
  const learn::Dataset dataset =
      TRY(learn::read_csv_dataset({data.interactions.path, data.items.path, {data.attribute}}));
  const std::vector<std::uint32_t>* items = dataset.attributes.items(data.attribute, data.value);
  const std::set<std::string, std::less<>> members(outcome.user_ids.begin(), outcome.user_ids.end());
  std::vector<bool> member(dataset.users.size());
  for (std::uint32_t user = 0; user < member.size(); ++user) member[user] = members.contains(dataset.users.at(user));
  double met = 0;
  double met_by_members = 0;
  for (const learn::Interaction& row : dataset.interactions) {
    if (items == nullptr || !std::ranges::binary_search(*items, row.item)) continue;
    met += 1;
    met_by_members += member[row.user] ? 1 : 0;
  }
  return Leaning{.segment = met_by_members / static_cast<double>(std::max<std::size_t>(1, members.size())),
                 .everyone = met / static_cast<double>(std::max<std::size_t>(1, member.size()))};
}

std::string report(const DemoData& data, const LoopOutcome& outcome, const Baselines& baselines, const Leaning& leaning,
                   const Whereabouts& whereabouts) {
  const std::string directory = whereabouts.data_directory.string();
  const std::string program = whereabouts.program.string();
  std::string text = fmt::format("\n{}: {} users, {} films, {} interactions, {} endpoints\n", data.name,
                                 data.user_count, data.items.rows, data.interactions.rows, outcome.endpoints_imported);
  text +=
      fmt::format("  Trained in {:.1f} s (model, evaluation and final model); the whole server took {} MB at most\n",
                  outcome.training_seconds, whereabouts.memory_bytes_peak >> 20);
  text += metrics_table(data, outcome, baselines);
  text += fmt::format("  Segment {}: {} users\n", outcome.segment_name, outcome.user_ids.size());
  text += data.hidden_taste.empty()
              ? fmt::format("    {} items met so far: {:.1f} by a member, {:.1f} by anybody, on average\n", data.value,
                            leaning.segment, leaning.everyone)
              : fmt::format("    whose hidden taste is {}: {:.1f} % of the segment, {:.1f} % of everybody\n",
                            data.value, 100 * leaning.segment, 100 * leaning.everyone);
  text += fmt::format("  Messages: {} sent, {} delivered; KPI unique-deliveries {}\n", outcome.messages_attempted,
                      outcome.messages_successful, outcome.unique_deliveries);
  text += fmt::format("  The messages lie in   {}/outbox\n  The segment's file is {}\n  All data lie in       {}\n",
                      directory, outcome.segment_url, directory);
  text += fmt::format("  Go on with it (app {}):\n    {} serve --data {}\n    {} keys create --data {}\n",
                      outcome.app_id, program, directory, program, directory);
  return text;
}

}  // namespace rapport::demo
