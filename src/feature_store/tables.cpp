#include "feature_store/tables.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"

namespace rapport::feature_store {
namespace {

using datasets::DatasetType;
using datasets::PutRow;

constexpr std::size_t kUser = 0;
constexpr std::size_t kObject = 1;
constexpr std::size_t kTime = 2;
constexpr std::size_t kImpression = 3;
constexpr std::size_t kKind = 4;  // and from there on
constexpr HistoryTable::Limits kInteractionLimits{.remembered = 1000, .of_each_type = 100};
constexpr HistoryTable::Limits kActionLimits{.remembered = 1000, .of_each_type = 300};

const datasets::Schema* find(const Schemas& schemas, DatasetType type) {
  const auto found = schemas.find(type);
  return found == schemas.end() ? nullptr : &found->second;
}

bool are_interactions(DatasetType type) {
  return type == DatasetType::kInteractions || type == DatasetType::kActionInteractions;
}

}  // namespace

Tables::Tables(const Schemas& schemas)
    : schemas_(schemas),
      items_("ITEM_ID", find(schemas_, DatasetType::kItems)),
      users_("USER_ID", find(schemas_, DatasetType::kUsers)),
      actions_("ACTION_ID", find(schemas_, DatasetType::kActions)),
      interactions_(find(schemas_, DatasetType::kInteractions), kInteractionLimits),
      action_interactions_(find(schemas_, DatasetType::kActionInteractions), kActionLimits) {}

std::vector<std::string_view> Tables::wanted(DatasetType type) const {
  std::vector<std::string_view> columns;
  if (are_interactions(type)) {
    columns = {"USER_ID", type == DatasetType::kInteractions ? "ITEM_ID" : "ACTION_ID", "TIMESTAMP", "IMPRESSION"};
    for (const std::string& column : histories(type).columns()) columns.emplace_back(column);
  } else {
    for (const datasets::Field& field : entities(type).columns()) columns.emplace_back(field.name);
  }
  return columns;
}

void Tables::add(DatasetType type, Timestamp imported, std::span<const std::string_view> texts) {
  if (!are_interactions(type)) {
    EntityTable& table = entities_of(type);
    table.set(texts[*table.column(datasets::key_column(type))], imported, texts);
    return;
  }
  const Interaction interaction = read(type, texts);
  histories_of(type).append(users_.add(interaction.user), interaction.event);
  count(type, interaction);
}

void Tables::finish_bulk() {
  interactions_.sort();
  action_interactions_.sort();
}

void Tables::put(DatasetType type, const PutRow& row) {
  std::vector<std::string_view> texts;
  for (const std::string_view column : wanted(type)) texts.push_back(row.cell(column));
  if (are_interactions(type)) return put_interaction(type, row, texts);
  const std::string_view id = row.cell(datasets::key_column(type));
  if (!id.empty()) entities_of(type).set(id, row.put, texts);
}

const EntityTable& Tables::entities(DatasetType type) const { return const_cast<Tables*>(this)->entities_of(type); }
const HistoryTable& Tables::histories(DatasetType type) const { return const_cast<Tables*>(this)->histories_of(type); }

EntityTable& Tables::entities_of(DatasetType type) {
  if (type == DatasetType::kItems) return items_;
  if (type == DatasetType::kUsers) return users_;
  CHECK(type == DatasetType::kActions);
  return actions_;
}

HistoryTable& Tables::histories_of(DatasetType type) {
  CHECK(are_interactions(type));
  return type == DatasetType::kInteractions ? interactions_ : action_interactions_;
}

const Use& Tables::use(DatasetType interactions, std::uint32_t object) const {
  static const Use kNone;
  const std::vector<Use>& uses = interactions == DatasetType::kInteractions ? item_uses_ : action_uses_;
  return object < uses.size() ? uses[object] : kNone;
}

const datasets::Schema* Tables::schema(DatasetType type) const { return find(schemas_, type); }

Tables::Interaction Tables::read(DatasetType type, std::span<const std::string_view> texts) {
  EntityTable& objects = type == DatasetType::kInteractions ? items_ : actions_;
  return {.user = texts[kUser],
          .event = {.time = parse_integer(texts[kTime]).value_or(0),
                    .object = objects.add(texts[kObject]),
                    .kind = histories_of(type).kind(texts.subspan(kKind))},
          .impression = texts[kImpression]};
}

void Tables::count(DatasetType type, const Interaction& interaction) {
  const bool of_items = type == DatasetType::kInteractions;
  const EntityTable& objects = of_items ? items_ : actions_;
  std::vector<Use>& uses = of_items ? item_uses_ : action_uses_;
  uses.resize(std::max<std::size_t>(uses.size(), objects.size()));
  Use& use = uses[interaction.event.object];
  ++use.events;
  use.first = std::min(use.first, interaction.event.time);
  use.last = std::max(use.last, interaction.event.time);
  if (of_items) newest_ = std::max(newest_, interaction.event.time);
  if (interaction.impression.empty()) return;
  for (const std::string_view shown : split(interaction.impression, '|')) {
    if (const auto row = objects.find(shown)) ++uses[*row].impressions;
  }
}

void Tables::put_interaction(DatasetType type, const PutRow& row, std::span<const std::string_view> texts) {
  if (texts[kObject].empty()) return;  // something that happened to no item
  Interaction interaction = read(type, texts);
  const std::string session_id(row.cell(datasets::kSessionColumn));
  auto& sessions = type == DatasetType::kInteractions ? sessions_ : action_sessions_;
  const bool anonymous = row.anonymous || interaction.user.empty();
  if (!anonymous) {
    const std::uint32_t user = users_.add(interaction.user);
    if (!histories_of(type).insert(user, interaction.event)) return;
    count(type, interaction);
    const auto session = sessions.find(session_id);
    if (session != sessions.end()) name_session(histories_of(type), *session, user, interaction.event.time);
    return;
  }
  Session& session = sessions[session_id];
  if (interaction.event.time <= session.named_at) interaction.user = session.user;
  if (interaction.user.empty()) interaction.user = session_id;
  if (!histories_of(type).insert(users_.add(interaction.user), interaction.event)) return;
  count(type, interaction);
  if (interaction.user == session_id) session.rows.push_back(interaction.event);
}

// Rows of the session up to `time` are the user's from now on.
void Tables::name_session(HistoryTable& histories, Sessions::value_type& named, std::uint32_t user, std::int64_t time) {
  Session& session = named.second;
  const std::uint32_t before = users_.add(named.first);
  for (const Event& event : session.rows) {
    if (event.time > time || before == user) continue;
    histories.erase(before, event);
    histories.insert(user, event);
  }
  std::erase_if(session.rows, [&](const Event& event) { return event.time <= time; });
  if (time < session.named_at) return;
  session.named_at = time;
  session.user = users_.id(user);
}

}  // namespace rapport::feature_store
