#include <algorithm>
#include <limits>

#include "base/text.h"
#include "messages/templates.h"

namespace rapport::messages {
namespace {

// $1 a part of the name in lower case or '', $2 the type or ''. Names are ASCII.
#define RAPPORT_SOUGHT "($1 = '' OR replace(lower(t.name), $1, '') <> lower(t.name)) AND ($2 = '' OR t.type = $2)"
#define RAPPORT_TEMPLATES                                                                               \
  "SELECT t.name, t.type, t.active_version, t.created, v.modified, v.content FROM message_templates t " \
  "JOIN message_template_versions v ON v.name = t.name AND v.type = t.type AND v.version = t.active_version WHERE "
constexpr std::string_view kCount = "SELECT COUNT(*) FROM message_templates t WHERE " RAPPORT_SOUGHT;
constexpr std::string_view kNewest = RAPPORT_TEMPLATES RAPPORT_SOUGHT
    " AND (t.created < $3 OR (t.created = $3 AND (t.name < $4 OR (t.name = $4 AND t.type < $5)))) "
    "ORDER BY t.created DESC, t.name DESC, t.type DESC LIMIT $6";
constexpr std::string_view kByName = RAPPORT_TEMPLATES RAPPORT_SOUGHT
    " AND (t.name > $3 OR (t.name = $3 AND t.type > $4)) ORDER BY t.name, t.type LIMIT $5";
#undef RAPPORT_SOUGHT
#undef RAPPORT_TEMPLATES

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

Result<StoredTemplate> template_of(const sql::Row& row) {
  const auto type = parse_template_type(row.text(1));
  if (!type) return fail(ErrorKind::kInternal, "A stored template has an unknown type: " + row.text(1));
  const auto content = TRY(json::parse(row.text(5)));
  return StoredTemplate{.key = {row.text(0), *type},
                        .version = row.integer(2),
                        .content = content.is_object() ? content.get_object() : json::object(),
                        .created = {row.integer(3)},
                        .modified = {row.integer(4)},
                        .tags = {}};
}

std::string token_after(const StoredTemplate& last, apps::SearchOrder order) {
  const std::int64_t micros = order == apps::SearchOrder::kNewest ? last.created.micros : 0;
  return apps::page_token(micros, last.key.name + "/" + std::string(to_string(last.key.type)));
}

}  // namespace

Result<apps::Found<StoredTemplate>> Templates::search(const Search& search, const apps::PageRequest& page) {
  const std::string text = to_lower(search.text);
  const std::string type = search.type ? std::string(to_string(*search.type)) : "";
  const std::size_t separator = std::min(page.after_id.find('/'), page.after_id.size());
  const std::string name = page.after_id.substr(0, separator);
  const std::string name_type = separator < page.after_id.size() ? page.after_id.substr(separator + 1) : "";
  const std::int64_t before = page.after_id.empty() ? kNever : page.after_micros;
  const auto limit = static_cast<std::int64_t>(page.limit) + 1;
  apps::Found<StoredTemplate> found;
  TRY(database_.read([&](sql::Session& session) -> Status {
    found = {};
    found.total = TRY(session.execute(kCount, {text, type}))
    .rows.front().integer(0);
    const sql::Answer answer = search.order == apps::SearchOrder::kNewest
        ? TRY(session.execute(kNewest, {text, type, before, name, name_type, limit}))
            : TRY(session.execute(kByName, {text, type, name, name_type, limit}));
            for (const sql::Row& row : answer.rows) {
              if (found.page.items.size() == page.limit) {
                found.page.next = token_after(found.page.items.back(), search.order);
                break;
              }
              found.page.items.push_back(TRY(template_of(row)));
            }
            return {};
  }));
  return found;
}

}  // namespace rapport::messages
