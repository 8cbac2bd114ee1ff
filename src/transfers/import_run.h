#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "jobs/jobs.h"
#include "transfers/failed_rows.h"
#include "transfers/import_pieces.h"
#include "transfers/import_state.h"
#include "transfers/imports.h"

namespace rapport::transfers {

// One run of an import job: reads its files batch by batch, turns rows into changes and applies them on several
// threads, and keeps a checkpoint behind which everything is done. Rows done twice after a restart change nothing.
class ImportRun {
 public:
  ImportRun(const Imports::Collaborators& with, const Imports::Options& options, jobs::Context& context);
  Status run();

 private:
  // What became of one batch.
  struct Outcome {
    std::uint64_t rows = 0;
    std::int64_t failed = 0;
    std::vector<std::string> failures;
    std::string failed_rows;  // lines of failed_row
  };
  enum class Next { kDone, kStopped };

  Result<Next> run_piece();
  Status fail_piece(const Error& error);
  void work(PieceReader& piece);
  std::optional<RowBatch> take(PieceReader& piece);
  Result<Outcome> process(const RowBatch& batch, const PieceReader& piece);
  void decode(const RowBatch& batch, const PieceReader& piece, std::vector<audience::EndpointChange>& changes,
              std::vector<std::size_t>& row_of, Outcome& outcome) const;
  Status complete(audience::EndpointChange& change, std::uint64_t line) const;
  Status settle(std::uint64_t number, Outcome outcome);
  Status save_if_due();
  Status save();
  Status finish();
  void note(Outcome& outcome, const RowBatch& batch, const RowBatch::Row& row, const Error& error) const;
  void stop_with(const Error& error);
  audience::ApplyOptions apply_options() const;

  const Imports::Collaborators& with_;
  const Imports::Options& options_;
  jobs::Context& context_;
  const std::string app_;
  const ImportPlan plan_;
  objects::Location place_;  // of the current piece

  std::mutex mutex_;  // guards what follows while threads run
  ImportState state_;
  std::string refused_;  // rows since the last checkpoint, which was at `saved_`
  FailedRows::Place saved_ = {};
  FailedRows failed_rows_;             // used by one thread at a time, the one that saves
  std::vector<std::string> header_;    // of the current piece
  std::uint64_t next_batch_ = 0;       // to be read
  std::uint64_t settled_batches_ = 0;  // everything before is in `state_`
  std::uint64_t saved_batches_ = 0;
  bool saving_ = false;
  bool ended_ = false;                      // no more batches of this piece
  std::map<std::uint64_t, Outcome> early_;  // batches done before one ahead of them
  std::optional<Error> error_;
};

}  // namespace rapport::transfers
