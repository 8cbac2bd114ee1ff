// write_openapi FILE: the OpenAPI document of every service, without a server: what the console's types are made of.

#include <cstdlib>
#include <fstream>

#include "contract/openapi.h"
#include "json/json.h"

int main(int argument_count, char** arguments) {
  if (argument_count != 2) return EXIT_FAILURE;
  std::ofstream file(arguments[1]);
  file << rapport::json::serialize(rapport::contract::describe_services()) << '\n';
  file.close();
  return file ? EXIT_SUCCESS : EXIT_FAILURE;
}
