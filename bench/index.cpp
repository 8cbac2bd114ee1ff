// The in-memory index alone: processor time to intern, to load sorted rows and to apply changes, and bytes per row.
// Rows have 25 terms of skewed values (two of them unlike any other row's), a user and 6 numbers.
//
// usage: bench_index [ROWS]

#include "index/index.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "index/row.h"

namespace {

using namespace rapport;
using namespace rapport::index;

// How many values the fields of a row have; 0: a value of its own for every row.
constexpr std::array<std::uint64_t, 25> kFieldValues = {
    2, 2, 3, 4, 5, 5, 8, 8, 10, 12, 20, 30, 50, 50, 80, 100, 200, 300, 500, 1000, 3000, 20000, 100000, 0, 0};
constexpr FieldNumber kNumberFields = 6;

class World {
 public:
  explicit World(Dictionary& dictionary) : builder_(dictionary) {
    for (std::size_t field = 0; field < kFieldValues.size(); ++field) {
      fields_.push_back(dictionary.intern_field(fmt::format("Attributes.field{}", field)));
    }
  }

  static std::string id(std::uint64_t row) {
    Random random(row);
    const std::uint64_t high = random();
    return fmt::format("{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}", high >> 32, high >> 16 & 0xFFFF, high >> 4 & 0xFFF,
                       high & 0xFFF, random() >> 16);
  }

  const Row& make(std::uint64_t row, std::uint64_t edition) {
    Random random(row * 1000003);
    Random changing(row * 7919 + edition);
    builder_.begin(id(row));
    builder_.user(fmt::format("user-{:012}", row * 3 / 4));
    for (std::size_t field = 0; field < fields_.size(); ++field) {
      // An update changes a few values and leaves the others as they were.
      Random& source = field % 8 == 7 ? changing : random;
      builder_.term(fields_[field], text(kFieldValues[field], source, row));
    }
    builder_.number(fields_[0], std::floor(18 + 60 * random.uniform()));
    builder_.number(fields_[1], static_cast<double>(1'600'000'000'000 + random.below(30'000'000) * 1000));
    builder_.number(fields_[2], static_cast<double>(1'700'000'000'000 + changing.below(30'000'000) * 1000));
    builder_.number(fields_[3], std::floor(-100 * std::log(1 - changing.uniform())) / 100);
    builder_.number(fields_[4], static_cast<double>(random.below(181)) - 90);
    builder_.number(fields_[5], static_cast<double>(changing.below(20)));
    return builder_.finish();
  }

 private:
  std::string_view text(std::uint64_t values, Random& random, std::uint64_t row) {
    std::uint64_t value = row;
    if (values > 0) {  // about as Zipf's law has it
      const double rank = std::pow(static_cast<double>(values) + 1, random.uniform());
      value = std::min(static_cast<std::uint64_t>(rank) - 1, values - 1);
    }
    constexpr std::string_view kPrefix = "a value ";
    std::ranges::copy(kPrefix, text_.begin());
    const auto end = std::to_chars(text_.data() + kPrefix.size(), text_.data() + text_.size(), value).ptr;
    return {text_.data(), end};
  }

  RowBuilder builder_;
  std::vector<FieldNumber> fields_;
  std::array<char, 40> text_{};
};

// Of this thread: the figures are what the index costs, whatever else the machine does.
double processor_seconds() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

double nanoseconds_each(double started, std::uint64_t count) {
  return (processor_seconds() - started) * 1e9 / static_cast<double>(count);
}

void load(Index& index, World& world, std::uint64_t rows) {
  std::vector<std::pair<std::string, std::uint64_t>> order;
  for (std::uint64_t row = 0; row < rows; ++row) order.emplace_back(World::id(row), row);
  std::ranges::sort(order);
  constexpr std::uint64_t kPiece = 100'000;  // rows made before they are timed
  double making = 0;
  double loading = 0;
  Loader loader(index);
  for (std::uint64_t first = 0; first < rows; first += kPiece) {
    std::vector<Row> made;
    const double started = processor_seconds();
    for (std::uint64_t row = first; row < std::min(rows, first + kPiece); ++row) {
      made.push_back(world.make(order[row].second, 0));
    }
    const double between = processor_seconds();
    for (const Row& row : made) loader.add(row);
    making += between - started;
    loading += processor_seconds() - between;
  }
  const double started = processor_seconds();
  install(index, {loader.finish()});
  loading += processor_seconds() - started;
  fmt::print("make and intern  {:8.0f} ns per row\n", making * 1e9 / static_cast<double>(rows));
  fmt::print("load             {:8.0f} ns per row\n", loading * 1e9 / static_cast<double>(rows));
}

void print_memory(const Index& index) {
  const MemoryUse use = index.memory_use();
  const auto each = [&](std::size_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(index.snapshot()->size());
  };
  fmt::print(
      "bytes per row    {:8.1f}: dictionary {:.1f}, postings {:.1f}, numbers {:.1f}, ids {:.1f}, deltas {:.1f}\n",
      each(use.total()), each(use.dictionary_bytes), each(use.postings_bytes), each(use.number_bytes),
      each(use.id_bytes), each(use.delta_bytes));
}

void update(Index& index, World& world, std::uint64_t rows, std::uint64_t batch_rows) {
  Random random(batch_rows);
  const std::uint64_t updates = std::max<std::uint64_t>(200'000, batch_rows * 4);
  double applying = 0;
  double longest = 0;
  for (std::uint64_t done = 0; done < updates; done += batch_rows) {
    std::vector<RowChange> changes;
    for (std::uint64_t change = 0; change < batch_rows; ++change) {
      const Row& row = world.make(random.below(rows), done + change);
      changes.push_back({row.key_id, std::make_shared<const Row>(row)});
    }
    const double started = processor_seconds();
    index.apply(changes);
    applying += processor_seconds() - started;
    longest = std::max(longest, processor_seconds() - started);
  }
  fmt::print("update by {:6} {:8.0f} ns per row, longest batch {:.1f} ms\n", batch_rows,
             applying * 1e9 / static_cast<double>(updates), longest * 1e3);
}

void insert(Index& index, World& world, std::uint64_t first, std::uint64_t count) {
  constexpr std::uint64_t kBatch = 1000;
  double applying = 0;
  for (std::uint64_t row = first; row < first + count; row += kBatch) {
    std::vector<RowChange> changes;
    for (std::uint64_t change = row; change < row + kBatch; ++change) {
      const Row& made = world.make(change, 0);
      changes.push_back({made.key_id, std::make_shared<const Row>(made)});
    }
    const double started = processor_seconds();
    index.apply(changes);
    applying += processor_seconds() - started;
  }
  fmt::print("insert by   1000 {:8.0f} ns per row\n", applying * 1e9 / static_cast<double>(count));
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t rows = argc > 1 ? std::stoull(argv[1]) : 1'000'000;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Index index({.delta_rows_max = argc > 2 ? static_cast<std::uint32_t>(std::stoul(argv[2])) : 512,
               .delta_rows_total = argc > 2 ? 0U : Options{}.delta_rows_total});
  World world(*index.dictionary());
  load(index, world, rows);
  print_memory(index);
  for (const std::uint64_t batch_rows : {100U, 1000U, 10'000U}) update(index, world, rows, batch_rows);
  print_memory(index);
  const double started = processor_seconds();
  index.compact([] { return false; });
  fmt::print("compact          {:8.0f} ns per row of the index\n", nanoseconds_each(started, rows));
  print_memory(index);
  insert(index, world, rows, 200'000);
  print_memory(index);
}
