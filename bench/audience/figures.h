#pragma once

// What a measurement found, and measurements in processes of their own.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::bench {

// Numbers by name, in the order they were first set.
class Figures {
 public:
  void set(const std::string& name, double value);
  double get(const std::string& name) const;  // CHECKs that there is one
  bool has(const std::string& name) const { return values_.contains(name); }
  void add(const Figures& others);
  const std::vector<std::string>& names() const { return names_; }

  std::string encode() const;
  static Figures decode(std::string_view text);

 private:
  std::vector<std::string> names_;
  std::map<std::string, double> values_;
};

double median(std::vector<double> values);
double percentile(std::vector<double> values, double share);  // such as 0.99

// Processor time of this process so far. On a busy machine it says more than the clock.
double processor_seconds();

// Runs `measure` in a new process, so that its memory and threads are its own, and returns what it set. REQUIRES that
// this process has one thread.
Figures in_process(const std::function<void(Figures&)>& measure);

}  // namespace rapport::bench
