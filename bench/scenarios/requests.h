#pragma once

#include <string>
#include <vector>

#include "load.h"
#include "rig.h"

namespace rapport::bench {

// The whole text of a signed request; it stays valid for 15 minutes.
std::string request_text(Rig& rig, const std::string& method, const std::string& path, const std::string& body,
                         const std::string& service = "mobiletargeting");

// Runs the load and prints it; what it did in a second, each answer counting as `factor`.
double measure_load(const Rig& rig, const std::string& name, const std::vector<std::string>& requests,
                    const LoadOptions& options, double factor);

}  // namespace rapport::bench
