#include "learn/model_file.h"

#include <bit>
#include <cstring>
#include <utility>

#include "base/digest.h"

namespace rapport::learn {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they are in memory");

constexpr std::string_view kMagic = "RAPPORTM";
constexpr std::size_t kHeaderSize = 16;
constexpr std::size_t kChecksumSize = 8;

template <class T>
void append(std::string& to, T number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// Takes parts off the front of a text; failed() once something was longer than what was left.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}
  template <class T>
  T number() {
    T value{};
    const std::string_view bytes = take(sizeof value);
    if (!bytes.empty()) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string_view take(std::uint64_t length) {
    if (length > rest_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

ModelFileWriter::ModelFileWriter() : bytes_(kMagic) {
  append(bytes_, kModelFormatVersion);
  append(bytes_, sections_);
}

void ModelFileWriter::add(std::string_view name, std::uint32_t element_size, std::string_view bytes) {
  append(bytes_, static_cast<std::uint32_t>(name.size()));
  bytes_ += name;
  append(bytes_, element_size);
  append(bytes_, static_cast<std::uint64_t>(bytes.size() / element_size));
  bytes_ += bytes;
  ++sections_;
}

void ModelFileWriter::add_vocabulary(const std::string& name, const Vocabulary& vocabulary) {
  add_text(name + ".text", vocabulary.text());
  add_numbers(name + ".ends", std::span(vocabulary.ends()));
}

void ModelFileWriter::add_attributes(const ItemAttributes& attributes) {
  Vocabulary columns;
  for (const AttributeColumn& column : attributes.columns()) {
    const std::string name = "attribute." + std::to_string(columns.add(column.name));
    Vocabulary values;
    std::vector<std::uint32_t> items;
    std::vector<std::uint64_t> ends;
    for (const AttributeValue& value : column.values) {
      values.add(value.value);
      items.insert(items.end(), value.items.begin(), value.items.end());
      ends.push_back(items.size());
    }
    add_vocabulary(name + ".values", values);
    add_numbers(name + ".items", std::span<const std::uint32_t>(items));
    add_numbers(name + ".item_ends", std::span<const std::uint64_t>(ends));
  }
  add_vocabulary("attributes", columns);
}

std::string ModelFileWriter::finish() {
  std::memcpy(bytes_.data() + kHeaderSize - sizeof sections_, &sections_, sizeof sections_);
  append(bytes_, stable_hash(bytes_));
  return std::move(bytes_);
}

Result<ModelFileReader> ModelFileReader::open(std::string_view bytes) {
  if (bytes.size() < kHeaderSize + kChecksumSize) return damaged_model("it is too short");
  Cursor header(bytes.substr(0, kHeaderSize));
  if (header.take(kMagic.size()) != kMagic) return damaged_model("it does not begin as one");
  const auto version = header.number<std::uint32_t>();
  if (version > kModelFormatVersion) {
    return fail(ErrorKind::kUnsupported,
                "The model file was written by a newer version of this program; update it or "
                "train the model again. Format: " +
                    std::to_string(version));
  }
  const auto sections = header.number<std::uint32_t>();
  const std::string_view content = bytes.substr(0, bytes.size() - kChecksumSize);
  if (stable_hash(content) != Cursor(bytes.substr(content.size())).number<std::uint64_t>()) {
    return damaged_model("its checksum is wrong");
  }

  ModelFileReader reader;
  Cursor cursor(content.substr(kHeaderSize));
  for (std::uint32_t k = 0; k < sections && !cursor.failed(); ++k) {
    const std::string name(cursor.take(cursor.number<std::uint32_t>()));
    Section section{cursor.number<std::uint32_t>(), {}};
    const auto count = cursor.number<std::uint64_t>();
    if (section.element_size == 0 || count > cursor.left() / section.element_size) return damaged_model(name);
    section.bytes = cursor.take(count * section.element_size);
    reader.sections_.emplace(name, section);
  }
  if (cursor.failed() || !cursor.at_end()) return damaged_model("its sections do not fill it");
  return reader;
}

Result<std::string_view> ModelFileReader::section(std::string_view name, std::uint32_t element_size) const {
  const auto found = sections_.find(name);
  if (found == sections_.end() || found->second.element_size != element_size) return damaged_model(name);
  return found->second.bytes;
}

Result<Vocabulary> ModelFileReader::vocabulary(const std::string& name) const {
  const std::string_view ids = TRY(text(name + ".text"));
  const std::vector<std::uint64_t> ends = TRY(numbers<std::uint64_t>(name + ".ends"));
  Vocabulary vocabulary;
  std::uint64_t begin = 0;
  for (const std::uint64_t end : ends) {
    if (end < begin || end > ids.size()) return damaged_model(name);
    if (vocabulary.add(ids.substr(begin, end - begin)) + 1 != vocabulary.size()) return damaged_model(name);
    begin = end;
  }
  return vocabulary;
}

Result<ItemAttributes> ModelFileReader::attributes(std::uint32_t item_count) const {
  const Vocabulary columns = TRY(vocabulary("attributes"));
  ItemAttributes attributes;
  for (std::uint32_t column = 0; column < columns.size(); ++column) {
    const std::string name = "attribute." + std::to_string(column);
    const Vocabulary values = TRY(vocabulary(name + ".values"));
    const auto items = TRY(numbers<std::uint32_t>(name + ".items"));
    const auto ends = TRY(numbers<std::uint64_t>(name + ".item_ends"));
    if (ends.size() != values.size()) return damaged_model(name);
    std::uint64_t place = 0;
    for (std::uint32_t value = 0; value < values.size(); ++value) {
      if (ends[value] > items.size()) return damaged_model(name);
      for (; place < ends[value]; ++place) {
        if (items[place] >= item_count) return damaged_model(name);
        attributes.add(columns.at(column), values.at(value), items[place]);
      }
    }
  }
  return attributes;
}

std::unexpected<Error> damaged_model(std::string_view what) {
  return fail(ErrorKind::kInvalid,
              "This is not a whole model file; train the model again or restore the file. Wrong: " + std::string(what));
}

}  // namespace rapport::learn
