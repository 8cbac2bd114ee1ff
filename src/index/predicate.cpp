#include "index/predicate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace rapport::index {
namespace {

// Texts in a name stand behind their length, so that no two lists of texts give the same name.
void append_text(std::string& name, std::string_view text) {
  fmt::format_to(std::back_inserter(name), "{}:{}", text.size(), text);
}

std::string text_name(std::string_view field, const TextTest& test) {
  std::string name(test.equal.empty() ? "t" : "e");
  append_text(name, field);
  if (test.equal.empty()) append_text(name, test.name);
  for (const auto& text : test.equal) append_text(name, text);
  return name;
}

std::string number_name(std::string_view field, const NumberColumn::Range& range) {
  std::string name("n");
  append_text(name, field);
  // The shortest form that reads back the same; + 0.0 makes one zero of the two.
  fmt::format_to(std::back_inserter(name), "{}{},{}{}", range.low_open ? '(' : '[', range.low + 0.0, range.high + 0.0,
                 range.high_open ? ')' : ']');
  return name;
}

bool is_empty(const NumberColumn::Range& range) {
  if (std::isnan(range.low) || std::isnan(range.high) || range.low > range.high) return true;
  return range.low == range.high && (range.low_open || range.high_open);
}

bool is_nothing(const Predicate& predicate) {
  return predicate.kind() == Predicate::Kind::kOr && predicate.parts().empty();
}

bool is_asked_once(const PredicatePtr& predicate) { return predicate->fleeting(); }

bool by_name(const PredicatePtr& a, const PredicatePtr& b) { return a->name() < b->name(); }

// Parts of the same kind give way to their own parts; the rest by name, each once.
std::vector<PredicatePtr> flattened(Predicate::Kind kind, std::vector<PredicatePtr> parts) {
  std::vector<PredicatePtr> flat;
  for (auto& part : parts) {
    CHECK(part != nullptr);
    if (part->kind() == kind) {
      flat.insert(flat.end(), part->parts().begin(), part->parts().end());
    } else {
      flat.push_back(std::move(part));
    }
  }
  std::ranges::sort(flat, by_name);
  const auto same = [](const PredicatePtr& a, const PredicatePtr& b) { return a->name() == b->name(); };
  flat.erase(std::ranges::unique(flat, same).begin(), flat.end());
  return flat;
}

// Whether a part and its negation are both there. REQUIRES parts by name.
bool contradicts(const std::vector<PredicatePtr>& parts) {
  return std::ranges::any_of(parts, [&](const PredicatePtr& part) {
    return part->kind() == Predicate::Kind::kNot && std::ranges::binary_search(parts, part->parts().front(), by_name);
  });
}

}  // namespace

PredicatePtr Predicate::everything() {
  static const PredicatePtr instance = [] {
    std::shared_ptr<Predicate> made(new Predicate);
    made->name_ = "*";
    return made;
  }();
  return instance;
}

PredicatePtr Predicate::nothing() {
  static const PredicatePtr instance = [] {
    std::shared_ptr<Predicate> made(new Predicate);
    made->kind_ = Kind::kOr;
    made->name_ = "-";
    return made;
  }();
  return instance;
}

PredicatePtr Predicate::text(std::string field, TextTest test) {
  CHECK(test.matches || !test.equal.empty());
  std::ranges::sort(test.equal);
  test.equal.erase(std::ranges::unique(test.equal).begin(), test.equal.end());
  std::shared_ptr<Predicate> made(new Predicate);
  made->kind_ = Kind::kText;
  made->name_ = text_name(field, test);
  made->field_ = std::move(field);
  made->test_ = std::move(test);
  return made;
}

PredicatePtr Predicate::number(std::string field, const NumberColumn::Range& range) {
  if (is_empty(range)) return nothing();
  std::shared_ptr<Predicate> made(new Predicate);
  made->kind_ = Kind::kNumber;
  made->name_ = number_name(field, range);
  made->field_ = std::move(field);
  made->range_ = range;
  return made;
}

PredicatePtr Predicate::pair(std::string first_field, std::string second_field, PairTest test) {
  CHECK(test.matches);
  if (is_empty(test.first) || is_empty(test.second)) return nothing();
  std::shared_ptr<Predicate> made(new Predicate);
  made->kind_ = Kind::kPair;
  made->name_ = "p";
  append_text(made->name_, first_field);
  append_text(made->name_, second_field);
  append_text(made->name_, test.name);
  made->field_ = std::move(first_field);
  made->second_field_ = std::move(second_field);
  made->pair_test_ = std::move(test);
  return made;
}

PredicatePtr Predicate::members(std::shared_ptr<const MemberList> list) {
  CHECK(list != nullptr);
  if (list->endpoint_count() == 0 && list->user_count() == 0) return nothing();
  std::shared_ptr<Predicate> made(new Predicate);
  made->kind_ = Kind::kMembers;
  made->name_ = "m";
  append_text(made->name_, list->name());
  made->list_ = std::move(list);
  return made;
}

PredicatePtr Predicate::combination(Kind kind, std::vector<PredicatePtr> parts, bool is_fleeting) {
  if (parts.size() == 1) return is_fleeting ? fleeting(parts.front()) : parts.front();
  std::shared_ptr<Predicate> made(new Predicate);
  made->kind_ = kind;
  made->name_ = kind == Kind::kAnd ? "&" : "|";
  for (const auto& part : parts) append_text(made->name_, part->name());
  made->fleeting_ = is_fleeting;
  made->parts_ = std::move(parts);
  return made;
}

PredicatePtr Predicate::all_of(std::vector<PredicatePtr> parts) {
  const bool is_fleeting = std::ranges::any_of(parts, is_asked_once);
  auto flat = flattened(Kind::kAnd, std::move(parts));
  std::erase_if(flat, [](const PredicatePtr& part) { return part->kind() == Kind::kEverything; });
  if (flat.empty()) return everything();
  const auto none = [](const PredicatePtr& part) { return is_nothing(*part); };
  if (std::ranges::any_of(flat, none) || contradicts(flat)) return nothing();
  return combination(Kind::kAnd, std::move(flat), is_fleeting);
}

PredicatePtr Predicate::any_of(std::vector<PredicatePtr> parts) {
  const bool is_fleeting = std::ranges::any_of(parts, is_asked_once);
  auto flat = flattened(Kind::kOr, std::move(parts));  // `nothing` has no parts, so it is gone
  if (flat.empty()) return nothing();
  const auto all = [](const PredicatePtr& part) { return part->kind() == Kind::kEverything; };
  if (std::ranges::any_of(flat, all) || contradicts(flat)) return everything();
  return combination(Kind::kOr, std::move(flat), is_fleeting);
}

PredicatePtr Predicate::negation(PredicatePtr part) {
  CHECK(part != nullptr);
  if (part->kind() == Kind::kNot) return part->parts().front();
  if (part->kind() == Kind::kEverything) return nothing();
  if (is_nothing(*part)) return everything();
  std::shared_ptr<Predicate> made(new Predicate);
  made->kind_ = Kind::kNot;
  made->name_ = "!" + part->name();
  made->fleeting_ = part->fleeting();
  made->parts_.push_back(std::move(part));
  return made;
}

PredicatePtr Predicate::fleeting(const PredicatePtr& part) {
  CHECK(part != nullptr);
  if (part->fleeting()) return part;
  std::shared_ptr<Predicate> made(new Predicate(*part));
  made->fleeting_ = true;
  return made;
}

}  // namespace rapport::index
