#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/random.h"
#include "json/json.h"

namespace rapport::transfers {

// Endpoints with any of their members, and texts that are hard on writers of files.
class RandomEndpoints {
 public:
  explicit RandomEndpoints(std::uint64_t seed) : random_(seed) {}

  // An EndpointRequest with its Id; addresses do not repeat, nobody has more than a few endpoints.
  json::object next() {
    ++number_;
    json::object endpoint{{"Id", "E-" + std::to_string(number_)},
                          {"Address", "person" + std::to_string(number_) + "@example.org"},
                          {"ChannelType", "EMAIL"}};
    if (chance(3)) endpoint["OptOut"] = "ALL";
    if (chance(4)) endpoint["EndpointStatus"] = "INACTIVE";
    if (chance(3)) endpoint["EffectiveDate"] = "2021-02-03T04:05:06.789Z";
    if (chance(3)) endpoint["RequestId"] = text();
    if (chance(2)) endpoint["Attributes"] = lists();
    if (chance(2)) endpoint["Metrics"] = numbers();
    if (chance(2)) endpoint["Demographic"] = {{"Locale", "it"}, {"Make", text()}, {"Timezone", "Europe/Rome"}};
    if (chance(2)) endpoint["Location"] = location();
    if (chance(2)) endpoint["User"] = user();
    return endpoint;
  }

 private:
  bool chance(std::uint64_t of) { return random_.below(of) == 0; }

  std::string text() {
    static constexpr std::array<std::string_view, 10> kPieces = {"a",  "Z9", " ", "\"",   "\\",
                                                                 "\t", "\n", "é", "日本", "😀"};
    std::string made = "x";
    for (auto left = random_.below(20); left > 0; --left) made += kPieces[random_.below(kPieces.size())];
    return made + "x";
  }

  json::object lists() {
    json::object made;
    for (auto left = random_.below(4); left > 0; --left) {
      json::array& texts = made["attribute " + std::to_string(random_.below(6))].emplace_array();
      for (auto count = 1 + random_.below(3); count > 0; --count) texts.emplace_back(text());
    }
    return made;
  }

  json::object numbers() {
    json::object made;
    for (auto left = random_.below(4); left > 0; --left) {
      made["metric " + std::to_string(random_.below(6))] = number();
    }
    return made;
  }

  double number() {
    static constexpr std::array kNumbers = {0.0, -1.0, 0.1, 1e300, 5e-324, 123456789012345.0, -2.5};
    return chance(2) ? kNumbers[random_.below(kNumbers.size())] : random_.uniform() * 1e6;
  }

  json::object location() {
    return {{"City", text()}, {"Country", "IT"}, {"Latitude", random_.uniform() * 180 - 90}, {"Longitude", 12.5}};
  }

  json::object user() {
    json::object made{{"UserId", "user " + std::to_string(number_ / 4)}};
    if (chance(2)) made["UserAttributes"] = lists();
    return made;
  }

  Random random_;
  std::uint64_t number_ = 0;
};

}  // namespace rapport::transfers
