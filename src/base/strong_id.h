#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace rapport {

// An identifier that cannot be mistaken for another: `using AppId = StrongId<struct AppIdTag>;`.
template <class Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}

  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const StrongId&) const = default;

 private:
  std::string value_;
};

}  // namespace rapport

template <class Tag>
struct std::hash<rapport::StrongId<Tag>> {
  std::size_t operator()(const rapport::StrongId<Tag>& id) const { return std::hash<std::string>{}(id.str()); }
};
