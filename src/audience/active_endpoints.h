#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "audience/row_encoder.h"
#include "index/index.h"

namespace rapport::audience {

// Which endpoints there are and are ACTIVE, at one moment of an application's index. A value.
class ActiveEndpoints {
 public:
  explicit ActiveEndpoints(index::SnapshotPtr snapshot) : snapshot_(std::move(snapshot)) {
    const auto& dictionary = snapshot_->dictionary();
    const auto field = dictionary.find_field(kStatusField);
    const auto value = field ? dictionary.find(*field, "ACTIVE") : std::nullopt;
    if (value) active_ = index::Term{*field, *value};
  }
  bool has(std::string_view key_id) const { return active_ && snapshot_->has(key_id, *active_); }

 private:
  index::SnapshotPtr snapshot_;
  std::optional<index::Term> active_;
};

}  // namespace rapport::audience
