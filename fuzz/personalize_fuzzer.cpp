// The texts Personalize's clients send inside documents and files: schemas, segment queries, filters, CSV rows. The
// first byte chooses. None may crash; what cannot be read is the sender's fault and nothing else.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "datasets/csv_validation.h"
#include "filters/filter.h"
#include "training/attribute_query.h"

namespace rapport {
namespace {

void read_schema(std::string_view text) {
  const auto schema = datasets::parse_schema(text);
  if (!schema) {
    CHECK(schema.error().kind == ErrorKind::kInvalid);
    return;
  }
  (void)datasets::check_schema(*schema, datasets::DatasetType::kItems, datasets::Domain::kNone);
}

void read_query(std::string_view text) {
  const auto query = training::parse_attribute_query(text);
  CHECK(query || query.error().kind == ErrorKind::kInvalid);
}

void read_filter(std::string_view text) {
  const auto filter = filters::Filter::parse(text);
  CHECK(filter || filter.error().kind == ErrorKind::kInvalid);
}

// What was written of one pass is written unchanged by the next.
void read_rows(std::string_view rows) {
  static const datasets::Schema kSchema = datasets::parse_schema(R"({"type":"record","name":"Items","fields":[
    {"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":"string","categorical":true},
    {"name":"YEAR","type":["null","int"]},{"name":"ADULT","type":["null","boolean"]}]})")
                                              .value();
  const datasets::CsvValidation validation(kSchema, datasets::DatasetType::kItems);
  const auto copy = [&](const std::string& text, std::string& written) {
    formats::CsvWriter writer(formats::text_sink(written));
    CHECK(writer.write_row({"ITEM_ID", "GENRES", "YEAR", "ADULT"}).has_value());
    datasets::BadRows bad;
    const auto count = validation.copy("f", formats::text_source(text, 7), writer, bad, [](auto) { return Status{}; });
    CHECK(count || count.error().kind == ErrorKind::kInvalid);
    CHECK(writer.finish().has_value());
    return bad.count();
  };
  std::string once;
  copy("ITEM_ID,GENRES,YEAR,ADULT\n" + std::string(rows), once);
  if (once.find('\\') != std::string::npos) return;  // files of clients have backslash escapes, ours have none
  std::string twice;
  CHECK(copy(once, twice) == 0);
  CHECK(once == twice);
}

}  // namespace
}  // namespace rapport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0: rapport::read_schema(text); break;
    case 1: rapport::read_query(text); break;
    case 2: rapport::read_filter(text); break;
    default: rapport::read_rows(text);
  }
  return 0;
}
