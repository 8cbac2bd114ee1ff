#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "audience/distance.h"
#include "audience/record.h"
#include "index/row.h"
#include "index/row_batch.h"

namespace rapport::audience {

// The names of the index's fields: the path of the member in an endpoint's document where there is one.
inline constexpr std::string_view kAttributeFields = "Attributes.";
inline constexpr std::string_view kUserAttributeFields = "UserAttributes.";
inline constexpr std::string_view kMetricFields = "Metrics.";
inline constexpr std::string_view kDemographicFields = "Demographic.";
inline constexpr std::string_view kChannelField = "Demographic.Channel";  // a push channel also counts as PUSH
inline constexpr std::string_view kChannelTypeField = "ChannelType";
inline constexpr std::string_view kCountryField = "Location.Country";
inline constexpr std::string_view kLatitudeField = "Location.Latitude";    // both or neither
inline constexpr std::string_view kLongitudeField = "Location.Longitude";  // from -180 to 180
inline constexpr std::string_view kEffectiveDateField = "EffectiveDate";   // microseconds, whole milliseconds
inline constexpr std::string_view kStatusField = "EndpointStatus";
inline constexpr std::string_view kOptOutField = "OptOut";
// Before the name of an attribute's field: its date as a number of microseconds; or, of an endpoint that has several
// dates in the attribute, their texts.
inline constexpr std::string_view kDateFields = "Date.";

// What a date attribute's text is compared as; nothing when it is not a date.
std::optional<double> date_micros(std::string_view text);

// Turns records into rows of the index. Not thread-safe: one per thread; all of one application share its dictionary.
class RowEncoder {
 public:
  explicit RowEncoder(index::Dictionary& dictionary);

  // The row of an endpoint with its user's record (empty when there is none). Good until the next call.
  const index::Row& encode(std::string_view key_id, std::string_view endpoint_record, std::string_view user_record);

  // The same for many at once, endpoints and users apart: adds one row, of an endpoint without what its user has, or of
  // what a user's endpoints have of the user. The batch views the texts of the record.
  void add_endpoint(std::string_view key_id, std::string_view record, index::RowBatch& rows);
  // Adds a patch of an endpoint's row: of what a change (change.h) says; gives the fields of the patch, rising.
  // REQUIRES none of the fields that may_be_patch keeps out.
  std::vector<index::FieldNumber> add_patch(std::string_view key_id, std::string_view change, index::RowBatch& rows);
  void add_user(std::string_view user_id, std::string_view record, index::RowBatch& rows);

 private:
  // The fields of one kind of named member, by the member's name. Records have them in the same order, so that the one
  // that followed the last time most often follows again.
  class NamedFields {
   public:
    explicit NamedFields(std::string_view prefix) : prefix_(prefix) {}
    index::FieldNumber number_of(std::string_view name, index::Dictionary& dictionary) {
      if (expected_ >= fields_.size() || fields_[expected_].name != name) find(name, dictionary);
      const Known& known = fields_[expected_];
      last_ = std::exchange(expected_, known.next);
      return known.number;
    }

   private:
    struct TextHash {
      using is_transparent = void;
      std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    struct Known {
      std::string name;
      index::FieldNumber number;
      std::size_t next;  // the one that came after it the last time
    };
    void find(std::string_view name, index::Dictionary& dictionary);  // it is expected then

    const std::string_view prefix_;
    std::vector<Known> fields_;
    std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> positions_;
    std::size_t expected_ = 0;
    std::size_t last_ = 0;
  };

  // Rows: a RowBuilder or a RowBatch.
  template <class Rows>
  void put_endpoint(std::string_view record, Rows& rows);
  template <class Rows>
  void put_user(std::string_view record, Rows& rows);
  template <class Rows>
  void put_channel(std::string_view channel_type, Rows& rows);
  template <class Rows>
  void put_position(std::string_view latitude, std::string_view longitude, Rows& rows);
  template <class Rows>
  void put_texts(index::FieldNumber field, std::string_view list, Rows& rows);
  template <class Rows>
  void put_dates(Rows& rows);
  void note_date(index::FieldNumber field, std::string_view text);
  index::FieldNumber date_of(index::FieldNumber field);  // the field of an attribute's dates

  index::Dictionary& dictionary_;
  index::RowBuilder builder_;
  std::array<index::FieldNumber, 64> single_{};  // by the field's code; 0 where it is not indexed
  NamedFields attributes_{kAttributeFields};
  NamedFields user_attributes_{kUserAttributeFields};
  NamedFields metrics_{kMetricFields};
  struct Dated {
    index::FieldNumber field;  // of the date
    std::string_view text;
    double micros;
  };
  std::vector<Dated> dated_;                     // of the user or endpoint at hand
  std::vector<index::FieldNumber> date_fields_;  // by the attribute's field; 0 where none is known yet
  index::FieldNumber channel_;
  index::FieldNumber latitude_;
  index::FieldNumber longitude_;
  index::FieldNumber effective_date_;
};

}  // namespace rapport::audience
