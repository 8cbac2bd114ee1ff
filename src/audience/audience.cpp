#include "audience/audience.h"

#include "audience/segment_rows.h"

namespace rapport::audience {

std::span<const sql::Migration> migrations() {
  static const sql::Migration kMigrations[] = {{"audience", 1, kCreateSegmentTables}, {"audience", 2, kAddFoldedNames}};
  return kMigrations;
}

Audience::Audience(const Collaborators& with)
    : endpoints_(with.store, with.clock, with.rules,
                 [this](const std::string& app) { return ActiveEndpoints(indexes_.snapshot(app)); }),
      indexes_(with.store),
      segments_(with.database, with.store, endpoints_, indexes_, with.clock, with.who_did),
      queries_(segments_, endpoints_, indexes_, with.clock),
      watches_(segments_, indexes_) {
  indexes_.on_publication([this](std::string_view app) { watches_.touch(app); });
  with.applications.on_delete(
      [this](sql::Session& session, const std::string& app) { return segments_.erase_application(session, app); });
  with.applications.on_delete_later([this](const std::string& app) -> Status {
    TRY(segments_.erase_members(app));
    TRY(endpoints_.erase_application(app));
    indexes_.forget(app);
    return {};
  });
}

}  // namespace rapport::audience
