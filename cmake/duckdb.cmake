# duckdb::duckdb: libduckdb.so and duckdb.h from tools/duckdb/node_modules, which `make duckdb` fetches by the lock file.
# The library is copied into the build directory and found from there by a relative path, so the build directory works
# wherever it lies.
set(duckdb_root "${CMAKE_SOURCE_DIR}/tools/duckdb/node_modules")
file(GLOB duckdb_library "${duckdb_root}/@duckdb/node-bindings-linux-*/libduckdb.so")
find_path(DUCKDB_INCLUDE_DIR duckdb.h PATHS "${duckdb_root}/duckdb/src/duckdb/src/include" NO_DEFAULT_PATH NO_CACHE)
if(NOT duckdb_library OR NOT DUCKDB_INCLUDE_DIR)
  message(FATAL_ERROR "DuckDB is not there yet. Run `make duckdb` and configure again; looked in ${duckdb_root}")
endif()
file(COPY "${duckdb_library}" DESTINATION "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

add_library(duckdb::duckdb SHARED IMPORTED)
set_target_properties(duckdb::duckdb PROPERTIES
  IMPORTED_LOCATION "${CMAKE_BINARY_DIR}/lib/libduckdb.so"
  INTERFACE_INCLUDE_DIRECTORIES "${DUCKDB_INCLUDE_DIR}")
