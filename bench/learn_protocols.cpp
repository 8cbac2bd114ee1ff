#include "learn_protocols.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace rapport::bench {
namespace {

// Every user's last item is held out.
ItemProtocol hold_out(std::vector<std::vector<std::uint32_t>> histories, std::uint32_t item_count) {
  ItemProtocol protocol;
  for (std::uint32_t item = 0; item < item_count; ++item) protocol.known.items.add(std::to_string(item));
  for (std::vector<std::uint32_t>& history : histories) {
    if (history.size() < 2) continue;
    const std::uint32_t user = protocol.known.users.add(std::to_string(protocol.truth.size()));
    protocol.truth.push_back(history.back());
    history.pop_back();
    std::int64_t time = 0;
    for (const std::uint32_t item : history) protocol.known.interactions.push_back({user, item, time++});
    protocol.history.push_back(std::move(history));
  }
  return protocol;
}

}  // namespace

std::optional<ItemProtocol> read_pairs(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::vector<std::uint32_t>> histories;
  std::uint32_t items = 0;
  for (std::uint32_t user = 0, item = 0; in >> user >> item; items = std::max(items, item + 1)) {
    if (histories.size() <= user) histories.resize(user + 1);
    histories[user].push_back(item);
  }
  if (histories.empty()) return std::nullopt;
  return hold_out(std::move(histories), items);
}

std::optional<ItemProtocol> read_lists(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::vector<std::uint32_t>> histories;
  std::uint32_t items = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream numbers(line);
    std::uint32_t user = 0;
    numbers >> user;
    histories.emplace_back();
    for (std::uint32_t item = 0; numbers >> item; items = std::max(items, item + 1)) histories.back().push_back(item);
  }
  if (histories.empty()) return std::nullopt;
  return hold_out(std::move(histories), items);
}

std::optional<ItemProtocol> read_sampled(const std::filesystem::path& folder) {
  std::ifstream ratings(folder / "ml-1m.train.rating");
  ItemProtocol protocol;
  const auto know = [&](std::uint32_t item) {
    while (protocol.known.items.size() <= item) protocol.known.items.add(std::to_string(protocol.known.items.size()));
  };
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  double rating = 0;
  for (std::int64_t time = 0; ratings >> user >> item >> rating >> time;) {
    know(item);
    while (protocol.known.users.size() <= user) protocol.known.users.add(std::to_string(protocol.known.users.size()));
    protocol.history.resize(protocol.known.users.size());
    protocol.history[user].push_back(item);
    protocol.known.interactions.push_back({user, item, time});
  }
  if (protocol.history.empty()) return std::nullopt;
  std::ifstream lines(folder / "ml-1m.test.negative");  // "(user,item)\titem\titem..."
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string pair;
    fields >> pair;
    protocol.truth.push_back(static_cast<std::uint32_t>(std::stoul(pair.substr(pair.find(',') + 1))));
    know(protocol.truth.back());
    protocol.others.emplace_back();
    while (fields >> item) {
      know(item);
      protocol.others.back().push_back(item);
    }
  }
  if (protocol.truth.size() != protocol.history.size()) return std::nullopt;
  return protocol;
}

learn::HitMetrics measure(const ItemProtocol& protocol, const learn::ItemModel& model) {
  learn::HitMetrics metrics;
  std::vector<float> scores(model.items().size());
  for (std::size_t user = 0; user < protocol.truth.size(); ++user) {
    std::vector<learn::PastEvent> history;
    for (const std::uint32_t item : protocol.history[user]) history.push_back({item, 0});
    model.score({.history = history}, scores);
    metrics.add(protocol.others.empty() ? learn::rank_among_all(scores, protocol.truth[user], protocol.history[user])
                                        : learn::rank_among(scores, protocol.truth[user], protocol.others[user]));
  }
  return metrics;
}

}  // namespace rapport::bench
