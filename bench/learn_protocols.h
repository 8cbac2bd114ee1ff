#pragma once

// The published protocols of item recommendation, from the files as they were published.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "learn/dataset.h"
#include "learn/item_evaluation.h"
#include "learn/item_model.h"

namespace rapport::bench {

// One item of every user is to be ranked among all the user has not met, or among given others.
struct ItemProtocol {
  learn::Dataset known;                             // without the items held out
  std::vector<std::vector<std::uint32_t>> history;  // of each user, oldest first
  std::vector<std::uint32_t> truth;                 // of each user
  std::vector<std::vector<std::uint32_t>> others;   // of each user; empty when ranking among all
};

// "user item" lines in time order; the last one of each user is held out. Nothing when the file is absent.
std::optional<ItemProtocol> read_pairs(const std::filesystem::path& file);
// "user item item..." lines; likewise.
std::optional<ItemProtocol> read_lists(const std::filesystem::path& file);
// ml-1m.train.rating and ml-1m.test.negative of a folder: a hundred items, of which one was held out.
std::optional<ItemProtocol> read_sampled(const std::filesystem::path& folder);

// Where a model of the known interactions ranks what was held out. Items met before do not count among all.
learn::HitMetrics measure(const ItemProtocol& protocol, const learn::ItemModel& model);

}  // namespace rapport::bench
