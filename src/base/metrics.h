#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace rapport {

// A count that only grows. Thread-safe.
class Counter {
 public:
  void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// The measurements of one process, printed as Prometheus text. Owned by the composition root; modules take it by
// reference. Thread-safe. A Counter lives as long as its registry.
class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  // The same name and labels give the same counter. `help` is one sentence.
  Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
  // A value read when the text is made. The same name and labels replace it.
  void gauge(const std::string& name, const std::string& help, std::function<double()> read, const Labels& labels = {});

  std::string prometheus_text() const;

 private:
  struct Family {
    std::string help;
    std::map<std::string, std::unique_ptr<Counter>> counters;  // by rendered labels
    std::map<std::string, std::function<double()>> gauges;     // by rendered labels
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

}  // namespace rapport
