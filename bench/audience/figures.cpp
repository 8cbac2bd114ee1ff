#include "figures.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "base/check.h"
#include "base/text.h"

namespace rapport::bench {

void Figures::set(const std::string& name, double value) {
  if (!values_.contains(name)) names_.push_back(name);
  values_[name] = value;
}

double Figures::get(const std::string& name) const {
  const auto found = values_.find(name);
  CHECK(found != values_.end());
  return found->second;
}

void Figures::add(const Figures& others) {
  for (const auto& name : others.names()) set(name, others.get(name));
}

std::string Figures::encode() const {
  std::string text;
  for (const auto& name : names_) text += fmt::format("{}\t{}\n", name, values_.at(name));
  return text;
}

Figures Figures::decode(std::string_view text) {
  Figures figures;
  for (const auto line : split(text, '\n')) {
    const auto tab = line.find('\t');
    if (tab == line.npos) continue;
    const auto value = parse_double(line.substr(tab + 1));
    CHECK(value);
    figures.set(std::string(line.substr(0, tab)), *value);
  }
  return figures;
}

double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

double percentile(std::vector<double> values, double share) {
  CHECK(!values.empty());
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

double processor_seconds() {
  timespec used{};
  CHECK(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

Figures in_process(const std::function<void(Figures&)>& measure) {
  int ends[2];
  CHECK(::pipe(ends) == 0);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  CHECK(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    Figures figures;
    measure(figures);
    std::fflush(nullptr);
    const auto text = figures.encode();
    for (std::size_t sent = 0; sent < text.size();) {
      const auto wrote = ::write(ends[1], text.data() + sent, text.size() - sent);
      if (wrote <= 0) ::_exit(1);
      sent += static_cast<std::size_t>(wrote);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  std::array<char, 65'536> piece;
  for (ssize_t got = 0; (got = ::read(ends[0], piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  CHECK(::waitpid(child, &status, 0) == child);
  if (status != 0) fmt::print(stderr, "A measurement ended early; what it printed says why.\n");
  CHECK(status == 0);
  return Figures::decode(text);
}

}  // namespace rapport::bench
