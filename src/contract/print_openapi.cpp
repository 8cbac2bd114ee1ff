// Prints the OpenAPI document of every service, without a server: what the console's types are made of.

#include <iostream>

#include "contract/openapi.h"
#include "json/json.h"

int main() {
  std::cout << rapport::json::serialize(rapport::contract::describe_services()) << '\n';
}
