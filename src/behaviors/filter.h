#pragma once

#include "audience/event_criterion.h"
#include "events/event.h"

namespace rapport::behaviors {

// Whether the event is one that the filter means. An attribute that the event lacks is none of any values; a metric
// that it lacks compares with nothing.
bool passes(const events::Event& event, const audience::EventFilter& filter);

}  // namespace rapport::behaviors
