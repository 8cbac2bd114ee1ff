#pragma once

// personalize: the control API of Amazon Personalize on datasets and training: each operation turns its document into
// one domain call and the answer into a document.

#include "contract/service.h"
#include "datasets/datasets.h"
#include "training/training.h"

namespace rapport::personalize {

// Registers the operations that are built. The contract must not outlive the two.
void register_operations(contract::Contract& contract, datasets::Datasets& datasets, training::Training& training);

}  // namespace rapport::personalize
