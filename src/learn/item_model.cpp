#include "learn/item_model.h"

#include "learn/list_model.h"
#include "learn/model_file.h"
#include "learn/neighbour_model.h"
#include "learn/sequence_model.h"

namespace rapport::learn {

Result<std::unique_ptr<ItemModel>> load_item_model(std::string_view bytes) {
  const ModelFileReader reader = TRY(ModelFileReader::open(bytes));
  const std::string_view form = TRY(reader.text("form"));
  if (form == kListModelForm) return load_list_model(reader);
  if (form == kNeighbourModelForm) return load_neighbour_model(reader);
  if (form == kSequenceModelForm) return load_sequence_model(reader);
  return fail(ErrorKind::kUnsupported, "The model file is of an unknown form: " + std::string(form));
}

}  // namespace rapport::learn
