#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "audience/record.h"
#include "index/row.h"

namespace rapport::audience {

// The names of the index's fields: the path of the member in an endpoint's document where there is one.
inline constexpr std::string_view kAttributeFields = "Attributes.";
inline constexpr std::string_view kUserAttributeFields = "UserAttributes.";
inline constexpr std::string_view kMetricFields = "Metrics.";
inline constexpr std::string_view kDemographicFields = "Demographic.";
inline constexpr std::string_view kChannelField = "Demographic.Channel";  // a push channel also counts as PUSH
inline constexpr std::string_view kChannelTypeField = "ChannelType";
inline constexpr std::string_view kCountryField = "Location.Country";
inline constexpr std::string_view kPositionField = "Location.Position";   // `latitude,longitude`
inline constexpr std::string_view kEffectiveDateField = "EffectiveDate";  // microseconds, whole milliseconds
inline constexpr std::string_view kStatusField = "EndpointStatus";
inline constexpr std::string_view kOptOutField = "OptOut";

bool is_push_channel(std::string_view channel_type);
// The parts of a position's text; REQUIRES that encode_position made it.
std::pair<double, double> decode_position(std::string_view text);

// Turns records into rows of the index. Not thread-safe: one per thread; all of one application share its dictionary.
class RowEncoder {
 public:
  explicit RowEncoder(index::Dictionary& dictionary);

  // The row of an endpoint with its user's record (empty when there is none). Good until the next call.
  const index::Row& encode(std::string_view key_id, std::string_view endpoint_record, std::string_view user_record);
  // The same with terms of the user encoded before.
  const index::Row& encode(std::string_view key_id, std::string_view endpoint_record,
                           std::span<const index::Term> user_terms);
  // The terms every endpoint of the user has.
  std::vector<index::Term> encode_user(std::string_view user_record);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Numbers = std::unordered_map<std::string, index::FieldNumber, TextHash, std::equal_to<>>;

  void add_endpoint(std::string_view key_id, std::string_view record);
  void add_channel(std::string_view channel_type);
  void add_position(std::string_view latitude, std::string_view longitude);
  index::FieldNumber number_of(Numbers& numbers, std::string_view prefix, std::string_view name);

  index::Dictionary& dictionary_;
  index::RowBuilder builder_;
  std::array<index::FieldNumber, 64> single_{};  // by the field's code; 0 where it is not indexed
  Numbers attributes_;
  Numbers user_attributes_;
  Numbers metrics_;
  index::FieldNumber channel_;
  index::FieldNumber position_;
  index::FieldNumber effective_date_;
};

}  // namespace rapport::audience
