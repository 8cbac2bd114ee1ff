#include "messages/recommenders.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "messages/characters.h"

namespace rapport::messages {

namespace {

constexpr std::string_view kInsert =
    "INSERT INTO message_recommenders (id, definition, created, modified) VALUES ($1, $2, $3, $3)";
constexpr std::string_view kCount = "SELECT COUNT(*) FROM message_recommenders";
constexpr std::string_view kGet = "SELECT id, definition, created, modified FROM message_recommenders WHERE id = $1";
constexpr std::string_view kUpdate = "UPDATE message_recommenders SET definition = $2, modified = $3 WHERE id = $1";
constexpr std::string_view kDelete = "DELETE FROM message_recommenders WHERE id = $1";
// $1 $2 the last item of the page before, $3 how many.
constexpr std::string_view kList =
    "SELECT id, definition, created, modified FROM message_recommenders "
    "WHERE created < $1 OR (created = $1 AND id > $2) ORDER BY created DESC, id LIMIT $3";

constexpr std::int64_t kRecommendersMax = 100;
constexpr std::size_t kNameCharactersMax = 128;
constexpr std::size_t kDescriptionCharactersMax = 128;
constexpr std::size_t kDisplayNameCharactersMax = 25;
constexpr std::size_t kAttributeNameCharactersMax = 50;
constexpr std::size_t kAttributesMax = 10;
constexpr std::int64_t kItemsMax = 5;
constexpr std::int64_t kEndOfTime = INT64_MAX;

std::unexpected<Error> invalid(std::string_view field, std::string message) {
  return fail(ErrorKind::kInvalid, std::move(message), std::string(field));
}

Status check_characters(const json::object& definition, std::string_view member, std::size_t characters_max) {
  if (count_characters(json::string_or(definition, member)) <= characters_max) return {};
  return invalid(member, fmt::format("this is too long, it can have at most {} characters", characters_max));
}

Status check_name(const json::object& definition) {
  TRY(check_characters(definition, "Name", kNameCharactersMax));
  const auto name = json::find_string(definition, "Name");
  if (!name) return {};
  const std::u32string characters = to_characters(*name);
  const auto alphanumeric = [](char32_t c) { return is_word_character(c) && c != U'_'; };
  const auto allowed = [&](char32_t c) { return is_word_character(c) || c == U' ' || c == U'-'; };
  if (!characters.empty() && alphanumeric(characters.front()) && std::ranges::all_of(characters, allowed)) return {};
  return invalid("Name", "a name starts with a letter or digit and has letters, digits, blanks, _ and -");
}

Status check_provider(const json::object& definition) {
  const std::string uri = json::string_or(definition, "RecommendationProviderUri");
  if (!uri.starts_with("arn:") || !uri.contains(":personalize:") || !uri.contains(":campaign/")) {
    return invalid("RecommendationProviderUri",
                   "this must be the ARN of a Personalize campaign, as arn:aws:personalize:...:campaign/films: " + uri);
  }
  if (!json::string_or(definition, "RecommendationProviderRoleArn").starts_with("arn:")) {
    return invalid("RecommendationProviderRoleArn", "this must be the ARN of a role");
  }
  const std::string type = json::string_or(definition, "RecommendationProviderIdType");
  if (type != "PINPOINT_ENDPOINT_ID" && type != "PINPOINT_USER_ID") {
    return invalid("RecommendationProviderIdType", "this is PINPOINT_ENDPOINT_ID or PINPOINT_USER_ID, not: " + type);
  }
  const auto count = json::find_integer(definition, "RecommendationsPerMessage");
  if (!count || *count < 1 || *count > kItemsMax) {
    return invalid("RecommendationsPerMessage", "this is a whole number from 1 to 5");
  }
  return {};
}

Status check_attributes(const json::object& attributes) {
  if (attributes.empty() || attributes.size() > kAttributesMax) {
    return invalid("Attributes", "there must be 1 to 10 attributes");
  }
  for (const auto& [name, display_name] : attributes) {
    const std::size_t characters = count_characters(plain_attribute(name));
    if (characters == 0 || characters > kAttributeNameCharactersMax) {
      return invalid("Attributes", "an attribute's name has 1 to 50 characters: " + std::string(name));
    }
    if (!display_name.is_string() ||
        count_characters(json::view(display_name.get_string())) > kDisplayNameCharactersMax) {
      return invalid("Attributes", "an attribute's display name has at most 25 characters: " + std::string(name));
    }
  }
  return {};
}

// With a transformer the attributes that it makes are named, without one the items are.
Status check_transformer(const json::object& definition) {
  const json::object* attributes = json::find_object(definition, "Attributes");
  TRY(check_characters(definition, "RecommendationsDisplayName", kDisplayNameCharactersMax));
  if (!json::string_or(definition, "RecommendationTransformerUri").empty()) {
    if (attributes == nullptr) {
      return invalid("Attributes", "with RecommendationTransformerUri, name the attributes it makes");
    }
    return check_attributes(*attributes);
  }
  if (attributes != nullptr && !attributes->empty()) {
    return invalid("Attributes", "Attributes need a RecommendationTransformerUri that makes them");
  }
  if (json::string_or(definition, "RecommendationsDisplayName").empty()) {
    return invalid("RecommendationsDisplayName", "without RecommendationTransformerUri, give a display name");
  }
  return {};
}

// The definition with its defaults.
Result<json::object> checked(json::object definition) {
  if (!json::find_string(definition, "RecommendationProviderIdType")) {
    definition["RecommendationProviderIdType"] = "PINPOINT_ENDPOINT_ID";
  }
  if (json::find(definition, "RecommendationsPerMessage") == nullptr) {
    definition["RecommendationsPerMessage"] = kItemsMax;
  }
  TRY(check_name(definition));
  TRY(check_characters(definition, "Description", kDescriptionCharactersMax));
  TRY(check_provider(definition));
  TRY(check_transformer(definition));
  return definition;
}

Result<Recommender> read_row(const sql::Row& row) {
  const auto definition = TRY(json::parse(row.text(1)));
  return Recommender{row.text(0), definition.get_object(), {row.integer(2)}, {row.integer(3)}};
}

Result<Recommender> load(sql::Session& session, std::string_view id) {
  const auto answer = TRY(session.execute(kGet, {std::string(id)}));
  if (answer.rows.empty()) return fail(ErrorKind::kNotFound, "Recommender configuration not found");
  return read_row(answer.rows.front());
}

}  // namespace

std::string_view plain_attribute(std::string_view name) {
  if (name.starts_with(kRecommendationsPrefix)) name.remove_prefix(kRecommendationsPrefix.size());
  return name;
}

Status check_recommender(sql::Session& session, const json::object& content) {
  const std::string id = json::string_or(content, "RecommenderId");
  if (id.empty()) return {};
  auto found = load(session, id);
  if (found) return {};
  if (found.error().kind != ErrorKind::kNotFound) return std::unexpected(std::move(found).error());
  return invalid("RecommenderId", "no recommender configuration has this id, create it first or leave it out: " + id);
}

Result<Recommender> Recommenders::create(const json::object& definition) {
  const Timestamp now = clock_.now();
  Recommender made {
    random_id(), TRY(checked(definition))
    , now, now
  };
  TRY(database_.write([&](sql::Session& session) -> Status {
    if (TRY(session.execute(kCount)).rows.front().integer(0) >= kRecommendersMax) {
      return invalid("", "an account can have at most 100 recommender configurations, delete one first");
    }
    TRY(session.execute(kInsert, {made.id, json::serialize(made.definition), now.micros}));
    return {};
  }));
  return made;
}

Result<Recommender> Recommenders::get(std::string_view id) {
  Recommender found;
  TRY(database_.read([&](sql::Session& session) -> Status {
    found = TRY(load(session, id));
    return {};
  }));
  return found;
}

Result<Recommender> Recommenders::update(std::string_view id, const json::object& definition) {
  const std::string text = json::serialize(TRY(checked(definition)));
  const Timestamp now = clock_.now();
  Recommender updated;
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kUpdate, {std::string(id), text, now.micros}));
    updated = TRY(load(session, id));
    return {};
  }));
  return updated;
}

Result<Recommender> Recommenders::remove(std::string_view id) {
  Recommender removed;
  TRY(database_.write([&](sql::Session& session) -> Status {
    removed = TRY(load(session, id));
    TRY(session.execute(kDelete, {std::string(id)}));
    return {};
  }));
  return removed;
}

Result<apps::Page<Recommender>> Recommenders::list(const apps::PageRequest& page) {
  const std::int64_t before = page.after_id.empty() ? kEndOfTime : page.after_micros;
  const auto answer = TRY(database_.read(kList, {before, page.after_id, static_cast<std::int64_t>(page.limit) + 1}));
  apps::Page<Recommender> found;
  for (const sql::Row& row : answer.rows) {
    if (found.items.size() == page.limit) {
      found.next = apps::page_token(found.items.back().created.micros, found.items.back().id);
      break;
    }
    found.items.push_back(TRY(read_row(row)));
  }
  return found;
}

}  // namespace rapport::messages
