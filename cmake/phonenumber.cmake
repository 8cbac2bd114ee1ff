# phonenumber::phonenumber: libphonenumber and its places, from Debian's packages; the headers are unpacked by
# tools/phonenumber/fetch_headers.sh (`make packages` runs it; so does this when they are not there).
set(phonenumber_root "${CMAKE_SOURCE_DIR}/tools/phonenumber")
if(NOT EXISTS "${phonenumber_root}/include/.version")
  execute_process(COMMAND "${phonenumber_root}/fetch_headers.sh" RESULT_VARIABLE phonenumber_failed)
  if(phonenumber_failed)
    message(FATAL_ERROR "libphonenumber's headers are not there. Run `make packages` and configure again")
  endif()
endif()
find_library(PHONENUMBER_LIBRARY NAMES libphonenumber.so.8 REQUIRED)
find_library(GEOCODING_LIBRARY NAMES libgeocoding.so.8 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)

add_library(phonenumber::phonenumber INTERFACE IMPORTED)
target_include_directories(phonenumber::phonenumber SYSTEM INTERFACE "${phonenumber_root}/include")
target_link_libraries(phonenumber::phonenumber INTERFACE
  "${PHONENUMBER_LIBRARY}" "${GEOCODING_LIBRARY}" protobuf::libprotobuf absl::synchronization PkgConfig::ICU)
