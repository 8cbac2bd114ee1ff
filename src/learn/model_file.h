#pragma once

// The file of a trained model: one self-describing, versioned, little-endian binary file, the same on every machine.
//
//   8 bytes   "RAPPORTM"
//   4 bytes   format version
//   4 bytes   number of sections
//   sections  4 bytes length of the name, name, 4 bytes size of an element, 8 bytes count of elements, elements
//   8 bytes   XXH3-64 of everything before

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"

namespace rapport::learn {

constexpr std::uint32_t kModelFormatVersion = 1;

class ModelFileWriter {
 public:
  ModelFileWriter();
  void add_text(std::string_view name, std::string_view text) { add(name, 1, text); }
  template <class T>
    requires std::is_arithmetic_v<T>
  void add_numbers(std::string_view name, std::span<const T> numbers) {
    add(name, sizeof(T), {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  }
  // Two sections: <name>.text and <name>.ends.
  void add_vocabulary(const std::string& name, const Vocabulary& vocabulary);
  // Sections named attribute…; REQUIRES that it is called once at most.
  void add_attributes(const ItemAttributes& attributes);
  std::string finish();  // the file; REQUIRES that it is called once

 private:
  void add(std::string_view name, std::uint32_t element_size, std::string_view bytes);
  std::string bytes_;
  std::uint32_t sections_ = 0;
};

// A view of a file's sections. REQUIRES that the bytes outlive it.
class ModelFileReader {
 public:
  // kInvalid when the bytes are not a whole, undamaged model file; kUnsupported when their format is newer.
  static Result<ModelFileReader> open(std::string_view bytes);

  bool has(std::string_view name) const { return sections_.contains(name); }
  // Each is kInvalid when there is no such section or its elements are of another size.
  Result<std::string_view> text(std::string_view name) const { return section(name, 1); }
  template <class T>
    requires std::is_arithmetic_v<T>
  Result<std::vector<T>> numbers(std::string_view name) const {
    const std::string_view bytes = TRY(section(name, sizeof(T)));
    std::vector<T> numbers(bytes.size() / sizeof(T));
    if (!bytes.empty()) bytes.copy(reinterpret_cast<char*>(numbers.data()), bytes.size());
    return numbers;
  }
  Result<Vocabulary> vocabulary(const std::string& name) const;
  // kInvalid also when an item is not below item_count.
  Result<ItemAttributes> attributes(std::uint32_t item_count) const;

 private:
  struct Section {
    std::uint32_t element_size = 0;
    std::string_view bytes;
  };
  Result<std::string_view> section(std::string_view name, std::uint32_t element_size) const;
  std::map<std::string, Section, std::less<>> sections_;
};

// The error for a file whose parts do not fit together.
std::unexpected<Error> damaged_model(std::string_view what);

}  // namespace rapport::learn
