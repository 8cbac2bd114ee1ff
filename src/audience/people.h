#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "audience/endpoint.h"
#include "audience/endpoints.h"
#include "base/result.h"
#include "records/store.h"

namespace rapport::audience {

// Somebody who was found: a user with all endpoints, or an endpoint without a user.
struct Person {
  enum class Match { kUserId, kEndpointId, kAddress };
  std::string user;                 // empty without one
  std::vector<Endpoint> endpoints;  // at least one
  Match matched_by = Match::kUserId;
};

// Where a search goes on: what it looks at now (in the order of the ways to match), and the last that was looked at.
struct PeoplePlace {
  std::int64_t stage = 0;
  std::string after = {};
};

struct PeopleSearch {
  std::string app;
  std::string text = {};  // "" finds everybody
  PeoplePlace from = {};
  std::size_t limit = 50;
};

struct PeopleFound {
  std::vector<Person> people;
  bool complete = false;  // there is nobody behind them
  PeoplePlace next = {};  // else continues here
};

// Looks for people: whose address or id is the text, then whose user id, endpoint id or address begins with it. Ids of
// users as they are, the others in any case. A page is short, also empty, where many endpoints had to be looked at:
// those with an address that begins with the text have no order of their own.
Result<PeopleFound> find_people(records::Store& store, Endpoints& endpoints, const PeopleSearch& search);

}  // namespace rapport::audience
