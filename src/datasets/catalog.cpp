#include "datasets/catalog.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

#include "base/digest.h"
#include "base/text.h"
#include "datasets/statements.h"

namespace rapport::datasets {
namespace {

constexpr sql::Migration kMigrations[] = {{"datasets", 1, kCreateTables}};
constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kNameLengthMax = 63;

std::string_view stored_name(ResourceKind kind) {
  return kind == ResourceKind::kSolutionVersion ? "solution-version" : arn_word(kind);
}

Result<ResourceKind> kind_from(std::string_view name) {
  for (int i = 0; i < kResourceKinds; ++i) {
    const auto kind = static_cast<ResourceKind>(i);
    if (stored_name(kind) == name) return kind;
  }
  return fail(ErrorKind::kInternal, fmt::format("A stored resource has an unknown kind: {}", name));
}

Result<Resource> resource_from_row(const sql::Row& row) {
  Resource resource;
  resource.arn = row.text(0);
  resource.kind = TRY(kind_from(row.text(1)));
  resource.name = row.text(2);
  resource.parent = row.text(3);
  resource.status = row.text(4);
  resource.failure_reason = row.text(5);
  resource.job = row.text(6);
  json::value details = TRY(json::parse(row.text(7)));
  if (!details.is_object()) return fail(ErrorKind::kInternal, "A stored resource is damaged: " + resource.arn);
  resource.details = std::move(details.get_object());
  resource.created = {row.integer(8)};
  resource.updated = {row.integer(9)};
  return resource;
}

// The last resource of a page: where the next one begins.
struct Position {
  std::int64_t created = -1;
  std::string arn;
};

std::string token_of(const Resource& last) { return to_base64(fmt::format("{}|{}", last.created.micros, last.arn)); }

Result<Position> position_of(const std::string& token) {
  if (token.empty()) return Position{};
  const std::optional<std::string> text = from_base64(token);
  const std::size_t bar = text ? text->find('|') : std::string::npos;
  const auto created = bar == std::string::npos ? std::nullopt : parse_integer(std::string_view(*text).substr(0, bar));
  if (!created) return fail(ErrorKind::kInvalid, "The token is not one of this list; begin again without", "nextToken");
  return Position{*created, text->substr(bar + 1)};
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kNameLengthMax || !std::isalnum(static_cast<unsigned char>(name.front()))) {
    return false;
  }
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') return false;
  }
  return true;
}

