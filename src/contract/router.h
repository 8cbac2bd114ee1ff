#pragma once

// Finds the operation a request addresses. Works on the raw path: labels are cut out first and decoded later, so a
// label may hold %2F.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "contract/tables.h"
#include "http/message.h"

namespace rapport::contract {

struct Label {
  std::string_view name;
  std::string_view raw;  // still percent-encoded; lives as long as the request head
};

struct Match {
  enum class Kind {
    kOperation,    // `service`, `operation` and the labels are set
    kWrongMethod,  // the path exists; `allowed` lists its methods; `service` is set
    kWrongScope,   // the request is signed for another service than `service`
    kUnknown,      // `service` is the best guess for the form of the error, or nullptr
  };
  static constexpr std::size_t kLabelsMax = 8;

  Kind kind = Kind::kUnknown;
  const Service* service = nullptr;
  const Operation* operation = nullptr;
  std::array<Label, kLabelsMax> labels{};
  std::size_t label_count = 0;
  std::string allowed;
};

// Immutable after construction, thread-safe.
class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // `signing_name` is the service of the credential scope, "" when unknown.
  Match route(const http::RequestHead& head, std::string_view signing_name) const;

 private:
  struct Node;
  struct Walk;
  void add(const Service& service, const Operation& operation, const Route& route);
  static void walk(const Node& node, std::string_view rest, std::size_t depth, Walk& state);
  Match match_path(const http::RequestHead& head, std::string_view signing_name) const;

  std::unique_ptr<Node> root_;
};

}  // namespace rapport::contract
