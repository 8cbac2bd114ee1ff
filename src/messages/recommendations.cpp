#include "messages/recommendations.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"
#include "messages/characters.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kItemCharactersMax = 100;
constexpr std::string_view kItems = "RecommendationItems";
constexpr std::string_view kRecommendations = "Recommendations";

using Document = std::optional<json::object>;
using Documents = std::vector<Result<Document>>;

// The id the recommender knows the endpoint by; empty when it has none.
std::string recommender_user(const Recommender& recommender, const json::object& endpoint) {
  if (json::string_or(recommender.definition, "RecommendationProviderIdType") != "PINPOINT_USER_ID") {
    return json::string_or(endpoint, "Id");
  }
  const json::object* user = json::find_object(endpoint, "User");
  return user == nullptr ? "" : json::string_or(*user, "UserId");
}

json::array item_list(const std::vector<std::string>& items, std::size_t count_max) {
  json::array list;
  for (const std::string& item : items) {
    if (list.size() == count_max) break;
    if (!item.empty() && count_characters(item) <= kItemCharactersMax) list.emplace_back(item);
  }
  return list;
}

// The endpoint with what the recommender names to its user; a user whom the recommender fails for fails alone.
Result<Document> with_items(const RecommendationSource& source, const Recommender& recommender,
                            const json::object& endpoint) {
  const std::string user = recommender_user(recommender, endpoint);
  if (user.empty()) return Document();
  const auto count =
      static_cast<std::size_t>(json::find_integer(recommender.definition, "RecommendationsPerMessage").value_or(5));
  const std::string arn = json::string_or(recommender.definition, "RecommendationProviderUri");
  const std::vector<std::string> items = TRY(source.items(arn, user, count));
  json::object document = endpoint;
  document[kItems] = item_list(items, count);
  return document;
}

Result<Documents> with_items(const RecommendationSource& source, const Recommender& recommender,
                             std::span<const json::object* const> endpoints) {
  if (!source.items) {
    return fail(ErrorKind::kUnsupported, "no recommender answers for this ARN, configure one: " +
                                             json::string_or(recommender.definition, "RecommendationProviderUri"));
  }
  Documents documents;
  for (const json::object* endpoint : endpoints) documents.push_back(with_items(source, recommender, *endpoint));
  return documents;
}

bool is_text_or_texts(const json::value& value) {
  return value.is_string() || (value.is_array() && std::ranges::all_of(value.get_array(), [](const auto& text) {
                                 return text.is_string();
                               }));
}

// What the transformer may add: texts under the names of the configuration.
json::object allowed_recommendations(const json::object& made, const json::object& attributes) {
  json::object allowed;
  for (const auto& [name, value] : made) {
    const auto same = [&](const auto& attribute) { return plain_attribute(attribute.key()) == plain_attribute(name); };
    if (is_text_or_texts(value) && std::ranges::any_of(attributes, same)) allowed[plain_attribute(name)] = value;
  }
  return allowed;
}

Result<Documents> transformed(const RecommendationSource& source, const Recommender& recommender,
                              const json::object& settings, Documents documents) {
  const std::string uri = json::string_or(recommender.definition, "RecommendationTransformerUri");
  if (uri.empty()) return documents;
  if (!source.transform) {
    return fail(ErrorKind::kUnsupported, "no hook is configured for this recommendation transformer: " + uri);
  }
  json::object payload = settings;
  json::object endpoints;
  for (const auto& document : documents) {
    if (document && *document) endpoints[json::string_or(**document, "Id")] = **document;
  }
  if (endpoints.empty()) return documents;
  payload["Endpoints"] = std::move(endpoints);
  const json::object answer = TRY(source.transform(uri, payload));
  const json::object* attributes = json::find_object(recommender.definition, "Attributes");
  for (auto& document : documents) {
    if (!document || !*document) continue;
    const json::object* changed = json::find_object(answer, json::string_or(**document, "Id"));
    const json::object* made = changed == nullptr ? nullptr : json::find_object(*changed, kRecommendations);
    if (made == nullptr || attributes == nullptr) {
      document->reset();
    } else {
      (**document)[kRecommendations] = allowed_recommendations(*made, *attributes);
    }
  }
  return documents;
}

}  // namespace

Result<std::vector<Result<std::optional<json::object>>>> Recommendations::add(
    std::string_view recommender_id, const json::object& settings, std::span<const json::object* const> endpoints) {
  CHECK(endpoints.size() <= kRecommendationBatchMax);
  const Recommender recommender = TRY(recommenders_.get(recommender_id));
  return transformed(source_, recommender, settings, TRY(with_items(source_, recommender, endpoints)));
}

namespace {

// kNotFound says that no message is wanted; an error of that kind is about the recommender, not about the endpoint.
Result<json::object> wanted(Result<Document> made) {
  if (!made) {
    Error error = std::move(made.error());
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kUnsupported;
    return std::unexpected(std::move(error));
  }
  if (!*made) return fail(ErrorKind::kNotFound, "The recommender wants no message for this endpoint");
  return std::move(**made);
}

}  // namespace

RecommendedDocuments recommend(const Composition& composition, std::span<const Recipient> recipients,
                               Recommendations& recommendations, const json::object& settings) {
  std::map<std::string_view, std::vector<std::size_t>> to_ask;  // by recommender
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    const std::string_view recommender = composition.recommender(recipients[i].channel_type);
    if (!recommender.empty()) to_ask[recommender].push_back(i);
  }
  RecommendedDocuments documents;
  for (const auto& [recommender, places] : to_ask) {
    for (std::size_t start = 0; start < places.size(); start += kRecommendationBatchMax) {
      const auto batch = std::span(places).subspan(start, std::min(kRecommendationBatchMax, places.size() - start));
      std::vector<const json::object*> endpoints;
      for (const std::size_t place : batch) endpoints.push_back(recipients[place].endpoint);
      auto made = recommendations.add(recommender, settings, endpoints);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        documents.emplace(batch[i], wanted(made ? std::move((*made)[i]) : std::unexpected(made.error())));
      }
    }
  }
  return documents;
}

}  // namespace rapport::messages
