#pragma once

// For tests: random documents of a shape, the request that carries them, and ways to spoil them.

#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "contract/tables.h"
#include "http/message.h"
#include "json/json.h"

namespace rapport::contract {

// Makes documents that conform to their shapes, under model names. Not thread-safe.
class Samples {
 public:
  Samples(const Service& service, Random& random) : service_(service), random_(random) {}

  json::value make(const Shape& shape);
  json::object make_object(const Shape& structure);

 private:
  json::object structure(const Shape& shape, int depth);
  json::value value(const Shape& shape, int depth);
  std::string text(const Shape& shape);
  double number(const Shape& shape);
  std::size_t length(const Shape& shape, std::size_t usual_max);

  const Service& service_;
  Random& random_;
};

// The request that brings `input` to the operation.
http::Request request_for(const Service& service, const Operation& operation, const json::object& input);

// One way to spoil a document, and the member a refusal must name.
struct Fault {
  std::string member;
  std::string what;
  std::function<void()> apply;  // changes the document the fault was found in; only one of them may be applied
};

// Every way to spoil what of `input` travels in the body.
std::vector<Fault> find_faults(const Service& service, const Operation& operation, json::object& input);

}  // namespace rapport::contract
