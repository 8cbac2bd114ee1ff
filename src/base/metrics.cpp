#include "base/metrics.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rapport {
namespace {

std::string render_labels(const Metrics::Labels& labels) {
  if (labels.empty()) return {};
  std::string text;
  for (const auto& [name, value] : labels) {
    const std::string escaped = replace_all(replace_all(replace_all(value, "\\", "\\\\"), "\"", "\\\""), "\n", "\\n");
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "{" : ",", name, escaped);
  }
  return text + "}";
}

}  // namespace

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock(mutex_);
  Family& family = families_[name];
  family.help = help;
  auto& counter = family.counters[render_labels(labels)];
  if (!counter) counter = std::make_unique<Counter>();
  return *counter;
}

void Metrics::gauge(const std::string& name, const std::string& help, std::function<double()> read,
                    const Labels& labels) {
  const std::scoped_lock lock(mutex_);
  Family& family = families_[name];
  family.help = help;
  family.gauges[render_labels(labels)] = std::move(read);
}

std::string Metrics::prometheus_text() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const auto& [name, family] : families_) {
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, family.help, name,
                        family.gauges.empty() ? "counter" : "gauge");
    for (const auto& [labels, read] : family.gauges) text += fmt::format("{}{} {}\n", name, labels, read());
    for (const auto& [labels, counter] : family.counters)
      text += fmt::format("{}{} {}\n", name, labels, counter->value());
  }
  return text;
}

}  // namespace rapport
