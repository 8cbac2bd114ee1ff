#include "audience/indexes.h"

#include <chrono>
#include <condition_variable>
#include <optional>
#include <utility>

#include "audience/index_loading.h"
#include "audience/keys.h"
#include "audience/record.h"
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

// Reads what a commit did not bring along: other endpoints of its users, users of its endpoints.
class Reader {
 public:
  Reader(records::Store& store, std::string prefix) : store_(store), prefix_(std::move(prefix)) {}
  void want(std::string_view id) {
    if (values_.emplace(std::string(id), std::nullopt).second) keys_.push_back(prefix_ + std::string(id));
  }
  Status read() {
    if (keys_.empty()) return {};
    auto found = TRY(store_.get_many(keys_));
    for (std::size_t i = 0; i < keys_.size(); ++i) values_[keys_[i].substr(prefix_.size())] = std::move(found[i]);
    return {};
  }
  const std::map<std::string, std::optional<std::string>, std::less<>>& values() const { return values_; }
  std::string_view value(std::string_view id) const {
    const auto found = values_.find(id);
    return found == values_.end() || !found->second ? std::string_view() : std::string_view(*found->second);
  }

 private:
  records::Store& store_;
  const std::string prefix_;
  std::vector<std::string> keys_;
  std::map<std::string, std::optional<std::string>, std::less<>> values_;
};

std::string_view text_of(const std::optional<std::string>& record) {
  return record ? std::string_view(*record) : std::string_view();
}

}  // namespace

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
    (key[0] == endpoints ? touched.endpoints : touched.users).insert_or_assign(parsed->id, &change.value);
  }
  for (const auto& [app, touched] : by_app) {
    publish(app, touched, *make(app));
  }
}

void Indexes::publish(std::string_view app, const Touched& touched, Application& application) {
  {
    const std::lock_guard lock(application.mutex);
    const Status applied = apply(app, touched, application);
    if (!applied) {
      log_error("audience", "The index of {} lags: {}", app, applied.error().message);
      remember(touched, application);
    }
  }
  ++publications_;
  if (listener_) listener_(app);
}

void Indexes::remember(const Touched& touched, Application& application) {
  for (const auto& [id, record] : touched.endpoints) application.missed.emplace(id);
  for (const auto& [user, record] : touched.users) {
    for (const auto id : list_of(find_field(fields_of(text_of(*record)), Field::kUserEndpoints))) {
      application.missed.emplace(id);
    }
  }
}

Status Indexes::apply(std::string_view app, const Touched& touched, Application& application) {
  Reader others(store_, endpoint_prefix(app));
  for (const auto& id : application.missed) {
    if (!touched.endpoints.contains(id)) others.want(id);
  }
  for (const auto& [user, record] : touched.users) {
    for (const auto id : list_of(find_field(fields_of(text_of(*record)), Field::kUserEndpoints))) {
      if (!touched.endpoints.contains(id)) others.want(id);
    }
  }
  TRY(others.read());

  Reader users(store_, user_prefix(app));
  const auto want_user = [&](std::string_view record) {
    const auto user = find_field(fields_of(record), Field::kUserId);
    if (!user.empty() && !touched.users.contains(user)) users.want(user);
  };
  for (const auto& [id, record] : touched.endpoints) want_user(text_of(*record));
  for (const auto& [id, record] : others.values()) want_user(text_of(record));
  TRY(users.read());

  std::vector<index::RowChange> changes;
  changes.reserve(touched.endpoints.size() + others.values().size());
  const auto add = [&](std::string_view id, std::string_view record) {
    if (record.empty()) {
      changes.push_back({std::string(id), nullptr});
      return;
    }
    const auto user = find_field(fields_of(record), Field::kUserId);
    const auto in_batch = touched.users.find(user);
    const auto user_record = user.empty()                      ? std::string_view()
                             : in_batch != touched.users.end() ? text_of(*in_batch->second)
                                                               : users.value(user);
    changes.push_back(
        {std::string(id), std::make_shared<index::Row>(application.encoder.encode(id, record, user_record))});
  };
  for (const auto& [id, record] : touched.endpoints) add(id, text_of(*record));
  for (const auto& [id, record] : others.values()) add(id, text_of(record));
  application.index.apply(changes);
  application.missed.clear();
  return {};
}

}  // namespace rapport::audience
