#include "audience/indexes.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "audience/index_loading.h"
#include "audience/keys.h"
#include "audience/known_users.h"
#include "audience/record.h"
#include "audience/row_encoder.h"
#include "base/free_memory.h"
#include "base/log.h"
#include "index/row_batch.h"

namespace rapport::audience {
namespace {

constexpr std::chrono::milliseconds kQuietMoment{300};

// The application and the id in an endpoint's or a user's key (keys.h).
struct ParsedKey {
  std::string_view app;
  std::string_view id;
};

std::optional<ParsedKey> parse_key(std::string_view key) {
  const auto slash = key.find('/', 2);
  if (slash == key.npos) return std::nullopt;
  return ParsedKey{key.substr(2, slash - 2), key.substr(slash + 1)};
}

// Records a commit brought along, by rising id; views into the commit.
class Records {
 public:
  struct Record {
    std::string_view id;
    std::string_view value;  // empty when it was erased
    bool is_patch = false;   // the value is a change
  };
  void add(std::string_view id, const std::optional<std::string>& value, bool is_patch = false) {
    records_.push_back({id, value ? std::string_view(*value) : std::string_view(), is_patch});
  }
  // Call once, after the last `add`: the later of one id wins.
  void settle() {
    if (!std::ranges::is_sorted(records_, {}, &Record::id)) std::ranges::stable_sort(records_, {}, &Record::id);
    std::ranges::reverse(records_);
    const auto repeated = std::ranges::unique(records_, {}, &Record::id);
    records_.erase(repeated.begin(), repeated.end());
    std::ranges::reverse(records_);
  }
  const Record* find(std::string_view id) const {
    const auto found = std::ranges::lower_bound(records_, id, {}, &Record::id);
    return found == records_.end() || found->id != id ? nullptr : &*found;
  }
  std::span<const Record> all() const { return records_; }

 private:
  std::vector<Record> records_;
};

// Reads what a commit did not bring along: other endpoints of its users.
class Reader {
 public:
  Reader(records::Store& store, std::string prefix) : store_(store), prefix_(std::move(prefix)) {}
  void want(std::string_view id) { ids_.emplace_back(id); }
  Status read() {
    std::ranges::sort(ids_);
    const auto repeated = std::ranges::unique(ids_);
    ids_.erase(repeated.begin(), repeated.end());
    if (ids_.empty()) return {};
    std::vector<std::string> keys;
    keys.reserve(ids_.size());
    for (const auto& id : ids_) keys.push_back(prefix_ + id);
    values_ = TRY(store_.get_many(keys));
    for (std::size_t i = 0; i < ids_.size(); ++i) records_.add(ids_[i], values_[i]);
    return {};
  }
  const Records& records() const { return records_; }

 private:
  records::Store& store_;
  const std::string prefix_;
  std::vector<std::string> ids_;
  records::Values values_;
  Records records_;
};

// The id and row of an endpoint that was changed or (nullptr) removed.
struct NewRow {
  std::string key_id;
  std::shared_ptr<index::Row> row;
};

std::vector<std::string_view> endpoints_of(std::string_view user_record) {
  return list_of(find_field(fields_of(user_record), Field::kUserEndpoints));
}

// Makes rows of records, many at once. Not thread-safe.
class RowMaker {
 public:
  explicit RowMaker(index::Dictionary& dictionary) : encoder_(dictionary), batch_(dictionary) {}

  // Rows of endpoints that still lack what their users have, and patches; removals have none.
  void make_endpoints(const Records& records, std::vector<NewRow>& rows) {
    std::vector<std::vector<index::FieldNumber>> patched;
    patched.reserve(records.all().size());
    for (const auto& [id, record, is_patch] : records.all()) {
      patched.emplace_back();
      if (is_patch) {
        patched.back() = encoder_.add_patch(id, record, batch_);
      } else if (!record.empty()) {
        encoder_.add_endpoint(id, record, batch_);
      }
    }
    batch_.finish();
    rows.reserve(rows.size() + patched.size());
    std::size_t next = 0;
    for (std::size_t at = 0; at < patched.size(); ++at) {
      const auto& [id, record, is_patch] = records.all()[at];
      const bool has_row = is_patch || !record.empty();
      rows.push_back({std::string(id), has_row ? row_of(batch_.row(next++), std::move(patched[at])) : nullptr});
    }
    batch_.clear();
  }

