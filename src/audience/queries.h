#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "audience/endpoint.h"
#include "audience/endpoints.h"
#include "audience/explain.h"
#include "audience/indexes.h"
#include "audience/segment.h"
#include "audience/segments.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"

namespace rapport::audience {

// What is asked about: a stored segment, or a definition that is not stored (yet).
struct Definition {
  std::string app;
  json::object document;  // {"Dimensions": ...} or {"SegmentGroups": ...}; empty: every endpoint
};
using Question = std::variant<SegmentRef, Definition>;

struct SegmentSize {
  std::uint64_t endpoints = 0;
  std::uint64_t users = 0;      // different users among them
  std::uint64_t reachable = 0;  // neither INACTIVE nor opted out
  std::map<std::string, std::uint64_t> reachable_by_channel;
};

struct Overlap {
  std::vector<std::uint64_t> sizes;               // parallel to the questions
  std::vector<std::vector<std::uint64_t>> pairs;  // pairs[i][j]: members of both
  std::uint64_t all = 0;                          // members of every one
  std::uint64_t any = 0;                          // of at least one
};

struct MemberPage {
  std::vector<Endpoint> endpoints;
  std::string next;  // continues behind this page; empty on the last one
};

// How the values of one field are spread among members.
struct Facet {
  std::string field;  // Attributes.x, UserAttributes.x, Metrics.x, Demographic.x, Location.Country, ChannelType,
                      // EndpointStatus, OptOut
  std::vector<index::Selection::Facet> values;  // most frequent first; of a metric none
  std::optional<index::Selection::NumberFacet> numbers;
};

// Questions about segments, answered from memory as of now. Thread-safe. kNotFound when a segment is gone, kInvalid
// with the member's path when a definition cannot be evaluated.
class Queries {
 public:
  Queries(Segments& segments, Endpoints& endpoints, Indexes& indexes, const Clock& clock)
      : segments_(segments), endpoints_(endpoints), indexes_(indexes), clock_(clock) {}

  Result<SegmentSize> size(const Question& question);
  // By rising id in lower case, from the first after `after` ("" from the start; then `next`), at most `limit`, from 1
  // on.
  Result<MemberPage> members(const Question& question, std::string_view after, std::size_t limit);
  // Different members picked by the seed; fewer when there are not so many.
  Result<std::vector<Endpoint>> sample(const Question& question, std::size_t count, std::uint64_t seed);
  // Why the endpoint is in or out. kNotFound also when there is no such endpoint.
  Result<Explanation> explain(const Question& question, const std::string& endpoint_id);
  Result<Overlap> overlap(std::span<const Question> questions);  // 2 to 8, of one application
  // kInvalid when a field has no facets. A field nobody has gives no values.
  Result<std::vector<Facet>> facets(const Question& question, std::span<const std::string> fields, std::size_t limit);
  // The members of this moment as a new imported segment.
  Result<Segment> snapshot(const Question& question, const std::string& name);

 private:
  struct Asked {
    Segment segment;
    index::PredicatePtr predicate;
    index::SnapshotPtr snapshot;
  };
  Result<Asked> ask(const Question& question);
  Result<index::Selection> select(const Question& question);
  Result<std::vector<Endpoint>> read(const std::string& app, std::span<const std::string> key_ids);

  Segments& segments_;
  Endpoints& endpoints_;
  Indexes& indexes_;
  const Clock& clock_;
};

}  // namespace rapport::audience
