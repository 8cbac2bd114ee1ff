#include "audience/segment_search.h"

#include <limits>
#include <utility>

#include "apps/paging.h"
#include "base/fold_case.h"

namespace rapport::audience {
namespace {

// What a name has in it is asked by taking that out: the one way that both engines know and that minds no wildcards.
#define RAPPORT_SEGMENT_FILTER \
  "app = $1 AND ($2 = '' OR type = $2) AND ($3 = '' OR replace(folded_name, $3, '') <> folded_name)"
#define RAPPORT_SEGMENT_PAGE(condition, order)                                                                   \
  "SELECT p.id, p.type, p.created, v.version, v.name, v.modified, v.ready, p.folded_name FROM "                  \
  "(SELECT id, type, created, latest, folded_name FROM segments WHERE " RAPPORT_SEGMENT_FILTER " AND " condition \
  " ORDER BY " order                                                                                             \
  " LIMIT $6) p JOIN segment_versions v ON v.app = $1 AND v.segment = p.id AND v.version = "                     \
  "p.latest ORDER BY " order

constexpr std::string_view kCount = "SELECT COUNT(*) FROM segments WHERE " RAPPORT_SEGMENT_FILTER;
constexpr std::string_view kNewest =
    RAPPORT_SEGMENT_PAGE("created <= $4 AND (created < $4 OR id < $5)", "created DESC, id DESC");
constexpr std::string_view kOldest = RAPPORT_SEGMENT_PAGE("created >= $4 AND (created > $4 OR id > $5)", "created, id");
constexpr std::string_view kByName =
    RAPPORT_SEGMENT_PAGE("folded_name >= $4 AND (folded_name > $4 OR id > $5)", "folded_name, id");

#undef RAPPORT_SEGMENT_FILTER
#undef RAPPORT_SEGMENT_PAGE

// Where a page begins: behind a segment, by what the order goes by and then its id. A token has the id first, which
// holds no blank.
struct Place {
  sql::Value key;
  std::string id;
};

Result<Place> place_of(const SegmentSearch& search) {
  constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
  if (search.token.empty()) {
    if (search.order == SegmentOrder::kByName) return Place{std::string(), {}};
    return Place{search.order == SegmentOrder::kNewestFirst ? kLatest : -1, {}};
  }
  const auto after = TRY(apps::parse_page({}, search.token));
  const auto end = std::min(after.after_id.find(' '), after.after_id.size());
  std::string id = after.after_id.substr(0, end);
  if (search.order != SegmentOrder::kByName) return Place{after.after_micros, std::move(id)};
  return Place{after.after_id.substr(std::min(end + 1, after.after_id.size())), std::move(id)};
}

std::string token_behind(const SegmentSummary& last, const std::string& folded_name, SegmentOrder order) {
  if (order != SegmentOrder::kByName) return apps::page_token(last.created.micros, last.id);
  return apps::page_token(0, last.id + " " + folded_name);
}

std::string_view statement_of(SegmentOrder order) {
  switch (order) {
    case SegmentOrder::kNewestFirst: return kNewest;
    case SegmentOrder::kOldestFirst: return kOldest;
    case SegmentOrder::kByName: return kByName;
  }
  std::unreachable();
}

SegmentSummary summary_of(const sql::Row& row) {
  return {.id = row.text(0),
          .name = row.text(4),
          .type = row.text(1) == "IMPORT" ? SegmentType::kImport : SegmentType::kDimensional,
          .version = row.integer(3),
          .created = {row.integer(2)},
          .modified = {row.integer(5)},
          .ready = row.integer(6) == 1};
}

}  // namespace

Result<SegmentsFound> search_segments(sql::Session& session, const SegmentSearch& search) {
  const std::string type = !search.type ? "" : search.type == SegmentType::kImport ? "IMPORT" : "DIMENSIONAL";
  const std::string text = fold_case(search.text);
  Place place = TRY(place_of(search));
  const auto limit = static_cast<std::int64_t>(search.limit);
  const auto rows = TRY(
      session.execute(statement_of(search.order), {search.app, type, text, std::move(place.key), place.id, limit + 1}))
  .rows;
  SegmentsFound found;
  found.total = TRY(session.execute(kCount, {search.app, type, text}))
  .rows.front().integer(0);
  for (std::size_t i = 0; i < rows.size() && i < search.limit; ++i) found.segments.push_back(summary_of(rows[i]));
  if (rows.size() > search.limit) {
    found.next = token_behind(found.segments.back(), rows[search.limit - 1].text(7), search.order);
  }
  return found;
}

}  // namespace rapport::audience
