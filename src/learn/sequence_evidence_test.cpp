#include "learn/sequence_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "learn/histories.h"

namespace rapport::learn {
namespace {

using testing::ElementsAre;

SequenceParts parts_of(const std::vector<Interaction>& rows, std::uint32_t users, std::uint32_t items) {
  const Histories histories(rows, users, items);
  SequenceParts parts;
  for (std::uint32_t item = 0; item < items; ++item) {
    parts.items.add(std::to_string(item));
    parts.popularity.push_back(static_cast<std::uint32_t>(histories.meetings(item).size()));
  }
  parts.transitions = count_transitions(histories, {}, {});
  parts.linear = learn_linear_items(histories, {.regularization = 1});
  parts.taste_parameters = {.dimension = 4};
  parts.taste = factorize(histories, parts.taste_parameters, {}).value().items;
  parts.network = SequenceNetwork::random({.items = items, .dimension = 8, .blocks = 1}, 1);
  return parts;
}

std::vector<Interaction> pairs() {  // 0 then 1, 2 then 3, again and again; 4 alone
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < 20; ++user) {
    rows.push_back({user, user % 2 * 2, 0});
    rows.push_back({user, user % 2 * 2 + 1, 1});
  }
  rows.push_back({20, 4, 1});
  return rows;
}

TEST(SequenceEvidenceTest, ReadsDistinctItemsWhereTheyWereLast) {
  const SequenceParts parts = parts_of(pairs(), 21, 5);
  const SequenceEvidence evidence(parts);
  EXPECT_THAT(evidence.distinct(std::vector<std::uint32_t>{0, 1, 0, 99, 2}), ElementsAre(1, 0, 2));
  EXPECT_THAT(evidence.distinct({}), ElementsAre());
}

TEST(SequenceEvidenceTest, EveryKindSeesWhatItIsToSee) {
  const SequenceParts parts = parts_of(pairs(), 21, 5);
  const SequenceEvidence evidence(parts);
  const auto kinds = evidence.read(std::vector<std::uint32_t>{0});
  const auto of = [&](SequenceEvidenceKind kind, std::uint32_t item) { return kinds[kind * 5 + item]; };
  for (const auto kind : {kComesNext, kComesLater, kLinear, kLinearRecent, kTasteOfAll, kTasteNow}) {
    EXPECT_GT(of(kind, 1), of(kind, 3)) << kind;
    EXPECT_GT(of(kind, 1), of(kind, 4)) << kind;
  }
  EXPECT_EQ(of(kComesBefore, 1), 0);
  EXPECT_GT(of(kPopular, 3), of(kPopular, 4));
  EXPECT_EQ(of(kMetAlready, 0), 1);
  EXPECT_EQ(of(kMetAlready, 1), 0);
  const auto before = evidence.read(std::vector<std::uint32_t>{1});
  EXPECT_GT(before[kComesBefore * 5 + 0], 0);
  EXPECT_NE(of(kNetwork, 0), before[kNetwork * 5 + 0]);
}

TEST(SequenceEvidenceTest, ScoresAreTheWeightedSum) {
  SequenceParts parts = parts_of(pairs(), 21, 5);
  for (std::size_t kind = 0; kind < kSequenceEvidenceKinds; ++kind) {
    parts.weights.base[kind] = 0.1F * static_cast<float>(kind + 1);
    parts.weights.by_context[kind] = 0.05F * static_cast<float>(kind);
  }
  const SequenceEvidence evidence(parts);
  const std::vector<std::uint32_t> history = {0, 3};
  const auto kinds = evidence.read(history);
  std::vector<float> scores(5);
  evidence.weigh(history, scores);
  for (std::uint32_t item = 0; item < 5; ++item) {
    float sum = 0;
    for (std::size_t kind = 0; kind < kSequenceEvidenceKinds; ++kind) {
      sum += (parts.weights.base[kind] + SequenceEvidence::length_of(history) * parts.weights.by_context[kind]) *
             kinds[kind * 5 + item];
    }
    EXPECT_NEAR(scores[item], sum, 1e-4);
  }
}

TEST(SequenceEvidenceTest, MissingPartsSayNothing) {
  SequenceParts parts = parts_of(pairs(), 21, 5);
  parts.linear = {};
  parts.taste = {};
  parts.network = {};
  const auto kinds = SequenceEvidence(parts).read(std::vector<std::uint32_t>{0});
  for (const auto kind : {kLinear, kLinearRecent, kTasteOfAll, kTasteNow, kNetwork}) {
    for (std::uint32_t item = 0; item < 5; ++item) EXPECT_EQ(kinds[kind * 5 + item], 0) << kind;
  }
}

}  // namespace
}  // namespace rapport::learn
