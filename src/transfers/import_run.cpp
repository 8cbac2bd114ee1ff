#include "transfers/import_run.h"

#include <thread>
#include <utility>

#include "audience/keys.h"
#include "base/digest.h"

namespace rapport::transfers {
namespace {

bool may_pass(ErrorKind kind) { return kind == ErrorKind::kUnavailable || kind == ErrorKind::kInternal; }

// The id of an endpoint whose row names none: the same when the row is read again.
std::string generated_id(const std::string& job, const std::string& key, std::uint64_t line) {
  const std::string row = job + "/" + key + "/" + std::to_string(line);
  std::string raw(16, '\0');
  for (std::uint64_t half = 0; half < 2; ++half) {
    const std::uint64_t hash = stable_hash(row, half);
    for (std::size_t i = 0; i < 8; ++i) raw[half * 8 + i] = static_cast<char>(hash >> (8 * i));
  }
  return to_hex(raw);
}

json::object definition_of(const ImportPlan& plan, const audience::MemberSummary& summary) {
  json::object channels;
  for (const auto& [channel, count] : summary.by_channel) channels[channel] = count;
  return {{"ImportDefinition", import_definition(plan, summary.size, std::move(channels))}};
}

}  // namespace

ImportRun::ImportRun(const Imports::Collaborators& with, const Imports::Options& options, jobs::Context& context)
    : with_(with),
      options_(options),
      context_(context),
      app_(context.job().owner),
      plan_(ImportPlan::from(context.job().input)),
      state_(ImportState::from(context.job().checkpoint)),
      saved_{state_.piece, state_.rows},
      failed_rows_(with.objects, app_, context.job().id) {}

Status ImportRun::run() {
  place_.bucket = TRY(objects::parse_s3_url(plan_.request.s3_url))
  .bucket;
  TRY(failed_rows_.discard_from(saved_));
  state_.status = "PROCESSING";
  TRY(save());
  while (state_.piece < plan_.pieces.size()) {
    TRY(with_.applications.require(app_));
    if (TRY(run_piece()) == Next::kStopped) return save();
    ++state_.piece;
    state_.rows = 0;
    TRY(save());
  }
  return finish();
}

Result<ImportRun::Next> ImportRun::run_piece() {
  place_.key = plan_.pieces[state_.piece];
  auto opened = PieceReader::open(with_.objects, place_, plan_.request);
  if (!opened) {
    TRY(fail_piece(opened.error()));
    return Next::kDone;
  }
  PieceReader& piece = **opened;
  header_ = piece.header();
  next_batch_ = settled_batches_ = saved_batches_ = 0;
  ended_ = false;
  early_.clear();
  const auto skipped = piece.skip(state_.rows);
  if (!skipped) {
    TRY(fail_piece(skipped.error()));
    return Next::kDone;
  }
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < options_.threads; ++i) threads.emplace_back([&] { work(piece); });
    work(piece);
  }
  if (error_) {
    TRY(fail_piece(*std::exchange(error_, std::nullopt)));
    return Next::kDone;
  }
  if (context_.should_stop() && !ended_) return Next::kStopped;
  ++state_.completed_pieces;
  return Next::kDone;
}

// A file that cannot be read is told and passed over; what may pass by itself ends the run, to be tried again.
Status ImportRun::fail_piece(const Error& error) {
  if (may_pass(error.kind) || error.kind == ErrorKind::kConflict) return std::unexpected(error);
  ++state_.failed_pieces;
  state_.add_failure(place_.key + ": " + error.message);
  return {};
}

void ImportRun::work(PieceReader& piece) {
  while (auto batch = take(piece)) {
    auto outcome = process(*batch, piece);
    const Status settled = outcome ? settle(batch->number, *std::move(outcome)) : std::unexpected(outcome.error());
    if (!settled) stop_with(settled.error());
  }
}

std::optional<RowBatch> ImportRun::take(PieceReader& piece) {
  const std::scoped_lock lock(mutex_);
  if (ended_ || error_ || context_.should_stop()) return std::nullopt;
  auto batch = piece.read(options_.batch_rows);
  if (!batch) {
    error_ = batch.error();
    return std::nullopt;
  }
  if (batch->rows.empty()) {
    ended_ = true;
    return std::nullopt;
  }
  batch->number = next_batch_++;
  return *std::move(batch);
}

Result<ImportRun::Outcome> ImportRun::process(const RowBatch& batch, const PieceReader& piece) {
  Outcome outcome{batch.rows.size(), 0, {}, {}};
  std::vector<audience::EndpointChange> changes;
  std::vector<std::size_t> row_of;  // of each change
  decode(batch, piece, changes, row_of, outcome);
  if (changes.empty() || (!plan_.defines_segment() && !plan_.registers_endpoints())) return outcome;
  const auto applied = TRY(with_.endpoints.apply(app_, changes, apply_options()));
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (applied[i]) note(outcome, batch, batch.rows[row_of[i]], *applied[i]);
  }
  return outcome;
}

