#pragma once

#include "base/result.h"
#include "learn/model_file.h"
#include "learn/sequence_evidence.h"

namespace rapport::learn {

// The parts of a sequence model as sections of a file, all but the vocabulary of items, and back. kInvalid when they
// do not fit together; what is read back answers without any further check.
void write_sequence_parts(ModelFileWriter& writer, const SequenceParts& parts);
Result<SequenceParts> read_sequence_parts(const ModelFileReader& reader);

}  // namespace rapport::learn
