#pragma once

#include <duckdb.h>
#include <gtest/gtest.h>

#include <string>

namespace rapport::parquet {

// The one text that DuckDB answers to a query over files.
inline std::string answer(const std::string& query) {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  EXPECT_EQ(duckdb_open(nullptr, &database), DuckDBSuccess);
  EXPECT_EQ(duckdb_connect(database, &connection), DuckDBSuccess);
  duckdb_result result;
  std::string text;
  EXPECT_EQ(duckdb_query(connection, ("SELECT CAST((" + query + ") AS VARCHAR)").c_str(), &result), DuckDBSuccess)
      << duckdb_result_error(&result);
  if (char* value = duckdb_value_varchar(&result, 0, 0)) {
    text = value;
    duckdb_free(value);
  } else {
    text = "NULL";
  }
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return text;
}

}  // namespace rapport::parquet
