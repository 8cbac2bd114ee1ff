#pragma once

// filters: the filter expressions of Amazon Personalize,
//   EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase") | INCLUDE ItemID WHERE Items.GENRES IN ($GENRES)
// parsed once, checked against the schemas of a dataset group, and asked for each candidate.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datasets/dataset_type.h"
#include "datasets/schema.h"
#include "filters/facts.h"

namespace rapport::filters {

enum class Target { kItems, kUsers, kActions };

// The schemas of a group's datasets, by type; nullptr for those it lacks.
using Schemas = std::map<datasets::DatasetType, const datasets::Schema*>;
// Values of parameters as a request gives them: GENRES -> "\"horror\",\"comedy\"".
using Parameters = std::map<std::string, std::string, std::less<>>;

// A column that an expression reads.
struct Field {
  datasets::DatasetType dataset = datasets::DatasetType::kItems;
  std::string column;  // as in the expression
  auto operator<=>(const Field&) const = default;
};

// For whom a list is made.
struct Subject {
  std::string_view user_id = {};  // empty: nobody; conditions on CurrentUser do not hold then
  std::string_view item_id = {};  // related items: CurrentItem
};

// The decision about candidates of one request. One thread at a time. REQUIRES that facts and filter outlive it.
class Admission {
 public:
  struct Bound;
  explicit Admission(std::unique_ptr<Bound> bound);
  ~Admission();
  Admission(Admission&&) noexcept;
  Admission& operator=(Admission&&) noexcept;

  // May the candidate (an item's, user's or action's id, as the target says) be in the list?
  bool admits(std::string_view id) const;

 private:
  std::unique_ptr<Bound> bound_;
};

// A parsed expression. Immutable: thread-safe.
class Filter {
 public:
  // kInvalid with the API's words and the place of the mistake, field "filterExpression".
  static Result<Filter> parse(std::string_view expression);

  Target target() const;
  const std::vector<std::string>& parameters() const;  // $NAMEs, without the sign, each once
  const std::vector<Field>& fields() const;            // each once
  // kInvalid when a column is unknown, textual or boolean, or of a type that its comparison does not fit.
  Status check(const Schemas& schemas) const;
  // kInvalid (field "filterValues") when a parameter of an INCLUDE has no value or a value cannot be read, or when
  // values are given for parameters the filter lacks. An EXCLUDE without its values does nothing.
  Result<Admission> bind(const Facts& facts, const Subject& subject, const Parameters& values) const;

  struct Expression;

 private:
  explicit Filter(std::shared_ptr<const Expression> expression);
  std::shared_ptr<const Expression> expression_;
};

}  // namespace rapport::filters