std::unexpected<Error> already_exists(std::string_view arn) {
  return fail(ErrorKind::kAlreadyExists, fmt::format("Another resource with Arn {} already exists.", arn));
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

std::unexpected<Error> no_such_resource(std::string_view arn) {
  return fail(ErrorKind::kNotFound, fmt::format("Resource Arn {} does not exist.", arn));
}

Result<Resource> Catalog::create(sql::Session& session, Resource resource, const Tags& tags) {
  if (!resource.name.empty() && !is_name(resource.name)) {
    return fail(ErrorKind::kInvalid,
                fmt::format("A name has 1 to {} letters, digits, '-' or '_' and begins with a letter or digit: {}",
                            kNameLengthMax, resource.name),
                "name");
  }
  const bool exists = !TRY(session.execute(kHasResource, {resource.arn}))
  .rows.empty();
  if (exists) return already_exists(resource.arn);
  if (quotas_ == Quotas::kPublished) TRY(check_quota(session, *this, resource));
  resource.created = resource.updated = clock_.now();
  const sql::Answer inserted =
      TRY(session.execute(kInsertResource, {resource.arn, std::string(stored_name(resource.kind)), resource.name,
                                            resource.parent, resource.status, resource.failure_reason, resource.job,
                                            json::serialize(resource.details), resource.created.micros}));
  if (inserted.changed == 0) return already_exists(resource.arn);
  TRY(write_tags(session, resource.arn, tags));
  return resource;
}

Result<Resource> Catalog::get(sql::Session& session, ResourceKind kind, std::string_view arn) {
  const sql::Answer found = TRY(session.execute(kGetResource, {std::string(arn), std::string(stored_name(kind))}));
  if (found.rows.empty()) return no_such_resource(arn);
  return resource_from_row(found.rows.front());
}

Result<Resource> Catalog::get(ResourceKind kind, std::string_view arn) {
  Resource resource;
  TRY(database_.read([&](sql::Session& session) -> Status {
    resource = TRY(get(session, kind, arn));
    return {};
  }));
  return resource;
}

Status Catalog::update(sql::Session& session, const Resource& resource) {
  const sql::Answer updated =
      TRY(session.execute(kUpdateResource, {resource.arn, resource.status, resource.failure_reason, resource.job,
                                            json::serialize(resource.details), clock_.now().micros}));
  if (updated.changed == 0) return no_such_resource(resource.arn);
  return {};
}

Status Catalog::remove(sql::Session& session, std::string_view arn) {
  if (TRY(session.execute(kDeleteResource, {std::string(arn)})).changed == 0) return no_such_resource(arn);
  TRY(session.execute(kDeleteTags, {std::string(arn)}));
  return {};
}

Result<Page> Catalog::list(sql::Session& session, ResourceKind kind, std::string_view parent,
                           const PageRequest& request) {
  const Position after = TRY(position_of(request.token));
  const auto limit = static_cast<std::int64_t>(request.limit) + 1;  // one more tells whether there is a next page
  std::vector<sql::Value> values = {std::string(stored_name(kind)), after.created, after.arn, limit};
  std::string_view statement = kListResources;
  if (request.order == Order::kNewestFirst || !parent.empty()) {
    statement = request.order == Order::kNewestFirst ? kListNewest : kListChildren;
    values.emplace_back(std::string(parent));
  }
  Page page;
  for (const sql::Row& row : TRY(session.execute(statement, values)).rows) {
    if (page.resources.size() == request.limit) {
      page.next_token = token_of(page.resources.back());
      break;
    }
    page.resources.push_back(TRY(resource_from_row(row)));
  }
  return page;
}

Result<Page> Catalog::list(ResourceKind kind, std::string_view parent, const PageRequest& request) {
  Page page;
  TRY(database_.read([&](sql::Session& session) -> Status {
    page = TRY(list(session, kind, parent, request));
    return {};
  }));
  return page;
}

Result<std::vector<Resource>> Catalog::children(sql::Session& session, ResourceKind kind, std::string_view parent) {
  std::vector<Resource> all;
  PageRequest request{.token = "", .limit = 1000};
  do {
    Page page = TRY(list(session, kind, parent, request));
    for (Resource& resource : page.resources) all.push_back(std::move(resource));
    request.token = page.next_token;
  } while (!request.token.empty());
  return all;
}

Status Catalog::require(sql::Session& session, std::string_view arn) {
  if (TRY(session.execute(kHasResource, {std::string(arn)})).rows.empty()) return no_such_resource(arn);
  return {};
}

Status Catalog::add_tags(std::string_view arn, const Tags& tags) {
  return database_.write([&](sql::Session& session) -> Status {
    TRY(require(session, arn));
    return write_tags(session, std::string(arn), tags);
  });
}

Status Catalog::write_tags(sql::Session& session, const std::string& arn, const Tags& tags) {
  for (const auto& [key, value] : tags) TRY(session.execute(kUpsertTag, {arn, key, value}));
  if (tags.empty()) return {};
  const std::size_t count = TRY(session.execute(kListTags, {arn}))
  .rows.size();
  if (count > kTagsMax) {
    return fail(ErrorKind::kLimited, fmt::format("A resource has at most {} tags, not {}", kTagsMax, count), "tags");
  }
  return {};
}

Status Catalog::remove_tags(std::string_view arn, const std::vector<std::string>& keys) {
  if (keys.size() > kTagsMax) {
    return fail(ErrorKind::kLimited, fmt::format("A resource has at most {} tags, not {}", kTagsMax, keys.size()),
                "tagKeys");
  }
  return database_.write([&](sql::Session& session) -> Status {
    TRY(require(session, arn));
    for (const std::string& key : keys) TRY(session.execute(kDeleteTag, {std::string(arn), key}));
    return {};
  });
}

Result<Tags> Catalog::tags(std::string_view arn) {
  Tags tags;
  TRY(database_.read([&](sql::Session& session) -> Status {
    tags.clear();
    TRY(require(session, arn));
    for (const sql::Row& row : TRY(session.execute(kListTags, {std::string(arn)})).rows) {
      tags.emplace(row.text(0), row.text(1));
    }
    return {};
  }));
  return tags;
}

}  // namespace rapport::datasets