  // What the users' endpoints have of them, as rows without an id.
  std::vector<std::shared_ptr<index::Row>> make_users(const Records& records) {
    for (const auto& user : records.all()) encoder_.add_user(user.id, user.value, batch_);
    batch_.finish();
    std::vector<std::shared_ptr<index::Row>> users;
    for (std::size_t at = 0; at < batch_.size(); ++at) users.push_back(row_of(batch_.row(at), {}));
    batch_.clear();
    return users;
  }

 private:
  static constexpr std::size_t kRoomForUser = 16;  // terms

  static std::shared_ptr<index::Row> row_of(const index::RowView& view, std::vector<index::FieldNumber> patched) {
    auto row = std::make_shared<index::Row>();
    row->key_id = view.key_id;
    row->user = view.user;
    row->patched = std::move(patched);
    row->terms.reserve(view.terms.size() + (row->is_patch() ? 0 : kRoomForUser));
    row->terms.assign(view.terms.begin(), view.terms.end());
    std::ranges::sort(row->terms);
    row->terms.erase(std::ranges::unique(row->terms).begin(), row->terms.end());
    row->numbers.assign(view.numbers.begin(), view.numbers.end());
    return row;
  }

  RowEncoder encoder_;
  index::RowBatch batch_;
};

// Reads endpoints and makes their rows.
Status add_read(Reader& reader, RowMaker& maker, std::vector<NewRow>& rows) {
  TRY(reader.read());
  maker.make_endpoints(reader.records(), rows);
  return {};
}

}  // namespace

// What a commit changed in one application.
struct Indexes::Touched {
  Records endpoints;
  Records users;
};

// A commit on its way into the next snapshot. Nobody else writes its keys until it is published.
struct Indexes::Commit {
  const Touched& touched;
  std::vector<NewRow> endpoints;
  std::vector<std::shared_ptr<index::Row>> users;
  bool published = false;
};

struct Indexes::Application {
  index::Index index;
  std::mutex mutex;  // held while a snapshot is made; guards what follows
  KnownUsers users;
  std::set<std::string, std::less<>> missed;  // endpoints to read, as of users that changed

  std::mutex waiting_mutex;
  std::vector<Commit*> waiting;                   // for the next snapshot
  std::vector<std::unique_ptr<RowMaker>> makers;  // that nobody uses now

  std::unique_ptr<RowMaker> borrow() {
    {
      const std::lock_guard lock(waiting_mutex);
      if (!makers.empty()) {
        auto maker = std::move(makers.back());
        makers.pop_back();
        return maker;
      }
    }
    return std::make_unique<RowMaker>(*index.dictionary());
  }
  void give_back(std::unique_ptr<RowMaker> maker) {
    const std::lock_guard lock(waiting_mutex);
    makers.push_back(std::move(maker));
  }
  void wait(Commit& commit) {
    const std::lock_guard lock(waiting_mutex);
    waiting.push_back(&commit);
  }
  std::vector<Commit*> take_waiting() {
    const std::lock_guard lock(waiting_mutex);
    return std::exchange(waiting, {});
  }
};

Indexes::Indexes(records::Store& store) : store_(store) {}
Indexes::~Indexes() = default;

Status Indexes::open(unsigned threads) {
  TRY(store_.observe([this](std::span<const records::Batch::Change> changes) { follow(changes); }));
  for (const auto& app : TRY(applications())) {
    const auto application = make(app);
    const std::lock_guard lock(application->mutex);
    TRY(load_index(store_, app, threads, application->index, application->users));
  }
  return_free_memory();  // loading needs half as much again
  return {};
}

Result<std::vector<std::string>> Indexes::applications() {
  const std::string prefix = endpoint_prefix("").substr(0, 2);
  std::vector<std::string> found;
  std::string after;
  while (true) {
    std::string app;
    TRY(store_.scan(prefix, after, [&](std::string_view key, std::string_view) {
      if (const auto parsed = parse_key(key)) app = parsed->app;
      return false;
    }));
    if (app.empty()) return found;
    after = endpoint_prefix(app) + "\xFF";
    found.push_back(std::move(app));
  }
}

std::shared_ptr<Indexes::Application> Indexes::find(std::string_view app) {
  const std::shared_lock lock(mutex_);
  const auto found = applications_.find(app);
  return found == applications_.end() ? nullptr : found->second;
}

std::shared_ptr<Indexes::Application> Indexes::make(std::string_view app) {
  if (auto application = find(app)) return application;
  const std::lock_guard lock(mutex_);
  auto& application = applications_[std::string(app)];
  if (!application) application = std::make_shared<Application>();
  return application;
}

index::SnapshotPtr Indexes::snapshot(std::string_view app) {
  const auto application = find(app);
  return application == nullptr ? nothing_ : application->index.snapshot();
}

void Indexes::forget(std::string_view app) {
  const std::lock_guard lock(mutex_);
  const auto found = applications_.find(app);
  if (found != applications_.end()) applications_.erase(found);
}

std::size_t Indexes::memory_bytes() {
  std::size_t sum = 0;
  const std::shared_lock lock(mutex_);
  for (const auto& [app, application] : applications_) {
    sum += application->index.memory_use().total();
    const std::lock_guard users_lock(application->mutex);
    sum += application->users.memory_bytes();
  }
  return sum;
}

void Indexes::compact(const std::function<bool()>& stop) {
  std::vector<std::pair<std::string, std::shared_ptr<Application>>> all;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [app, application] : applications_) all.emplace_back(app, application);
  }
  for (const auto& [app, application] : all) {
    bool lags = false;
    {
      const std::lock_guard lock(application->mutex);
      lags = !application->missed.empty();
    }
    if (lags) publish(app, {}, *application);
    application->index.compact(stop);
  }
}

