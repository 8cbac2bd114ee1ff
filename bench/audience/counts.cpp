#include <fmt/format.h>

#include <vector>

#include "base/check.h"
#include "measures.h"
#include "questions.h"

namespace rapport::bench {
namespace {

constexpr int kRepeats = 3;
constexpr std::int64_t kStepMicros = 5'000;
constexpr std::size_t kPage = 100;

struct Asking {
  audience::SegmentRef segment;
  std::size_t kind;
  std::uint64_t variant;
};

std::int64_t count(Stack& stack, const audience::SegmentRef& segment) {
  return stack.segments().count_members(segment).value();
}

double first_page(Stack& stack, const audience::SegmentRef& segment) {
  const double begin = monotonic_seconds();
  const auto page = stack.audience().queries().members(segment, "", kPage).value().endpoints;
  std::size_t bytes = 0;
  for (const auto& endpoint : page) bytes += endpoint.document().size();
  CHECK(page.empty() || bytes > 0);
  return monotonic_seconds() - begin;
}

}  // namespace

std::string answer_name(std::string_view what, std::size_t kind, std::uint64_t variant) {
  return fmt::format("{}/{}/{}", what, kind, variant);
}

audience::SegmentRef store_question(Stack& stack, Question asked) {
  std::map<std::string, std::string> ids;
  for (const auto& [name, definition] : asked.sources) {
    ids[name] = stack.segments().create(stack.app(), {name, definition}, {}).value().id;
  }
  if (auto* groups = asked.definition.if_contains("SegmentGroups")) {
    for (auto& group : groups->as_object()["Groups"].as_array()) {
      auto* sources = group.as_object().if_contains("SourceSegments");
      if (sources == nullptr) continue;
      for (auto& source : sources->as_array()) {
        auto& id = source.as_object()["Id"];
        id = ids.at(std::string(id.as_string()));
      }
    }
  }
  return {stack.app(), stack.segments().create(stack.app(), {"question", asked.definition}, {}).value().id};
}

void measure_counts(Stack& stack, const People& people, const Asked& asked, Figures& figures) {
  std::vector<Asking> askings;
  for (std::uint64_t variant = 0; variant < asked.ours; ++variant) {
    for (std::size_t kind = 0; kind < question_kinds().size(); ++kind) {
      askings.push_back({store_question(stack, question(people, kind, variant)), kind, variant});
    }
  }
  std::vector<double> worked;
  for (const auto& asking : askings) {
    const double begin = monotonic_seconds(), before = processor_seconds();
    const auto members = count(stack, asking.segment);
    worked.push_back((processor_seconds() - before) * 1e3);
    figures.set(answer_name("cold", asking.kind, asking.variant), monotonic_seconds() - begin);
    figures.set(answer_name("count", asking.kind, asking.variant), static_cast<double>(members));
  }
  figures.set("count of a new segment, processor ms, median", median(worked));
  figures.set("count of a new segment, processor ms, p99", percentile(worked, 0.99));
  for (const auto& asking : askings) {
    std::vector<double> seconds;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      stack.time().advance(kStepMicros);  // recency moves on
      const double begin = monotonic_seconds();
      count(stack, asking.segment);
      seconds.push_back(monotonic_seconds() - begin);
    }
    figures.set(answer_name("repeated", asking.kind, asking.variant), median(seconds));
    figures.set(answer_name("page", asking.kind, asking.variant), first_page(stack, asking.segment));
  }
}

}  // namespace rapport::bench
