#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string_view>

#include "feature_store/tables.h"
#include "filters/facts.h"

namespace rapport::feature_store {

struct Group;

// What is known of a dataset group at one moment. Changes wait for it: keep it no longer than a request. Thread-safe.
class View final : public filters::Facts {
 public:
  explicit View(std::shared_ptr<Group> group);
  ~View() override;

  bool is_loaded() const;

  // Filters.
  std::optional<std::uint32_t> column(datasets::DatasetType type, std::string_view name) const override;
  std::optional<std::uint32_t> row(datasets::DatasetType type, std::string_view id) const override;
  std::string_view cell(datasets::DatasetType type, std::uint32_t row, std::uint32_t column) const override;
  void for_each_past_row(datasets::DatasetType type, std::string_view user_id,
                         const std::function<void(const filters::PastRow&)>& visit) const override;

  // The user's newest events, oldest first; none for a user never met.
  std::span<const Event> history(datasets::DatasetType type, std::string_view user_id) const;
  // Rows keep their numbers, and new ones come behind them, as long as the generation stays.
  std::uint64_t generation() const;
  const Tables& tables() const;
  // CREATION_TIMESTAMP of an item or action, else when it was first met, else the time of the newest interaction.
  std::int64_t created(datasets::DatasetType type, std::uint32_t row) const;

 private:
  std::shared_ptr<Group> group_;
  std::shared_lock<std::shared_mutex> lock_;
};

}  // namespace rapport::feature_store
