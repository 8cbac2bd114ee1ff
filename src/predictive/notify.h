#pragma once

#include <string>

#include "predictive/predictive.h"

namespace rapport::predictive {

// Tells one target (an http(s) URL or an e-mail address) that the run is done. HTTP gets a POST with the run's document
// and succeeds on a 2xx. kUnavailable when it may work later, kInvalid when it never will.
Status notify(const Collaborators& with, const PredictiveSegment& segment, const json::object& run,
              const std::string& target);

}  // namespace rapport::predictive
