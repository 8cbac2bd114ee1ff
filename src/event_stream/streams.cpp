#include "event_stream/streams.h"

#include <fmt/format.h>

#include <vector>

#include "base/log.h"
#include "event_stream/courier.h"
#include "event_stream/statements.h"

namespace rapport::event_stream {
namespace {

constexpr sql::Migration kMigrations[] = {{"event_stream", 1, kCreateTables}};
constexpr std::string_view kArnMember = "DestinationStreamArn";
constexpr std::chrono::seconds kReconcileEvery(1);

Stream stream_of(const sql::Row& row) { return {row.text(0), row.text(1), row.text(2), {row.integer(3)}, row.text(4)}; }

Result<Stream> one_stream(const sql::Answer& answer) {
  if (answer.rows.empty()) return fail(ErrorKind::kNotFound, "Resource not found");
  return stream_of(answer.rows.front());
}

std::string name_in(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

Status check_arn(const std::string& arn) {
  const bool kinesis = arn.starts_with("arn:aws:kinesis:") && arn.find(":stream/") != std::string::npos;
  const bool firehose = arn.starts_with("arn:aws:firehose:") && arn.find(":deliverystream/") != std::string::npos;
  if ((kinesis || firehose) && !name_in(arn).empty()) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("Must be arn:aws:kinesis:REGION:ACCOUNT:stream/NAME or "
                          "arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME: {}",
                          arn),
              std::string(kArnMember));
}

}  // namespace

std::span<const sql::Migration> migrations() { return kMigrations; }

Streams::Streams(Collaborators with) : with_(std::move(with)) {}
Streams::~Streams() = default;

std::string Streams::destination_of(const std::string& arn) const {
  for (const std::string& key : {arn, name_in(arn)}) {
    if (const auto found = with_.destinations.find(key); found != with_.destinations.end()) return found->second;
  }
  return "s3://rapport-event-streams/" + name_in(arn);
}

Result<Stream> Streams::put(const std::string& app, const std::string& arn, const std::string& role,
                            const std::string& by) {
  TRY(check_arn(arn));
  if (auto opened = open_destination(destination_of(arn), with_.tools); !opened) {
    return fail(opened.error().kind, std::move(opened.error().message), std::string(kArnMember));
  }
  const Stream stream{app, arn, role, with_.tools.clock.now(), by};
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    TRY(session.execute(kPutStream, {app, arn, role, stream.modified.micros, by}));
    TRY(session.execute(kBeginAt, {app, with_.log_name, static_cast<std::int64_t>(with_.log.end())}));
    return {};
  }));
  note_change();
  return stream;
}

void Streams::note_change() {
  const std::lock_guard lock(mutex_);
  is_changed_ = true;
  changed_.notify_all();
}

Result<Stream> Streams::get(const std::string& app) { return one_stream(TRY(with_.database.read(kGetStream, {app}))); }

Result<Stream> Streams::remove(const std::string& app) {
  Stream stream;
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    stream = TRY(one_stream(TRY(session.execute(kGetStream, {app}))));
    return erase(session, app);
  }));
  note_change();
  return stream;
}

Status Streams::erase(sql::Session& session, const std::string& app) {
  TRY(session.execute(kEraseStream, {app}));
  TRY(session.execute(kErasePlaces, {app}));
  return {};
}

events::Position Streams::oldest() {
  const events::Position end = with_.log.end();  // looked at before the places: a stream may be made in between
  const Result<sql::Answer> found = with_.database.read(kOldestPlace, {with_.log_name});
  if (!found) return with_.log.begin();
  if (found->rows.empty() || found->rows.front().is_null(0)) return end;
  return static_cast<events::Position>(found->rows.front().integer(0));
}

void Streams::run(const std::stop_token& stop) {
  std::map<std::string, std::unique_ptr<Courier>> couriers;
  while (!stop.stop_requested()) {
    if (const Status done = reconcile(couriers); !done) {
      log_warning("event_stream", "Cannot look for event streams, trying again: {}", done.error().message);
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kReconcileEvery, [this] { return is_changed_; });
    is_changed_ = false;
  }
}

Status Streams::reconcile(std::map<std::string, std::unique_ptr<Courier>>& couriers) {
  std::map<std::string, Stream> streams;
  for (const sql::Row& row : TRY(with_.database.read(kListStreams, {})).rows) {
    Stream stream = stream_of(row);
    streams.emplace(stream.app, std::move(stream));
  }
  std::erase_if(couriers, [&](const auto& courier) {
    const auto found = streams.find(courier.first);
    return found == streams.end() || found->second.arn != courier.second->arn();
  });
  for (const auto& [app, stream] : streams) {
    if (couriers.contains(app)) continue;
    // Of a stream that another node made, this node's log is handed on from here.
    TRY(with_.database.write(kBeginAt, {app, with_.log_name, static_cast<std::int64_t>(with_.log.end())}));
    auto destination = open_destination(destination_of(stream.arn), with_.tools);
    if (!destination) {
      log_warning("event_stream", "The events of application {} go nowhere: {}", app, destination.error().message);
      continue;
    }
    couriers.emplace(app, std::make_unique<Courier>(with_, stream, *std::move(destination)));
  }
  return {};
}

}  // namespace rapport::event_stream
