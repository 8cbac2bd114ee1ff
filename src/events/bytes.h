#pragma once

// The numbers and texts of stored events: numbers little-endian, lengths of variable size, texts behind their lengths.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace rapport::events {

static_assert(std::endian::native == std::endian::little);

template <class Number>
void put_number(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

inline void put_length(std::string& out, std::uint64_t length) {
  while (length >= 0x80) {
    out.push_back(static_cast<char>(length | 0x80));
    length >>= 7;
  }
  out.push_back(static_cast<char>(length));
}

inline void put_text(std::string& out, std::string_view text) {
  put_length(out, text.size());
  out.append(text);
}

// Reads what these wrote; once something is missing, everything reads as empty and `ok` is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  Number number() {
    Number value{};
    if (bytes_.size() < sizeof value) return failed<Number>();
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }

  std::uint64_t length() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    return failed<std::uint64_t>();
  }

  std::string_view text() { return take(length()); }

  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size()) return failed<std::string_view>();
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }

  // A count of things of which each takes at least a byte.
  std::uint64_t count() {
    const std::uint64_t value = length();
    return value > bytes_.size() ? failed<std::uint64_t>() : value;
  }

  bool ok() const { return ok_; }
  std::size_t left() const { return bytes_.size(); }

 private:
  template <class Value>
  Value failed() {
    ok_ = false;
    bytes_ = {};
    return Value{};
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace rapport::events
