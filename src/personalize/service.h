#pragma once

// personalize: the APIs of Amazon Personalize (control, runtime and events) on datasets, training and serving: each
// operation turns its document into one domain call and the answer into a document.

#include "attribution/attributions.h"
#include "batch/batch.h"
#include "contract/service.h"
#include "datasets/datasets.h"
#include "filters/filters.h"
#include "serving/serving.h"
#include "training/training.h"

namespace rapport::personalize {

// What the operations are made of.
struct Collaborators {
  attribution::Attributions& attributions;
  datasets::Datasets& datasets;
  training::Training& training;
  filters::Filters& filters;
  serving::Serving& serving;
  batch::Batches& batches;
};

// Registers the operations that are built. The contract must not outlive the collaborators.
void register_operations(contract::Contract& contract, const Collaborators& collaborators);

}  // namespace rapport::personalize
