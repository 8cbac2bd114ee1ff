#include "rapport_api/operations.h"

#include "base/check.h"

namespace rapport::rapport_api {

void implement(contract::Contract& contract, const Dependencies& with) {
  implement_predictive_segments(contract, with);
  implement_segments(contract, with);
  implement_segment_questions(contract, with);
  implement_segment_search(contract, with);
  implement_uploads(contract, with);
  implement_files(contract, with);
  implement_sample(contract, with);
  implement_people(contract, with);
  implement_timelines(contract, with);
  implement_fields(contract, with);
  implement_exports(contract, with);
  implement_expiries(contract, with);
  implement_dead_letters(contract, with);
  implement_monitors(contract, with);
  implement_search(contract, with);
  implement_results(contract, with);
  implement_campaign_preview(contract, with);
  implement_calendar(contract, with);
  implement_overview(contract, with);
  implement_settings(contract, with);
  implement_template_preview(contract, with);
}

std::string text_of(const contract::Call& call, std::string_view member) { return json::string_or(call.input, member); }

const json::object& structure_of(const contract::Call& call, std::string_view member) {
  const auto* structure = json::find_object(call.input, member);
  CHECK(structure != nullptr);
  return *structure;
}

Result<apps::PageRequest> page_of(const contract::Call& call) {
  return apps::parse_page(json::find_string(call.input, "PageSize"), json::find_string(call.input, "Token"));
}

std::string_view type_name(audience::SegmentType type) {
  return type == audience::SegmentType::kImport ? "IMPORT" : "DIMENSIONAL";
}

std::optional<Timestamp> time_of(const contract::Call& call, std::string_view member) {
  const auto seconds = json::find_number(call.input, member);
  if (!seconds) return {};
  return Timestamp::from_seconds(*seconds);
}

apps::Scope scope_of(const contract::Call& call) { return {call.caller.region, call.caller.account}; }

std::vector<std::string> texts_of(const json::object& request, std::string_view member) {
  std::vector<std::string> texts;
  const auto* list = json::find_array(request, member);
  if (list == nullptr) return texts;
  for (const auto& text : *list) texts.emplace_back(json::view(text.as_string()));
  return texts;
}

std::vector<audience::SegmentRef> references_of(const json::object& request, const std::string& app) {
  std::vector<audience::SegmentRef> references;
  for (const auto& element : request.at("Segments").as_array()) {
    const auto& reference = element.as_object();
    references.push_back({app, json::string_or(reference, "Id"), json::find_integer(reference, "Version").value_or(0)});
  }
  return references;
}

}  // namespace rapport::rapport_api
