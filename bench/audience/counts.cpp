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

// The question as segments of the stack, with its sources under the ids they got.
audience::SegmentRef store(Stack& stack, Question asked) {
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

double timed_count(Stack& stack, const audience::SegmentRef& segment, std::int64_t* counted = nullptr) {
  const double begin = monotonic_seconds();
  const auto count = stack.segments().count_members(segment).value();
  const double seconds = monotonic_seconds() - begin;
  if (counted != nullptr) *counted = count;
  return seconds;
}

double first_page(Stack& stack, const audience::SegmentRef& segment) {
  const double begin = monotonic_seconds();
  std::size_t members = 0;
  std::size_t bytes = 0;
  CHECK(stack.segments().for_each_member(segment, "", [&](std::string_view, const audience::Endpoint& endpoint) {
    bytes += endpoint.document().size();
    return ++members < kPage;
  }));
  CHECK(members == 0 || bytes > 0);
  return monotonic_seconds() - begin;
}

}  // namespace

std::string answer_name(std::string_view what, std::size_t kind, std::uint64_t variant) {
  return fmt::format("{}/{}/{}", what, kind, variant);
}

void measure_counts(Stack& stack, const People& people, const Asked& asked, Figures& figures) {
  std::vector<Asking> askings;
  for (std::uint64_t variant = 0; variant < asked.ours; ++variant) {
    for (std::size_t kind = 0; kind < question_kinds().size(); ++kind) {
      askings.push_back({store(stack, question(people, kind, variant)), kind, variant});
    }
  }
  for (const auto& asking : askings) {
    std::int64_t count = 0;
    figures.set(answer_name("cold", asking.kind, asking.variant), timed_count(stack, asking.segment, &count));
    figures.set(answer_name("count", asking.kind, asking.variant), static_cast<double>(count));
  }
  for (const auto& asking : askings) {
    std::vector<double> seconds;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      stack.time().advance(kStepMicros);  // recency moves on
      seconds.push_back(timed_count(stack, asking.segment));
    }
    figures.set(answer_name("repeated", asking.kind, asking.variant), median(seconds));
    figures.set(answer_name("page", asking.kind, asking.variant), first_page(stack, asking.segment));
  }
}

}  // namespace rapport::bench
