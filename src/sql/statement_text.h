#pragma once

// The little the drivers must know of the text of the common SQL.

#include <string>
#include <string_view>
#include <vector>

namespace rapport::sql {

// The statements of a list separated by `;`, trimmed, without empty ones. Quoted text and `--` comments are skipped.
std::vector<std::string_view> split_statements(std::string_view list);

// A statement as SQLite wants it: CREATE TABLE becomes STRICT, and in CREATE TABLE and ALTER TABLE the column types
// BIGINT, DOUBLE PRECISION and JSON become INTEGER, REAL and TEXT. Every other statement is returned as it is.
std::string to_sqlite(std::string_view statement);

}  // namespace rapport::sql
