#pragma once

#include <memory>

#include "objects/store.h"
#include "transfers/export_part.h"

namespace rapport::transfers {

// A part as Parquet: a column for each field with one value (named as on the wire, times with their zone, CohortId as
// number), and Attributes, UserAttributes and Metrics as maps. It grows in a temporary file.
Result<std::unique_ptr<ExportPart>> create_parquet_part(objects::Store& store, const objects::Location& at,
                                                        const ExportPart::Options& options);

}  // namespace rapport::transfers
