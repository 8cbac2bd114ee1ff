#pragma once

// Whether one ranking of users is better than another on the same queries, as a statement: queries won and lost, and
// how sure the mean difference is.

#include <string_view>
#include <vector>

#include "learn/evaluation.h"

namespace rapport::bench {

struct QueryResult {
  double hits = 0;      // in the top 1 % of the users
  double recall = 0;    // of those who were to be found
  double possible = 0;  // hits that the best ranking would have
};

// Of every query with anybody to find, in order.
std::vector<QueryResult> results_by_query(const learn::Truth& truth, std::uint32_t user_count,
                                          const learn::Ranker& ranker);

// Prints a row: mean misses of what was possible, queries won, tied and lost by hits, and the mean differences in hits
// and recall with 95 % intervals of a seeded paired bootstrap over the queries. REQUIRES results of the same queries.
void print_comparison(std::string_view other_name, const std::vector<QueryResult>& ours,
                      const std::vector<QueryResult>& other);

}  // namespace rapport::bench
