#pragma once

// Generated endpoints with about twenty attributes of realistic skew: the same for the same seed and number.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/random.h"

namespace rapport::bench {

enum class Kind { kText, kTexts, kDay, kTime, kInteger, kNumber };

// One thing known of an endpoint: where it stands in an endpoint's document, and how a table calls it.
struct Column {
  std::string_view group;  // "", "Attributes", "Demographic", "Location", "Metrics" or "UserAttributes"
  std::string_view member;
  std::string_view name;
  Kind kind;
};
std::span<const Column> columns();
const Column& column_of(std::string_view group, std::string_view member);  // CHECKs that there is one

using Value = std::variant<std::monostate, std::string_view, std::vector<std::string_view>, Timestamp, double>;

struct Person {
  std::string id;
  std::string address;
  std::string user;
  std::vector<Value> values;  // parallel to columns(); texts live as long as the People
};

// One of several values by their weights.
class Picker {
 public:
  explicit Picker(std::span<const double> weights);
  static Picker zipf(std::size_t count, double exponent);  // the first is the most frequent
  std::size_t operator()(Random& random) const;

 private:
  std::vector<double> cumulative_;
};

// Thread-safe.
class People {
 public:
  // `now` is the end of every date.
  People(std::uint64_t seed, std::uint64_t endpoints, Timestamp now);

  std::uint64_t size() const { return endpoints_; }
  Timestamp now() const { return now_; }
  std::string id(std::uint64_t number) const;
  void fill(std::uint64_t number, Person& person) const;
  // One more EndpointRequest as a line of JSON (with its Id).
  static void append_json(const Person& person, std::string& lines);

  // The distinct texts of a column, the most frequent first. Only of columns with a vocabulary.
  std::span<const std::string> vocabulary(std::string_view column) const;
  struct Place {
    double latitude, longitude;
  };
  const Place& place(std::size_t city) const { return places_[city]; }

 private:
  struct Vocabulary {
    std::string_view column;
    std::vector<std::string> texts;
    Picker picker;
  };
  std::string_view pick(std::size_t vocabulary, Random& random) const;
  std::vector<std::string_view> pick_several(std::size_t vocabulary, std::size_t count, Random& random) const;
  void fill_user(Random& random, std::vector<Value>& values) const;
  void fill_device(Random& random, Person& person) const;
  void fill_place(Random& random, std::vector<Value>& values) const;
  void fill_behavior(Random& random, std::vector<Value>& values) const;

  std::uint64_t seed_;
  std::uint64_t endpoints_;
  Timestamp now_;
  std::vector<Vocabulary> vocabularies_;
  std::vector<std::string_view> country_of_city_;
  std::vector<Place> places_;
  Picker channel_;
};

}  // namespace rapport::bench
