// Trains the sequence model by the published protocols of item recommendation and prints what it reaches beside the
// published rows.
//
// usage: bench_learn_items [FOLDER of the data sets] [millions of places the network reads, default 0] [only PROTOCOL]

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "learn/item_evaluation.h"
#include "learn/sequence_training.h"
#include "learn_protocols.h"

namespace {

using namespace rapport;
using namespace rapport::learn;

struct PublishedRow {
  std::string name;
  double hit_rate;
  double ndcg;
};

// The part of a protocol's name that is to be run; empty: all are.
std::string only;

void run(const std::string& name, const std::optional<bench::ItemProtocol>& protocol,
         const std::vector<PublishedRow>& published, std::uint64_t places) {
  if (!name.contains(only)) return;
  fmt::print("\n{:<52} {:>9} {:>9}\n", name, "HR@10", "NDCG@10");
  if (!protocol) {
    fmt::print("  skipped: the files are not there\n");
    return;
  }
  for (const PublishedRow& row : published) {
    fmt::print("  published: {:<39} {:9.4f} {:9.4f}\n", row.name, row.hit_rate, row.ndcg);
  }
  SequenceTraining training;
  training.network.places = places;
  const TrainedSequenceModel trained = train_sequence_model(protocol->known, training).value();
  const std::string file = trained.model->serialize();
  const double before = monotonic_seconds();
  const auto loaded = load_item_model(file).value();
  const double read = monotonic_seconds();
  const HitMetrics metrics = bench::measure(*protocol, *loaded);
  const double scored = monotonic_seconds();
  fmt::print("  {:<50} {:9.4f} {:9.4f}\n", "rapport", metrics.hit_rate_at_10, metrics.ndcg_at_10);
  fmt::print("  trained in {:.1f} s; model of {:.1f} MB, loaded in {:.1f} ms; {:.3f} ms a user\n", trained.cost.seconds,
             static_cast<double>(file.size()) / 1e6, 1e3 * (read - before), 1e3 * (scored - read) / metrics.users);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path data = argc > 1 ? argv[1] : "../shared/data";
  const auto places = static_cast<std::uint64_t>(1e6 * (argc > 2 ? std::atof(argv[2]) : 0));
  if (argc > 3) only = argv[3];
  run("s3rec-lastfm", bench::read_lists(data / "s3rec-lastfm/LastFM.txt"),
      {{"S3-Rec", .0743, .0427}, {"SASRec", .0688, .0390}, {"popularity", .0440, .0203}}, places);
  run("s3rec-beauty", bench::read_lists(data / "s3rec-beauty/Beauty.txt"),
      {{"S3-Rec", .0647, .0327}, {"SASRec", .0605, .0318}, {"BERT4Rec", .0347, .0170}, {"popularity", .0152, .0068}},
      places);
  run("ncf-ml1m, one of a hundred", bench::read_sampled(data / "ncf-ml1m"),
      {{"tuned MF", .7294, .4523},
       {"EASE", .7192, .4494},
       {"SLIM", .7162, .4468},
       {"iALS", .7109, .4382},
       {"NeuMF", .7093, .4349},
       {"ItemKNN", .6694, .3979},
       {"popularity", .4533, .2542}},
      places);
  run("sequential-ml1m", bench::read_pairs(data / "sequential-ml1m/ml-1m.txt"),
      {{"gSASRec", .3003, .1726}, {"SASRec", .2392, .1259}, {"popularity", .0363, .0178}}, places);
}
