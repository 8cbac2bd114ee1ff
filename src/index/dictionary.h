#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rapport::index {

using FieldNumber = std::uint32_t;
using ValueNumber = std::uint32_t;

// The texts of one application's fields as small numbers. Grows only; a number keeps its meaning as long as the
// dictionary lives. Thread-safe: values that are there, and texts of numbers, are found without a lock; one thread at a
// time adds to a field.
class Dictionary {
 public:
  Dictionary();
  ~Dictionary();
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;

  FieldNumber intern_field(std::string_view name);  // such as `Attributes.Team`
  std::optional<FieldNumber> find_field(std::string_view name) const;
  std::string field_name(FieldNumber field) const;
  std::uint32_t field_count() const;

  ValueNumber intern(FieldNumber field, std::string_view text);
  // The same for many texts at once, which waits for memory much less; parallel.
  void intern(FieldNumber field, std::span<const std::string_view> texts, std::span<ValueNumber> values);
  std::optional<ValueNumber> find(FieldNumber field, std::string_view text) const;
  std::string_view text(FieldNumber field, ValueNumber value) const;  // stays valid
  std::uint32_t value_count(FieldNumber field) const;

  std::size_t memory_bytes() const;
  std::uint64_t identity() const { return identity_; }  // unlike that of any other dictionary of this process

 private:
  static std::uint64_t next_identity() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }

  const std::uint64_t identity_ = next_identity();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rapport::index
