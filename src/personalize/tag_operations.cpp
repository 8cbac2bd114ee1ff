#include "personalize/documents.h"
#include "personalize/operations.h"

namespace rapport::personalize {

using datasets::Scope;

void register_tag_operations(contract::Contract& contract, datasets::Catalog& catalog) {
  implement(contract, "TagResource", [&catalog](const json::object& input, const Scope&) -> Result<json::object> {
    TRY(catalog.add_tags(json::string_or(input, "resourceArn"), tags_of(input)));
    return json::object{};
  });
  implement(contract, "UntagResource", [&catalog](const json::object& input, const Scope&) -> Result<json::object> {
    std::vector<std::string> keys;
    if (const json::array* list = json::find_array(input, "tagKeys")) {
      for (const json::value& key : *list) keys.emplace_back(json::view(key.as_string()));
    }
    TRY(catalog.remove_tags(json::string_or(input, "resourceArn"), keys));
    return json::object{};
  });
  implement(contract, "ListTagsForResource",
            [&catalog](const json::object& input, const Scope&) -> Result<json::object> {
              return json::object{{"tags", tags_document(TRY(catalog.tags(json::string_or(input, "resourceArn"))))}};
            });
}

}  // namespace rapport::personalize
