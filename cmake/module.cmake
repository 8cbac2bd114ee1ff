# rapport_module(SOURCES a.cpp ... [HEADERS a.h ...] [GENERATED x.cpp ...] [LIBRARIES imported ...]
#                [TESTS a_test.cpp ...] [TEST_LIBRARIES imported ...])
#
# Declares the module of the current directory: a static library rapport_<name> that links the modules
# src/LAYERS.txt allows it (nothing else can be included), and one test program <name>_test.
# RAPPORT_LAYER_<name> holds the module's line of that file (see src/CMakeLists.txt).
function(rapport_module)
  cmake_parse_arguments(M "" "" "SOURCES;HEADERS;GENERATED;LIBRARIES;TESTS;TEST_LIBRARIES" ${ARGN})
  get_filename_component(name "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  set(target rapport_${name})
  if(M_SOURCES OR M_GENERATED)
    add_library(${target} STATIC ${M_SOURCES} ${M_GENERATED})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE rapport_warnings)
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${CMAKE_SOURCE_DIR}/src" FILES ${M_HEADERS})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} "${CMAKE_SOURCE_DIR}/src")
  foreach(layer IN LISTS RAPPORT_LAYER_${name})
    target_link_libraries(${target} ${scope} rapport_${layer})
  endforeach()
  target_link_libraries(${target} ${scope} ${M_LIBRARIES} Threads::Threads)

  if(RAPPORT_TESTS AND M_TESTS)
    add_executable(${name}_test ${M_TESTS})
    target_link_libraries(${name}_test PRIVATE ${target} rapport_warnings GTest::gmock GTest::gtest_main
                          ${M_TEST_LIBRARIES})
    if(TARGET rapport_testing)
      target_link_libraries(${name}_test PRIVATE rapport_testing)
    endif()
    add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES TIMEOUT 600)
  endif()
endfunction()
