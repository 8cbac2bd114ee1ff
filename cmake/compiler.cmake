# One interface target carries every compiler setting; modules link it privately.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(rapport_warnings INTERFACE)
target_compile_options(rapport_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these falsely inside <string>, <variant> and Boost at -O2 (GCC bugs 105329, 105562, 107138).
  target_compile_options(rapport_warnings INTERFACE
    -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-stringop-overread
    -Wno-dangling-pointer)
else()
  # Clang sees libstdc++ 12's std::stable_sort call what libstdc++ itself has deprecated.
  target_compile_options(rapport_warnings INTERFACE -Wno-deprecated-declarations)
endif()

option(RAPPORT_TESTS "Build the unit tests" ON)
option(RAPPORT_FUZZ "Build the fuzz targets (clang 19)" OFF)
option(RAPPORT_BENCH "Build the benchmarks" ON)

find_program(RAPPORT_CCACHE ccache)
if(RAPPORT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${RAPPORT_CCACHE})
endif()
find_program(RAPPORT_MOLD mold)
if(RAPPORT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
