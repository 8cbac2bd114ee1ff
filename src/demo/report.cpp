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
  double met[2] = {0, 0};  // by everyone, by the segment
  double met_of_value[2] = {0, 0};
  std::vector<bool> member(dataset.users.size());
  for (std::uint32_t user = 0; user < dataset.users.size(); ++user)
    member[user] = members.contains(dataset.users.at(user));
  for (const learn::Interaction& row : dataset.interactions) {
    const bool of_value = items != nullptr && std::ranges::binary_search(*items, row.item);
    for (const int group : {0, 1}) {
      if (group == 1 && !member[row.user]) continue;
      met[group] += 1;
      met_of_value[group] += of_value ? 1 : 0;
    }
  }
  return Leaning{.segment = met_of_value[1] / std::max(1.0, met[1]),
                 .everyone = met_of_value[0] / std::max(1.0, met[0])};
}

std::string report(const DemoData& data, const LoopOutcome& outcome, const Baselines& baselines, const Leaning& leaning,
                   const std::filesystem::path& data_directory) {
  std::string text = fmt::format("\n{}: {} users, {} films, {} interactions, {} endpoints\n", data.name,
                                 data.user_count, data.items.rows, data.interactions.rows, outcome.endpoints_imported);
  text += fmt::format("  Trained in {:.1f} s\n", outcome.training_seconds);
  text += metrics_table(data, outcome, baselines);
  text += fmt::format("  Segment {}: {} users\n", outcome.segment_name, outcome.user_ids.size());
  text += data.hidden_taste.empty()
              ? fmt::format("    {} in what its members watch: {:.1f} %; in what everybody watches: {:.1f} %\n",
                            data.value, 100 * leaning.segment, 100 * leaning.everyone)
              : fmt::format("    whose hidden taste is {}: {:.1f} % of the segment, {:.1f} % of everybody\n",
                            data.value, 100 * leaning.segment, 100 * leaning.everyone);
  text += fmt::format("  Messages: {} sent, {} delivered; KPI unique-deliveries {}\n", outcome.messages_attempted,
                      outcome.messages_successful, outcome.unique_deliveries);
  text += fmt::format("  The messages lie in   {}\n  The segment's file is {}\n  All data lie in       {}\n",
                      (data_directory / "outbox").string(), outcome.segment_url, data_directory.string());
  text += fmt::format("  Go on with it (app {}):\n    rapport serve --data {}\n    rapport keys create --data {}\n",
                      outcome.app_id, data_directory.string(), data_directory.string());
  return text;
}

}  // namespace rapport::demo
