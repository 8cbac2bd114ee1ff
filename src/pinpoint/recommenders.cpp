#include "messages/recommenders.h"

#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using messages::Recommender;
using messages::Recommenders;

json::object document_of(const Recommender& recommender) {
  json::object document = recommender.definition;
  document["Id"] = recommender.id;
  document["CreationDate"] = format_iso8601(recommender.created);
  document["LastModifiedDate"] = format_iso8601(recommender.modified);
  return document;
}

Result<json::object> answer(Result<Recommender> recommender) {
  return json::object{{"RecommenderConfigurationResponse", document_of(TRY(std::move(recommender)))}};
}

std::string id_of(const contract::Call& call) { return text_of(call, "RecommenderId"); }

Result<json::object> create(Recommenders& recommenders, const contract::Call& call) {
  return answer(recommenders.create(structure_of(call, "CreateRecommenderConfiguration")));
}

Result<json::object> get(Recommenders& recommenders, const contract::Call& call) {
  return answer(recommenders.get(id_of(call)));
}

Result<json::object> list(Recommenders& recommenders, const contract::Call& call) {
  const auto page = TRY(recommenders.list(TRY(page_of(call))));
  return json::object{{"ListRecommenderConfigurationsResponse", page_document(page, document_of)}};
}

Result<json::object> update(Recommenders& recommenders, const contract::Call& call) {
  return answer(recommenders.update(id_of(call), structure_of(call, "UpdateRecommenderConfiguration")));
}

Result<json::object> remove(Recommenders& recommenders, const contract::Call& call) {
  return answer(recommenders.remove(id_of(call)));
}

}  // namespace

void implement_recommenders(contract::Contract& contract, const Dependencies& with) {
  using Operation = Result<json::object> (*)(Recommenders&, const contract::Call&);
  constexpr std::pair<std::string_view, Operation> kOperations[] = {{"CreateRecommenderConfiguration", create},
                                                                    {"GetRecommenderConfiguration", get},
                                                                    {"GetRecommenderConfigurations", list},
                                                                    {"UpdateRecommenderConfiguration", update},
                                                                    {"DeleteRecommenderConfiguration", remove}};
  Recommenders& recommenders = with.recommenders;
  for (const auto& [name, operation] : kOperations) {
    contract.implement(kService, name, [&recommenders, operation](const contract::Call& call) {
      return operation(recommenders, call);
    });
  }
}

}  // namespace rapport::pinpoint
