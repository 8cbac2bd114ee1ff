#include "personalize/service.h"

#include <utility>

#include "personalize/documents.h"
#include "personalize/operations.h"

namespace rapport::personalize {

void implement(contract::Contract& contract, std::string_view name, Operation operation) {
  contract.implement("personalize", name, [operation = std::move(operation)](const contract::Call& call) {
    return operation(call.input, scope_of(call.caller));
  });
}

void implement_reading(contract::Contract& contract, datasets::Catalog& catalog, const KindNames& names) {
  implement(contract, names.describe,
            [&catalog, names](const json::object& input, const datasets::Scope&) -> Result<json::object> {
              const datasets::Resource found = TRY(catalog.get(names.kind, json::string_or(input, names.arn_member)));
              return json::object{{names.member, document_of(found, Form::kFull)}};
            });
  implement(contract, names.list,
            [&catalog, names](const json::object& input, const datasets::Scope&) -> Result<json::object> {
              const std::string parent = names.parent_member.empty() ? "" : json::string_or(input, names.parent_member);
              if (names.parent_kind && !parent.empty()) TRY(catalog.get(*names.parent_kind, parent));
              datasets::PageRequest page = page_of(input);
              page.order = names.order;
              return list_document(names.list_member, TRY(catalog.list(names.kind, parent, page)));
            });
}

void register_operations(contract::Contract& contract, const Collaborators& collaborators) {
  datasets::Catalog& catalog = collaborators.datasets.catalog();
  register_data_operations(contract, collaborators.datasets);
  register_attribution_operations(contract, collaborators.attributions);
  register_filter_operations(contract, catalog, collaborators.filters);
  register_solution_operations(contract, collaborators.training);
  register_batch_operations(contract, catalog, collaborators.batches);
  register_serving_operations(contract, catalog, collaborators.serving);
  register_runtime_operations(contract, collaborators.serving);
  register_events_operations(contract, collaborators.serving);
  register_catalogue_operations(contract);
  register_tag_operations(contract, catalog);
}

}  // namespace rapport::personalize
