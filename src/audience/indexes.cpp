#include "audience/indexes.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <optional>
#include <set>
#include <utility>

#include "audience/index_loading.h"
#include "audience/keys.h"
#include "audience/record.h"
#include "audience/row_encoder.h"
#include "base/log.h"

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
  };
  void add(std::string_view id, const std::optional<std::string>& value) {
    records_.push_back({id, value ? std::string_view(*value) : std::string_view()});
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

// Reads what a commit did not bring along: other endpoints of its users, users of its endpoints.
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

std::string_view user_of(std::string_view record) { return find_field(fields_of(record), Field::kUserId); }

std::vector<std::string_view> endpoints_of(std::string_view user_record) {
  return list_of(find_field(fields_of(user_record), Field::kUserEndpoints));
}

index::RowChange change_of(std::string_view id, std::string_view record, std::string_view user_record,
                           RowEncoder& encoder) {
  if (record.empty()) return {std::string(id), nullptr};
  return {std::string(id), std::make_shared<index::Row>(encoder.encode(id, record, user_record))};
}

}  // namespace

struct Indexes::Application {
  std::mutex mutex;  // held from reading records to publishing their rows: the last to publish read the last
  index::Index index;
  std::set<std::string, std::less<>> missed;  // endpoints whose records could not be read
  std::mutex encoders_mutex;
  std::vector<std::unique_ptr<RowEncoder>> encoders;  // that nobody uses now

  std::unique_ptr<RowEncoder> borrow() {
    {
      const std::lock_guard lock(encoders_mutex);
      if (!encoders.empty()) {
        auto encoder = std::move(encoders.back());
        encoders.pop_back();
        return encoder;
      }
    }
    return std::make_unique<RowEncoder>(*index.dictionary());
  }
  void give_back(std::unique_ptr<RowEncoder> encoder) {
    const std::lock_guard lock(encoders_mutex);
    encoders.push_back(std::move(encoder));
  }
};

// What a commit changed in one application.
struct Indexes::Touched {
  Records endpoints;
  Records users;
};

Indexes::Indexes(records::Store& store) : store_(store) {}
Indexes::~Indexes() = default;

Status Indexes::open(unsigned threads) {
  TRY(store_.observe([this](std::span<const records::Batch::Change> changes) { follow(changes); }));
  for (const auto& app : TRY(applications())) {
    const auto application = make(app);
    const std::lock_guard lock(application->mutex);
    TRY(load_index(store_, app, threads, application->index));
  }
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
  for (const auto& [app, application] : applications_) sum += application->index.memory_use().total();
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
    (key[0] == endpoints ? touched.endpoints : touched.users).add(parsed->id, change.value);
  }
  for (auto& [app, touched] : by_app) {
    touched.endpoints.settle();
    touched.users.settle();
    publish(app, touched, *make(app));
  }
}

void Indexes::publish(std::string_view app, const Touched& touched, Application& application) {
  // Rows of which the commit holds all: nobody else writes these keys until it is over.
  std::vector<index::RowChange> changes;
  auto encoder = application.borrow();
  for (const auto& [id, record] : touched.endpoints.all()) {
    const auto user = user_of(record);
    const auto* brought = touched.users.find(user);
    if (user.empty() || brought != nullptr) {
      changes.push_back(change_of(id, record, brought ? brought->value : std::string_view(), *encoder));
    }
  }
  application.give_back(std::move(encoder));
  {
    const std::lock_guard lock(application.mutex);
    const Status applied = apply(app, touched, application, std::move(changes));
    if (!applied) {
      log_error("audience", "The index of {} lags: {}", app, applied.error().message);
      remember(touched, application);
    }
  }
  ++publications_;
  if (listener_) listener_(app);
}

void Indexes::remember(const Touched& touched, Application& application) {
  for (const auto& [id, record] : touched.endpoints.all()) application.missed.emplace(id);
  for (const auto& [user, record] : touched.users.all()) {
    for (const auto id : endpoints_of(record)) application.missed.emplace(id);
  }
}

Status Indexes::apply(std::string_view app, const Touched& touched, Application& application,
                      std::vector<index::RowChange> changes) {
  Reader others(store_, endpoint_prefix(app));
  const auto want_other = [&](std::string_view id) {
    if (touched.endpoints.find(id) == nullptr) others.want(id);
  };
  for (const auto& id : application.missed) want_other(id);
  for (const auto& [user, record] : touched.users.all()) {
    for (const auto id : endpoints_of(record)) want_other(id);
  }
  TRY(others.read());

  Reader users(store_, user_prefix(app));
  const auto lacks_user = [&](std::string_view record) {
    const auto user = user_of(record);
    return !user.empty() && touched.users.find(user) == nullptr;
  };
  for (const auto* records : {&touched.endpoints, &others.records()}) {
    for (const auto& [id, record] : records->all()) {
      if (lacks_user(record)) users.want(user_of(record));
    }
  }
  TRY(users.read());

  auto encoder = application.borrow();
  const auto add = [&](std::string_view id, std::string_view record) {
    const auto* brought = touched.users.find(user_of(record));
    const auto* read = users.records().find(user_of(record));
    const auto user_record = brought ? brought->value : read ? read->value : std::string_view();
    changes.push_back(change_of(id, record, user_record, *encoder));
  };
  for (const auto& [id, record] : touched.endpoints.all()) {
    if (lacks_user(record)) add(id, record);
  }
  for (const auto& [id, record] : others.records().all()) add(id, record);
  application.give_back(std::move(encoder));
  application.index.apply(changes);
  application.missed.clear();
  return {};
}

}  // namespace rapport::audience
