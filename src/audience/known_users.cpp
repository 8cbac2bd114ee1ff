#include "audience/known_users.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace rapport::audience {
namespace {

constexpr std::uint64_t kFarField = 7;    // the distance of the field follows the value
constexpr double kStep = 1'000'000;       // most numbers of users are dates: whole seconds in microseconds
constexpr double kStepsMax = 1ULL << 48;  // steps fit in a double and in an integer

void append(std::vector<std::uint8_t>& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) bytes.push_back(static_cast<std::uint8_t>(number | 0x80));
  bytes.push_back(static_cast<std::uint8_t>(number));
}

std::uint64_t take(const std::uint8_t*& from) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const std::uint8_t byte = *from++;
    number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
}

bool is_steps(double value) {
  return std::abs(value) < kStep * kStepsMax && std::trunc(value / kStep) * kStep == value && !std::signbit(value);
}

void append_terms(std::vector<std::uint8_t>& bytes, std::span<const index::Term> rising) {
  append(bytes, rising.size());
  index::FieldNumber field = 0;
  for (const auto& term : rising) {
    const std::uint64_t distance = term.field - field;
    append(bytes, std::uint64_t{term.value} * (kFarField + 1) + std::min(distance, kFarField));
    if (distance >= kFarField) append(bytes, distance);
    field = term.field;
  }
}

void append_numbers(std::vector<std::uint8_t>& bytes, std::span<const index::Number> numbers) {
  append(bytes, numbers.size());
  for (const auto& number : numbers) {
    const bool steps = is_steps(number.value);
    append(bytes, std::uint64_t{number.field} * 2 + (steps ? 1 : 0));
    if (steps) {
      append(bytes, static_cast<std::uint64_t>(number.value / kStep));
    } else {
      const std::size_t end = bytes.size();
      bytes.resize(end + sizeof number.value);
      std::memcpy(bytes.data() + end, &number.value, sizeof number.value);
    }
  }
}

void take_terms(const std::uint8_t*& from, std::vector<index::Term>& terms) {
  const auto count = take(from);
  index::FieldNumber field = 0;
  for (std::uint64_t at = 0; at < count; ++at) {
    const std::uint64_t packed = take(from);
    const std::uint64_t distance = packed % (kFarField + 1);
    field += static_cast<index::FieldNumber>(distance == kFarField ? take(from) : distance);
    terms.push_back({field, static_cast<index::ValueNumber>(packed / (kFarField + 1))});
  }
}

void take_numbers(const std::uint8_t*& from, std::vector<index::Number>& numbers) {
  const auto count = take(from);
  for (std::uint64_t at = 0; at < count; ++at) {
    const std::uint64_t packed = take(from);
    double value = 0;
    if (packed % 2 != 0) {
      value = static_cast<double>(take(from)) * kStep;
    } else {
      std::memcpy(&value, from, sizeof value);
      from += sizeof value;
    }
    index::put_number(numbers, 0, {static_cast<index::FieldNumber>(packed / 2), value});
  }
}

// With what the allocator rounds up to.
std::size_t memory_of(std::size_t bytes) { return (bytes + 15) / 16 * 16; }

std::size_t size_of(const std::uint8_t* bytes) {
  std::vector<index::Term> terms;
  std::vector<index::Number> numbers;
  const auto* end = bytes;
  take_terms(end, terms);
  take_numbers(end, numbers);
  return static_cast<std::size_t>(end - bytes);
}

}  // namespace

void KnownUsers::reserve(std::size_t users) {
  if (users > users_.size()) users_.resize(users);
}

void KnownUsers::put(index::ValueNumber user, std::span<const index::Term> terms,
                     std::span<const index::Number> numbers) {
  const bool nothing = terms.empty() && numbers.empty();
  if (user >= users_.size()) {
    if (nothing) return;
    users_.resize(user + 1U);
  }
  auto& place = users_[user];
  if (place) bytes_ -= memory_of(size_of(place.get()));
  if (nothing) {
    place.reset();
    return;
  }
  std::vector<index::Term> rising(terms.begin(), terms.end());
  std::ranges::sort(rising);
  rising.erase(std::ranges::unique(rising).begin(), rising.end());
  std::vector<std::uint8_t> bytes;
  bytes.reserve(128);
  append_terms(bytes, rising);
  append_numbers(bytes, numbers);
  place = std::make_unique_for_overwrite<std::uint8_t[]>(bytes.size());
  std::ranges::copy(bytes, place.get());
  bytes_ += memory_of(bytes.size());
}

void KnownUsers::append_to(index::ValueNumber user, std::vector<index::Term>& terms,
                           std::vector<index::Number>& numbers) const {
  if (user >= users_.size() || !users_[user]) return;
  const std::uint8_t* from = users_[user].get();
  const auto of_endpoint = static_cast<std::ptrdiff_t>(terms.size());
  take_terms(from, terms);
  take_numbers(from, numbers);
  std::inplace_merge(terms.begin(), terms.begin() + of_endpoint, terms.end());
  terms.erase(std::ranges::unique(terms).begin(), terms.end());
}

}  // namespace rapport::audience
