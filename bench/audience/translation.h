#pragma once

// Segment definitions as conditions of SQL over a table with people.h's columns.

#include <string>

#include "base/clock.h"
#include "questions.h"

namespace rapport::bench {

enum class Dialect { kDuckdb, kPostgres };

// What follows WHERE. Covers what questions.h asks, by the documented rules of segments; CHECKs that it is no more.
std::string condition_of(const Question& question, Dialect dialect, Timestamp now);

}  // namespace rapport::bench
