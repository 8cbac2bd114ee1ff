#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "json/arena.h"
#include "json/json.h"

namespace rapport::audience {

enum class Field : std::uint8_t;

// One endpoint as stored, with the attributes of its user: the two records, read in place. A value; cheap to move.
class Endpoint {
 public:
  // `key_id` is the id in lower case; the records are those of record.h (`user_record` may be empty).
  Endpoint(std::string app, std::string key_id, std::string endpoint_record, std::string user_record);

  const std::string& app() const { return app_; }
  const std::string& key_id() const { return key_id_; }  // lower case: one spelling per endpoint
  std::string_view id() const;                           // as its first writer spelled it
  std::string_view address() const;                      // these are empty when absent
  std::string_view channel_type() const;
  std::string_view user_id() const;
  std::string_view timezone() const;  // Demographic.Timezone
  bool active() const;                // EndpointStatus is not INACTIVE
  bool opted_out() const;             // OptOut is ALL
  int cohort() const;                 // 0..99, the same for ever
  Timestamp created() const;
  Timestamp effective() const;

  // The EndpointResponse, which is also what templates are rendered with.
  json::object document(const json::Memory& memory = {}) const;
  // Only some of its members.
  json::object document(std::span<const std::string> members, const json::Memory& memory = {}) const;
  // Appends the same as JSON text: what `serialize` makes of the document, without making it.
  void append_document(std::string& out) const;

  const std::string& endpoint_record() const { return endpoint_record_; }
  const std::string& user_record() const { return user_record_; }

 private:
  // Texts of the endpoint's record that are asked for again and again.
  enum Place : std::size_t { kId, kAddress, kChannelType, kCreated, kEffective, kStatus, kOptOut, kUserId, kTimezone };
  static constexpr std::size_t kPlaces = kTimezone + 1;
  static std::optional<Place> place_of(Field field);
  std::string_view at(Place place) const;
  json::object document(const std::span<const std::string>* only, const json::Memory& memory) const;

  std::string app_;
  std::string key_id_;
  std::string endpoint_record_;
  std::string user_record_;
  std::array<std::pair<std::uint32_t, std::uint32_t>, kPlaces> places_{};  // where each begins, and its size
};

}  // namespace rapport::audience
