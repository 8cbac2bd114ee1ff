#include "audience/queries.h"

#include <algorithm>
#include <array>
#include <utility>

#include "audience/row_encoder.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kOverlapMax = 8;
constexpr std::array<std::string_view, 5> kFacetGroups = {kAttributeFields, kUserAttributeFields, kMetricFields,
                                                          kDemographicFields, kCountryField};
constexpr std::array<std::string_view, 3> kFacetFields = {kChannelTypeField, kStatusField, kOptOutField};

const std::string& app_of(const Question& question) {
  const auto* ref = std::get_if<SegmentRef>(&question);
  return ref != nullptr ? ref->app : std::get<Definition>(question).app;
}

bool has_facets(std::string_view field) {
  return std::ranges::any_of(kFacetGroups, [&](auto group) { return field.starts_with(group); }) ||
         std::ranges::find(kFacetFields, field) != kFacetFields.end();
}

index::PredicatePtr is(std::string_view field, std::string_view text) {
  return index::Predicate::text(std::string(field),
                                {.matches = {}, .equal = {std::string(text)}, .name = "is:" + std::string(text)});
}

index::PredicatePtr reachable() {
  return index::Predicate::negation(index::Predicate::any_of({is(kStatusField, "INACTIVE"), is(kOptOutField, "ALL")}));
}

}  // namespace

Result<Queries::Asked> Queries::ask(const Question& question) {
  Segment segment;
  if (const auto* ref = std::get_if<SegmentRef>(&question)) {
    segment = TRY(segments_.get(*ref));
  } else {
    const auto& definition = std::get<Definition>(question);
    TRY(segments_.check(definition.app, definition.document));
    segment.app = definition.app;
    segment.definition = definition.document;
  }
  auto predicate = TRY(segments_.predicate(segment));
  return Asked{std::move(segment), std::move(predicate), indexes_.snapshot(app_of(question))};
}

Result<index::Selection> Queries::select(const Question& question) {
  const auto asked = TRY(ask(question));
  return indexes_.evaluator().select(asked.snapshot, asked.predicate);
}

Result<SegmentSize> Queries::size(const Question& question) {
  const auto asked = TRY(ask(question));
  const auto members = indexes_.evaluator().select(asked.snapshot, asked.predicate);
  const auto reached =
      indexes_.evaluator().select(asked.snapshot, index::Predicate::all_of({asked.predicate, reachable()}));
  SegmentSize size{.endpoints = members.count(),
                   .users = members.count_users(),
                   .reachable = reached.count(),
                   .reachable_by_channel = {}};
  for (auto& channel : reached.top_values(kChannelTypeField, SIZE_MAX)) {
    size.reachable_by_channel.emplace(std::move(channel.text), channel.count);
  }
  return size;
}

Result<std::vector<Endpoint>> Queries::read(const std::string& app, std::span<const std::string> key_ids) {
  std::vector<Endpoint> endpoints;
  endpoints.reserve(key_ids.size());
  for (auto& endpoint : TRY(endpoints_.get_many(app, key_ids))) {
    if (endpoint) endpoints.push_back(*std::move(endpoint));
  }
  return endpoints;
}

Result<MemberPage> Queries::members(const Question& question, std::string_view after, std::size_t limit) {
  const auto selection = TRY(select(question));
  std::vector<std::string> key_ids;
  MemberPage page;
  selection.for_each(after, [&](std::string_view key_id) {
    if (key_ids.size() == limit) {
      page.next = key_ids.back();
      return false;
    }
    key_ids.emplace_back(key_id);
    return true;
  });
  page.endpoints = TRY(read(app_of(question), key_ids));
  return page;
}

Result<std::vector<Endpoint>> Queries::sample(const Question& question, std::size_t count, std::uint64_t seed) {
  return read(app_of(question), TRY(select(question)).sample(count, seed));
}

Result<Explanation> Queries::explain(const Question& question, const std::string& endpoint_id) {
  const auto asked = TRY(ask(question));
  const auto endpoint = TRY(endpoints_.get(app_of(question), endpoint_id));
  return audience::explain(asked.segment, endpoint, segments_.sources(), clock_.now());
}

Result<Overlap> Queries::overlap(std::span<const Question> questions) {
  if (questions.size() < 2 || questions.size() > kOverlapMax) {
    return fail(ErrorKind::kInvalid, "An overlap is of 2 to 8 segments", "Segments");
  }
  std::vector<index::PredicatePtr> predicates;
  for (const auto& question : questions) predicates.push_back(TRY(ask(question)).predicate);
  const auto snapshot = indexes_.snapshot(app_of(questions.front()));
  auto& evaluator = indexes_.evaluator();
  Overlap overlap;
  for (std::size_t i = 0; i < predicates.size(); ++i) {
    overlap.sizes.push_back(evaluator.count(snapshot, predicates[i]));
    auto& row = overlap.pairs.emplace_back();
    for (std::size_t j = 0; j < predicates.size(); ++j) {
      row.push_back(j < i ? overlap.pairs[j][i]
                          : evaluator.count(snapshot, index::Predicate::all_of({predicates[i], predicates[j]})));
    }
  }
  overlap.all = evaluator.count(snapshot, index::Predicate::all_of(predicates));
  overlap.any = evaluator.count(snapshot, index::Predicate::any_of(predicates));
  return overlap;
}

Result<std::vector<Facet>> Queries::facets(const Question& question, std::span<const std::string> fields,
                                           std::size_t limit) {
  for (const auto& field : fields) {
    if (!has_facets(field)) {
      return fail(ErrorKind::kInvalid,
                  "Facets are of Attributes.x, UserAttributes.x, Metrics.x, Demographic.x, Location.Country, "
                  "ChannelType, EndpointStatus or OptOut, not of " +
                      field,
                  "Fields");
    }
  }
  const auto selection = TRY(select(question));
  std::vector<Facet> facets;
  for (const auto& field : fields) {
    Facet facet{.field = field, .values = {}, .numbers = {}};
    if (std::string_view(field).starts_with(kMetricFields)) {
      facet.numbers = selection.numbers(field);
    } else {
      facet.values = selection.top_values(field, limit);
    }
    facets.push_back(std::move(facet));
  }
  return facets;
}

Result<Segment> Queries::snapshot(const Question& question, const std::string& name) {
  return segments_.capture(app_of(question), name, TRY(select(question)));
}

}  // namespace rapport::audience
