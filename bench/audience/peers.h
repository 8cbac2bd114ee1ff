#pragma once

// The same people in other engines, asked by SQL.

#include <cstdint>
#include <memory>
#include <string>

#include "people.h"
#include "testing/private_postgres.h"

namespace rapport::bench {

// What a user of the engine would do to have counts fast.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual void load(const People& people) = 0;  // rows and, where the engine has them, indexes and statistics
  virtual std::uint64_t count(const std::string& condition) = 0;
};

// A file of DuckDB with one column per attribute, sorted by country; two threads.
std::unique_ptr<Peer> make_duckdb(const std::string& file);
// One table with b-trees on every column, GIN on lists and trigrams on the city; two workers.
std::unique_ptr<Peer> make_postgres(test::PrivatePostgres& server);

}  // namespace rapport::bench
