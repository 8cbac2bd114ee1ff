#pragma once

// rapport_api: the operations of our own (api/rapport.json), in the same style as the others.

#include "apps/applications.h"
#include "base/clock.h"
#include "contract/service.h"
#include "predictive/predictive.h"

namespace rapport::rapport_api {

struct Dependencies {
  apps::Applications& applications;
  predictive::PredictiveSegments& predictive_segments;
};

// Registers every operation of our own. Call once.
void implement(contract::Contract& contract, const Dependencies& with);

}  // namespace rapport::rapport_api
