#include "audience/segment_document.h"

#include <string>

namespace rapport::audience {

Result<json::object> segment_document(sql::Session& session, const Segment& segment, const apps::Scope& scope) {
  const std::string arn = apps::make_arn(scope, "apps/" + segment.app + "/segments/" + segment.id);
  const auto tags = TRY(apps::read_tags(session, arn));
  json::object document{{"ApplicationId", segment.app},
                        {"Arn", arn},
                        {"CreationDate", format_iso8601(segment.created)},
                        {"LastModifiedDate", format_iso8601(segment.modified)},
                        {"Id", segment.id},
                        {"Name", segment.name},
                        {"SegmentType", segment.type == SegmentType::kImport ? "IMPORT" : "DIMENSIONAL"},
                        {"Version", segment.version},
                        {"tags", apps::document(tags)}};
  for (const auto& [member, value] : segment.definition) document[member] = value;
  return document;
}

}  // namespace rapport::audience
