// Users for items and for attributes on a made world of many users: training with its measuring, and what batch segment
// jobs ask of the model, one query after the other. Clock and processor time, as other things may run beside.
//
// usage: bench_segments [USERS] [INTERACTIONS of each]      1000000 10 when none are given

#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/clock.h"
#include "learn/recipe.h"
#include "learn/taste_world.h"

namespace {

using namespace rapport;
using namespace rapport::learn;

constexpr std::uint32_t kItems = 3400;
constexpr std::size_t kListLength = 10'000;  // users of a segment

struct Spent {
  double clock = monotonic_seconds();
  double processor = processor_seconds();

  static double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  std::string text() const {
    return fmt::format("{:.2f} s ({:.2f} s of processor)", monotonic_seconds() - clock,
                       processor_seconds() - processor);
  }
};

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void segments(Dataset& data, const std::string& recipe, const std::vector<SegmentQuery>& queries) {
  const Spent training;
  const TrainedSegmentModel trained =
      train_segment_model(data, {.recipe = recipe, .hyperparameters = {}, .seed = 1}).value();
  fmt::print("{}: trained and measured in {}; peak {:.0f} MB\n", recipe, training.text(), peak_megabytes());
  fmt::print("  top 1 %: recall {:.4f}, hits {:.1f} for {} queries; chance: recall .01\n",
             trained.metrics.recall_at_1_percent, trained.metrics.hits_at_1_percent, trained.metrics.queries);
  const Spent writing;
  const std::string file = trained.model->serialize();
  fmt::print("  model of {:.1f} MB, written in {}", static_cast<double>(file.size()) / 1e6, writing.text());
  const Spent loading;
  const auto loaded = load_segment_model(file).value();
  fmt::print(", loaded in {}\n", loading.text());
  const Spent asking;
  std::size_t named = 0;
  for (const SegmentQuery& query : queries) named += loaded->rank(query, kListLength)->size();
  fmt::print("  {} segments of {} users in {}\n", queries.size(), named / queries.size(), asking.text());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const double users = argc > 1 ? std::atof(argv[1]) : 1e6;
  const double each = argc > 2 ? std::atof(argv[2]) : 10;
  TasteWorldOptions options;
  options.users = static_cast<std::uint32_t>(users);
  options.items = kItems;
  options.interactions_mean = each;
  Dataset data = make_taste_world(options).data;
  fmt::print("{} users, {} items, {} interactions; {:.0f} MB\n", data.users.size(), data.items.size(),
             data.interactions.size(), peak_megabytes());
  std::vector<SegmentQuery> items;
  for (std::uint32_t item = 0; item < 100; ++item) items.push_back({std::string(data.items.at(item * 30)), {}});
  segments(data, "aws-item-affinity", items);
  std::vector<SegmentQuery> genres;
  for (const AttributeColumn& column : data.attributes.columns()) {
    for (const AttributeValue& value : column.values)
      genres.push_back({.item = {}, .attributes = {{column.name, value.value}}});
  }
  segments(data, "aws-item-attribute-affinity", genres);
}
