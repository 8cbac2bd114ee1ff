#pragma once

// The rows of a service's contract, as tools/generate_contract.py writes them from api/*.json. Constant data: nothing
// here allocates or runs at start-up. Indices point into the arrays of the same Service.

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace rapport::contract {

enum class Protocol : std::uint8_t { kRestJson, kJson };
enum class Type : std::uint8_t {
  kString,
  kBoolean,
  kInteger,  // 32 bits
  kLong,     // 64 bits
  kFloat,
  kDouble,
  kTimestamp,
  kBlob,
  kStructure,
  kList,
  kMap,
};
enum class Place : std::uint8_t { kBody, kPath, kQuery, kPayload };  // where a member of an operation's input travels
enum class Presence : std::uint8_t { kOptional, kRequired };
enum class Encoding : std::uint8_t { kPlain, kJson };  // kJson: a JSON text inside a string
enum class TimeFormat : std::uint8_t { kProtocol, kIso8601, kSeconds };

constexpr std::uint16_t kNoShape = 0xffff;
constexpr double kNoMinimum = -std::numeric_limits<double>::infinity();
constexpr double kNoMaximum = std::numeric_limits<double>::infinity();

struct Member {
  std::string_view name;  // as SDKs show it
  std::string_view wire;  // as it travels
  std::uint16_t shape;
  Place place;
  Presence presence;
  Encoding encoding;
};

struct Shape {
  std::string_view name;
  Type type;
  TimeFormat time_format;
  std::uint16_t first;    // structure: its members, sorted by wire name; string: its allowed values, sorted
  std::uint16_t count;    // of those
  std::uint16_t element;  // list: of its items; map: of its values
  std::uint16_t key;      // map
  std::int16_t pattern;   // -1 for none
  double minimum;         // of a number, else of a length
  double maximum;
  std::uint16_t error_status;  // HTTP status of an exception, else 0
};

struct Route {
  std::string_view method;
  std::string_view uri;  // `/v1/apps/{application-id}`; `{label+}` takes the rest of the path
};

struct Operation {
  std::string_view name;
  Route route;
  std::uint16_t status;  // of success
  std::uint16_t input;   // a shape, or kNoShape
  std::uint16_t output;
  std::uint16_t first_error;
  std::uint16_t error_count;
  std::uint16_t first_alias;
  std::uint16_t alias_count;
};

struct Service {
  std::string_view name;
  std::string_view api_version;
  std::string_view endpoint_prefix;
  std::string_view signing_name;
  std::string_view target_prefix;
  Protocol protocol;
  std::span<const Operation> operations;  // sorted by name
  std::span<const Shape> shapes;
  std::span<const Member> all_members;
  std::span<const std::string_view> all_values;
  std::span<const std::string_view> patterns;
  std::span<const std::uint16_t> all_errors;
  std::span<const Route> all_aliases;

  std::span<const Member> members(const Shape& shape) const { return all_members.subspan(shape.first, shape.count); }
  std::span<const std::string_view> values(const Shape& shape) const {
    return all_values.subspan(shape.first, shape.count);
  }
  std::span<const std::uint16_t> errors(const Operation& operation) const {
    return all_errors.subspan(operation.first_error, operation.error_count);
  }
  std::span<const Route> aliases(const Operation& operation) const {
    return all_aliases.subspan(operation.first_alias, operation.alias_count);
  }
};

// Every service there is a contract for. Pointers into constant data.
std::span<const Service* const> services();
// nullptr when there is none of that name.
const Service* find_service(std::string_view name);
const Operation* find_operation(const Service& service, std::string_view name);
const Shape* find_shape(const Service& service, std::string_view name);
// The member that travels under this name, or is shown under it.
const Member* find_member(const Service& service, const Shape& structure, std::string_view name);
// The member that is the whole body, or nullptr.
const Member* payload_member(const Service& service, const Shape& structure);

}  // namespace rapport::contract
