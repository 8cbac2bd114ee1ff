#include "behaviors/filter.h"

#include <algorithm>
#include <string_view>

namespace rapport::behaviors {
namespace {

using audience::EventFilter;

bool passes_attribute(const events::Event& event, const EventFilter::Attribute& attribute) {
  const auto found = std::ranges::find(event.attributes, attribute.name, &std::pair<std::string, std::string>::first);
  if (found == event.attributes.end()) return attribute.test == EventFilter::Text::kIsNoneOf;
  const std::string_view text = found->second;
  if (attribute.test == EventFilter::Text::kHoldsOneOf) {
    return std::ranges::any_of(attribute.values, [&](const auto& value) { return text.find(value) != text.npos; });
  }
  const bool listed = std::ranges::binary_search(attribute.values, text, {},
                                                 [](const std::string& value) { return std::string_view(value); });
  return listed == (attribute.test == EventFilter::Text::kIsOneOf);
}

bool passes_metric(const events::Event& event, const EventFilter::Metric& metric) {
  const auto found = std::ranges::find(event.metrics, metric.name, &std::pair<std::string, double>::first);
  return found != event.metrics.end() && audience::compare(found->second, metric.comparison, metric.value);
}

}  // namespace

bool passes(const events::Event& event, const EventFilter& filter) {
  return event.type == filter.type &&
         std::ranges::all_of(filter.attributes, [&](const auto& one) { return passes_attribute(event, one); }) &&
         std::ranges::all_of(filter.metrics, [&](const auto& one) { return passes_metric(event, one); });
}

}  // namespace rapport::behaviors
