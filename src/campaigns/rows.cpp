#include "campaigns/rows.h"

#include <utility>

#include "base/text.h"

namespace rapport::campaigns {
namespace {

std::unexpected<Error> damaged(const std::string& text) {
  return fail(ErrorKind::kInternal, "A stored campaign document is damaged: " + text.substr(0, 80));
}

constexpr char kMemberEnd = '\n';
constexpr char kFieldEnd = '\t';
constexpr std::string_view kEscaped = "\n\t%";

void append_escaped(std::string& text, std::string_view part) {
  if (part.find_first_of(kEscaped) == part.npos) {
    text += part;
    return;
  }
  for (const char c : part) {
    if (kEscaped.find(c) == kEscaped.npos) {
      text += c;
    } else {
      text += c == '%' ? "%25" : c == '\n' ? "%0A" : "%09";
    }
  }
}

std::string unescaped(std::string_view part) {
  if (part.find('%') == part.npos) return std::string(part);
  return percent_decode(part).value_or(std::string(part));
}

std::optional<Timestamp> time_or_nothing(const sql::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return Timestamp{row.integer(column)};
}

}  // namespace

Result<json::object> object_from_text(const std::string& text) {
  auto document = json::parse(text);
  if (!document || !document->is_object()) return damaged(text);
  return std::move(document->get_object());
}

Result<Campaign> campaign_from_row(const sql::Row& row) {
  Campaign campaign;
  campaign.app = row.text(0);
  campaign.id = row.text(1);
  campaign.version = row.integer(2);
  campaign.status = row.text(3);
  campaign.request = TRY(object_from_text(row.text(4)));
  campaign.created = {row.integer(5)};
  campaign.modified = {row.integer(6)};
  return campaign;
}

Result<Activity> activity_from_row(const sql::Row& row) {
  Activity activity;
  activity.app = row.text(0);
  activity.campaign = row.text(1);
  activity.campaign_version = row.integer(2);
  activity.id = row.text(3);
  activity.state = row.text(4);
  activity.result = row.text(5);
  activity.failure = row.text(6);
  activity.scheduled = {row.integer(7)};
  activity.started = time_or_nothing(row, 8);
  activity.ended = time_or_nothing(row, 9);
  activity.created = {row.integer(11)};
  activity.treatment = row.integer(12);
  activity.run_time = {row.integer(13)};
  return activity;
}

std::string members_to_text(const std::vector<Member>& members) {
  std::string text;
  text.reserve(members.size() * 24);
  for (const Member& member : members) {
    append_escaped(text, member.key_id);
    if (!member.event.empty()) {
      text += kFieldEnd;
      append_escaped(text, member.event);
      text += kFieldEnd;
      text += std::to_string(member.event_time.micros);
    }
    text += kMemberEnd;
  }
  return text;
}

Result<std::vector<Member>> members_from_text(std::string_view text) {
  std::vector<Member> members;
  members.reserve(text.size() / 16);
  while (!text.empty()) {
    const std::size_t end = text.find(kMemberEnd);
    if (end == text.npos) return damaged(std::string(text));
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::size_t id_end = line.find(kFieldEnd);
    Member& member = members.emplace_back();
    member.key_id = unescaped(line.substr(0, id_end));
    if (id_end == line.npos) continue;
    const std::string_view rest = line.substr(id_end + 1);
    const std::size_t event_end = rest.find(kFieldEnd);
    const auto micros = event_end == rest.npos ? std::nullopt : parse_integer(rest.substr(event_end + 1));
    if (!micros) return damaged(std::string(line));
    member.event = unescaped(rest.substr(0, event_end));
    member.event_time = {*micros};
  }
  return members;
}

}  // namespace rapport::campaigns
