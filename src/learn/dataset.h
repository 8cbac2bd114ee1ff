#pragma once

// learn: models that predict who will want what, from interactions of users with items. This header: the data they
// learn from, with dense indices instead of ids.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::learn {

// Ids and their dense indices 0, 1, 2… in order of first appearance. Reading is thread-safe, adding is not.
class Vocabulary {
 public:
  std::uint32_t add(std::string_view id);  // the id's index, made when it is new
  std::optional<std::uint32_t> find(std::string_view id) const;
  // REQUIRES index < size(). The view lives until the next add.
  std::string_view at(std::uint32_t index) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }

  const std::string& text() const { return text_; }                 // all ids, one after the other
  const std::vector<std::uint64_t>& ends() const { return ends_; }  // of each id in text()

 private:
  void grow();
  std::size_t slot_of(std::string_view id) const;  // where it is, or where it would go

  std::string text_;                  // all ids, one after the other
  std::vector<std::uint64_t> ends_;   // of each id in text_
  std::vector<std::uint32_t> slots_;  // open addressing over index + 1; 0 is empty
};

// `user` did something with `item`. Only the order of times matters; rows with the same time keep their order.
struct Interaction {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::int64_t time = 0;
  float weight = 1;           // what it counts beside others: of its event type
  std::uint32_t context = 0;  // in what circumstances (Dataset::contexts); 0: unknown
};

// One value of a column of a user, of an item or of a context: {"GENRES", "Action"}.
struct Fact {
  std::string column;
  std::string value;
};

// One value of one attribute column and the items that have it, ascending, each once.
struct AttributeValue {
  std::string value;
  std::vector<std::uint32_t> items;
};

// A column of the items' data set. A multi-valued cell ("Action|Comedy") is several values, split by the caller.
struct AttributeColumn {
  std::string name;
  std::vector<AttributeValue> values;
};

class ItemAttributes {
 public:
  // Adding the same fact again changes nothing. Items of one value may come in any order.
  void add(std::string_view column, std::string_view value, std::uint32_t item);
  // The items with this value, ascending; nullptr when the column or the value is unknown. Column names are compared
  // ignoring ASCII case, values exactly.
  const std::vector<std::uint32_t>* items(std::string_view column, std::string_view value) const;
  const std::vector<AttributeColumn>& columns() const { return columns_; }

 private:
  struct Index {
    Vocabulary values;
  };
  std::vector<AttributeColumn> columns_;
  std::vector<Index> indexes_;  // parallel to columns_
};

// What holds of each of the things (users, items or contexts).
std::vector<std::vector<Fact>> facts_of(const ItemAttributes& attributes, std::span<const std::uint32_t> things);

// What an item says in words. Either may be empty.
struct ItemText {
  std::string name;
  std::string description;
};

// Everything a recipe learns from. Indices of interactions and attributes are those of the two vocabularies; items
// without interactions may be in `items`, they have no influence but count in coverage.
struct Dataset {
  Vocabulary users;
  Vocabulary items;
  std::vector<Interaction> interactions;
  ItemAttributes attributes;
  ItemAttributes user_attributes = {};     // its "items" are users
  ItemAttributes contexts = {};            // its "items" are the contexts of interactions
  std::vector<ItemText> texts = {};        // of each item; may be shorter than items
  std::vector<float> rewards = {};         // what an interaction with each item brings; may be shorter than items
};

}  // namespace rapport::learn
