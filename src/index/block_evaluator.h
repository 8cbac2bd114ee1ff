#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "index/answer.h"
#include "index/block.h"
#include "index/plan.h"
#include "index/postings_union.h"

namespace rapport::index {

// Evaluates one plan on blocks, one after the other; reuses its memory between them. Not thread-safe: one per
// evaluation. REQUIRES blocks of snapshots taken before the plan was made, of the same index.
class BlockEvaluator {
 public:
  explicit BlockEvaluator(const Plan& plan);

  // Takes what is remembered, and remembers.
  BlockAnswer evaluate(const Block& block);

 private:
  // What is known of a node on the base at hand before it is evaluated.
  struct Prospect {
    std::uint64_t generation = 0;                // of the base this is about; 0: none yet
    std::shared_ptr<const SlotSet> known;        // remembered from before
    const Postings* postings = nullptr;          // of a text
    std::optional<std::uint32_t> only_position;  // of a text of which the base has one value: where
    std::uint32_t estimate = 0;                  // slots it may have, about; exactly none when 0
    std::uint32_t cost = 0;                      // of evaluating it whole, in slots looked at
    std::vector<const PlanNode*> order;          // of an And or Or: its parts, the most worthwhile first
  };

  // Which rows of the block's delta meet the plan, whose slots of the base are `slots`; `before` says what is known of
  // those of an earlier delta of the base.
  AskedRows ask_rows(const Delta& delta, const SlotSet& slots, const AskedRows* before);
  // Whether a slot of the base meets the node with a patch over it. REQUIRES that patched_ has the slot.
  bool patch_matches(const PlanNode& node, const Row& patch, Slot slot);
  bool pair_matches(const PlanNode& node, const Row& patch, Slot slot) const;
  bool slot_matches(const PlanNode& node, Slot slot);
  // The slots of the base that meet the node; with `among`, right only for slots in there.
  Answer evaluate(const PlanNode& node, const SlotSet* among);
  Answer compute(const PlanNode& node, const SlotSet* among);
  Answer text(const PlanNode& node, const SlotSet* among);
  Answer number(const PlanNode& node, const SlotSet* among);
  Answer pair(const PlanNode& node, const SlotSet* among);
  Answer members(const PlanNode& node, const SlotSet* among);
  Answer all_of(const PlanNode& node, const SlotSet* among);
  Answer any_of(const PlanNode& node, const SlotSet* among);
  Answer negation(const PlanNode& node, const SlotSet* among);
  // Whether evaluating among so many slots is better than evaluating whole and keeping the result.
  bool is_narrow(std::uint32_t among_count) const { return among_count < base_->size() / 16; }

  const Prospect& prospect(const PlanNode& node);
  void look_at(const PlanNode& node, Prospect& prospect);
  void look_at_text(const PlanNode& node, Prospect& prospect);
  void look_at_number(const PlanNode& node, Prospect& prospect);
  void look_at_pair(const PlanNode& node, Prospect& prospect);
  void look_at_members(const PlanNode& node, Prospect& prospect);
  void look_at_parts(const PlanNode& node, Prospect& prospect);

  const Plan& plan_;
  const Base* base_ = nullptr;
  std::vector<Prospect> prospects_;                 // by node number
  const SlotSet* patched_ = nullptr;                // slots of the patches that are asked, and others
  std::vector<std::optional<Answer>> for_patched_;  // by node number: right for slots in there
  PostingsUnion union_;
  SlotWords words_{};
};

}  // namespace rapport::index