void Indexes::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any quiet;
  std::uint64_t compacted = 0;
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex);
      quiet.wait_for(lock, stop, kQuietMoment, [] { return false; });
    }
    const std::uint64_t now = publications_;
    if (now == seen && now != compacted) {
      compact([&] { return stop.stop_requested() || publications_ != now; });
      if (publications_ == now) compacted = now;
    }
    seen = now;
  }
}

void Indexes::follow(std::span<const records::Batch::Change> changes) {
  std::map<std::string_view, Touched> by_app;
  const auto endpoints = endpoint_prefix("").front();
  const auto users = user_prefix("").front();
  for (const auto& change : changes) {
    const std::string_view key = change.key;
    if (key.size() < 3 || key[1] != '/' || (key[0] != endpoints && key[0] != users)) continue;
    const auto parsed = parse_key(key);
    if (!parsed) continue;
    auto& touched = by_app[parsed->app];
    (key[0] == endpoints ? touched.endpoints : touched.users).add(parsed->id, change.value, change.is_patch);
  }
  for (auto& [app, touched] : by_app) {
    touched.endpoints.settle();
    touched.users.settle();
    publish(app, touched, *make(app));
  }
}

void Indexes::publish(std::string_view app, const Touched& touched, Application& application) {
  Commit commit{touched, {}, {}};
  auto maker = application.borrow();
  maker->make_endpoints(touched.endpoints, commit.endpoints);
  commit.users = maker->make_users(touched.users);
  application.give_back(std::move(maker));
  application.wait(commit);
  {
    // Who comes first publishes for all that wait.
    const std::lock_guard lock(application.mutex);
    if (!commit.published) publish_waiting(app, application);
  }
  if (listener_) listener_(app);
}

void Indexes::publish_waiting(std::string_view app, Application& application) {
  const auto commits = application.take_waiting();
  for (const auto* commit : commits) {
    for (const auto& user : commit->users) application.users.put(user->user, user->terms, user->numbers);
    for (const auto& user : commit->touched.users.all()) {
      for (const auto id : endpoints_of(user.value)) {
        const auto* endpoint = commit->touched.endpoints.find(id);
        if (endpoint == nullptr || endpoint->is_patch) application.missed.emplace(id);
      }
    }
  }
  std::vector<NewRow> rows;
  for (auto* commit : commits) {
    std::ranges::move(commit->endpoints, std::back_inserter(rows));
    commit->published = true;
  }
  // Behind the commits' own: whatever is read now is not older than they are.
  Reader missed(store_, endpoint_prefix(app));
  for (const auto& id : application.missed) missed.want(id);
  auto maker = application.borrow();
  if (const Status read = add_read(missed, *maker, rows)) {
    application.missed.clear();
  } else {
    log_error("audience", "The index of {} lags: {}", app, read.error().message);
  }
  application.give_back(std::move(maker));
  std::vector<index::RowChange> changes;
  changes.reserve(rows.size());
  for (auto& [id, row] : rows) {
    if (row != nullptr) {
      if (!row->is_patch()) application.users.append_to(row->user, row->terms, row->numbers);
      std::ranges::sort(row->numbers, {}, &index::Number::field);
    }
    changes.push_back({std::move(id), std::move(row)});
  }
  application.index.apply(changes);
  ++publications_;
}

}  // namespace rapport::audience