void ImportRun::decode(const RowBatch& batch, const PieceReader& piece, std::vector<audience::EndpointChange>& changes,
                       std::vector<std::size_t>& row_of, Outcome& outcome) const {
  JsonLineDecoder json_decoder;
  audience::ChangeBuilder builder;
  changes.reserve(batch.rows.size());
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const auto& row = batch.rows[i];
    const std::size_t before = changes.size();
    Status decoded;
    if (row.error) {
      decoded = std::unexpected(*row.error);
    } else {
      const auto fields = batch.fields(row);
      decoded = piece.columns() ? piece.columns()->decode(fields, builder, changes)
                                : json_decoder.decode(fields[0], builder, changes);
    }
    for (std::size_t j = before; decoded && j < changes.size(); ++j) decoded = complete(changes[j], row.line);
    if (!decoded) {
      builder.reset();
      changes.resize(before);
      note(outcome, batch, row, decoded.error());
    }
    row_of.resize(changes.size(), i);
  }
}

// Gives a row without an id one, when it describes an endpoint and does not only name a user.
Status ImportRun::complete(audience::EndpointChange& change, std::uint64_t line) const {
  if (!change.id.empty()) return {};
  if (!audience::find_field(change.fields, audience::Field::kAddress).empty()) {
    change.id = generated_id(context_.job().id, place_.key, line);
    return {};
  }
  if (!change.user_id.empty() && plan_.defines_segment()) return {};
  return fail(ErrorKind::kInvalid, "Missing Address", "Address");
}

Status ImportRun::settle(std::uint64_t number, Outcome outcome) {
  {
    const std::scoped_lock lock(mutex_);
    early_.emplace(number, std::move(outcome));
    while (!early_.empty() && early_.begin()->first == settled_batches_) {
      const Outcome& done = early_.begin()->second;
      state_.rows += done.rows;
      state_.total_processed += static_cast<std::int64_t>(done.rows);
      state_.total_failures += done.failed;
      for (const auto& failure : done.failures) state_.add_failure(failure);
      refused_ += done.failed_rows;
      early_.erase(early_.begin());
      ++settled_batches_;
    }
  }
  return save_if_due();
}

Status ImportRun::save_if_due() {
  json::object document;
  std::string refused;
  FailedRows::Place from;
  {
    const std::scoped_lock lock(mutex_);
    if (saving_ || settled_batches_ - saved_batches_ < options_.checkpoint_batches) return {};
    saving_ = true;
    saved_batches_ = settled_batches_;
    document = state_.document();
    refused = std::exchange(refused_, {});
    from = std::exchange(saved_, {state_.piece, state_.rows});
  }
  Status saved = with_.applications.require(app_);
  if (saved) saved = failed_rows_.write(from, refused, header_);
  if (saved) saved = context_.save(document, document);
  const std::scoped_lock lock(mutex_);
  saving_ = false;
  return saved;
}

Status ImportRun::save() {
  const auto document = state_.document();
  TRY(failed_rows_.write(saved_, std::exchange(refused_, {}), header_));
  saved_ = {state_.piece, state_.rows};
  return context_.save(document, document);
}

// A new segment is published with what could be read; a new version of one only when everything could.
Status ImportRun::finish() {
  const bool failed = state_.failed_pieces > 0;
  state_.status = failed ? "FAILING" : "COMPLETING";
  TRY(save());
  const audience::SegmentRef segment{app_, plan_.segment_id, plan_.segment_version};
  const bool discards = plan_.defines_segment() && failed && segment.version > 1;
  if (discards) TRY(with_.segments.discard_import(segment));
  const bool publishes = plan_.defines_segment() && !discards;
  json::object definition;
  if (publishes) definition = definition_of(plan_, TRY(with_.segments.summarise(segment)));
  const auto document = state_.document();
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    if (publishes) TRY(with_.segments.finish_import(session, segment, definition));
    return context_.save(session, document, document);
  }));
  if (!failed) return {};
  return fail(ErrorKind::kInvalid, "Files that could not be read: " + std::to_string(state_.failed_pieces), "S3Url");
}

void ImportRun::note(Outcome& outcome, const RowBatch& batch, const RowBatch::Row& row, const Error& error) const {
  ++outcome.failed;
  outcome.failures.push_back(place_.key + ", row " + std::to_string(row.line) + ": " + error.message);
  outcome.failed_rows += failed_row(place_.key, row.line, error.message, batch.fields(row));
}

void ImportRun::stop_with(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!error_) error_ = error;
}

audience::ApplyOptions ImportRun::apply_options() const {
  audience::ApplyOptions options;
  options.mode = plan_.registers_endpoints() ? audience::WriteMode::kUpsert : audience::WriteMode::kCreateMissing;
  options.new_endpoints = audience::NewEndpoints::kNeedAddress;
  if (plan_.defines_segment()) {
    options.membership =
        audience::MembershipTarget{audience::member_prefix(app_, plan_.segment_id), plan_.segment_version};
  }
  return options;
}

}  // namespace rapport::transfers
