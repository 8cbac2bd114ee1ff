#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "audience/keys.h"
#include "audience/segments.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kPageMembers = 500;

}  // namespace

Result<index::PredicatePtr> Segments::predicate(const Segment& segment) {
  return compile(segment, compile_sources(), clock_.now());
}

Result<index::Selection> Segments::select(const SegmentRef& ref) {
  const auto predicate = TRY(this->predicate(TRY(get(ref))));
  return indexes_.evaluator().select(indexes_.snapshot(ref.app), predicate);
}

Result<Membership> Segments::membership(const SegmentRef& ref) {
  return Membership(TRY(this->predicate(TRY(get(ref)))), indexes_.evaluator());
}

Result<MemberListPtr> Segments::imported_list(const SegmentRef& ref) {
  const auto segment = TRY(get(ref));
  if (segment.type != SegmentType::kImport) return nullptr;
  return lists_.get(segment);
}

Status Segments::check(const std::string& app, const json::object& definition) {
  return check_now(definition, {.app = app});
}

Status Segments::for_each_member(const SegmentRef& ref, std::string_view after, const MemberVisitor& visit) {
  const auto selection = TRY(select(ref));
  std::string position(after);
  while (true) {
    std::vector<std::string> key_ids;
    selection.for_each(position, [&](std::string_view key_id) {
      key_ids.emplace_back(key_id);
      return key_ids.size() < kPageMembers;
    });
    if (key_ids.empty()) return {};
    const auto found = TRY(endpoints_.get_many(ref.app, key_ids));
    for (std::size_t i = 0; i < key_ids.size(); ++i) {
      if (found[i] && !visit(key_ids[i], *found[i])) return {};
    }
    position = key_ids.back();
  }
}

Result<std::int64_t> Segments::count_members(const SegmentRef& ref) {
  const auto predicate = TRY(this->predicate(TRY(get(ref))));
  return static_cast<std::int64_t>(indexes_.evaluator().count(indexes_.snapshot(ref.app), predicate));
}

SegmentSources Segments::sources() {
  return {[this](const SegmentRef& ref) { return get(ref); },
          [this](const SegmentRef& ref, const Endpoint& endpoint) { return is_imported_member(ref, endpoint); },
          who_did_};
}

CompileSources Segments::compile_sources() {
  return {[this](const SegmentRef& ref) { return get(ref); },
          [this](const Segment& segment) { return lists_.get(segment); }, who_did_};
}

Result<bool> Segments::is_imported_member(const SegmentRef& ref, const Endpoint& endpoint) {
  const std::string prefix = member_prefix(ref.app, ref.segment);
  std::vector<std::string> keys = {prefix + kEndpointMember + endpoint.key_id()};
  if (!endpoint.user_id().empty()) keys.push_back(prefix + kUserMember + std::string(endpoint.user_id()));
  const auto found = TRY(store_.get_many(keys));
  return std::ranges::any_of(
      found, [&](const auto& record) { return record && decode_member(*record).version <= ref.version; });
}

Status Segments::discard_import(const SegmentRef& ref) {
  const std::string prefix = member_prefix(ref.app, ref.segment);
  std::string after;
  while (true) {
    records::Batch batch;
    TRY(store_.scan(prefix, after, [&](std::string_view key, std::string_view value) {
      after = key;
      if (decode_member(value).version == ref.version) batch.erase(after);
      return batch.changes().size() < kPageMembers;
    }));
    if (batch.empty()) return {};
    TRY(store_.write(batch));
  }
}

Result<MemberSummary> Segments::summarise(const SegmentRef& ref) {
  MemberSummary summary;
  TRY(store_.scan(member_prefix(ref.app, ref.segment), "", [&](std::string_view, std::string_view value) {
    const auto member = decode_member(value);
    if (member.version > ref.version) return true;
    ++summary.size;
    if (!member.channel_type.empty()) ++summary.by_channel[std::string(member.channel_type)];
    return true;
  }));
  return summary;
}

}  // namespace rapport::audience
