#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace rapport::json {

// Where in a document the walk is: a chain of frames on the stack, spelled out only when something is wrong there.
// `WriteCampaignRequest.Schedule.StartTime`, `Item[3].Attributes["a b"]`.
class MemberPath {
 public:
  static MemberPath root() { return {nullptr, Kind::kRoot, {}, 0}; }
  MemberPath member(std::string_view name) const { return {this, Kind::kMember, name, 0}; }
  MemberPath key(std::string_view name) const { return {this, Kind::kKey, name, 0}; }
  MemberPath item(std::size_t index) const { return {this, Kind::kItem, {}, index}; }

  std::string text() const {
    const std::string before = parent_ == nullptr ? std::string() : parent_->text();
    switch (kind_) {
      case Kind::kRoot: return {};
      case Kind::kMember: return before.empty() ? std::string(name_) : fmt::format("{}.{}", before, name_);
      case Kind::kKey: return fmt::format("{}[\"{}\"]", before, name_.substr(0, 100));
      case Kind::kItem: return fmt::format("{}[{}]", before, index_);
    }
    return before;
  }

 private:
  enum class Kind { kRoot, kMember, kKey, kItem };
  MemberPath(const MemberPath* parent, Kind kind, std::string_view name, std::size_t index)
      : parent_(parent), kind_(kind), name_(name), index_(index) {}

  const MemberPath* parent_;
  Kind kind_;
  std::string_view name_;
  std::size_t index_;
};

}  // namespace rapport::json
