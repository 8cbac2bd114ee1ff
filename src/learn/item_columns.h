#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learn/histories.h"

namespace rapport::learn {

// Four numbers that are added and multiplied together (one vector register).
using Quad [[gnu::vector_size(16)]] = float;

// What history items j say of one item i, before the scaling by item frequencies:
// {users of both, users of both, closeness of j before i, closeness of j after i}.
// Closeness is the sum, over users of both within kWindow places, of 1 / sqrt(places apart).
class ItemColumn {
 public:
  static constexpr std::uint32_t kWindow = 100;

  // What two items of a history say of each other by how many places apart they are, up to kWindow.
  static std::span<const float> closeness();

  explicit ItemColumn(std::uint32_t item_count);
  void fill(const Histories& histories, std::uint32_t item);
  const Quad* data() const { return rows_.data(); }
  Quad* data() { return rows_.data(); }
  std::size_t size() const { return rows_.size(); }

 private:
  std::vector<Quad> rows_;
};

}  // namespace rapport::learn
