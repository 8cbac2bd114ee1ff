#include "server/node.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "access/keys.h"
#include "access/publishable_keys.h"
#include "access/verifier.h"
#include "accounts/accounts.h"
#include "accounts/audit_log.h"
#include "apps/applications.h"
#include "apps/expiries.h"
#include "attribution/attributions.h"
#include "audience/audience.h"
#include "base/log.h"
#include "base/metrics.h"
#include "batch/batch.h"
#include "behaviors/behaviors.h"
#include "campaigns/campaigns.h"
#include "channels/settings.h"
#include "channels/tracking.h"
#include "console_files/console_files.h"
#include "contract/service.h"
#include "datasets/datasets.h"
#include "direct/direct.h"
#include "event_store/duckdb_store.h"
#include "event_stream/streams.h"
#include "events/consumers.h"
#include "feature_store/feature_store.h"
#include "filters/filters.h"
#include "hooks/hooks.h"
#include "http/server.h"
#include "jobs/jobs.h"
#include "messages/recommenders.h"
#include "messages/templates.h"
#include "personalize/service.h"
#include "pinpoint/service.h"
#include "predictive/predictive.h"
#include "rapport_api/accounts.h"
#include "rapport_api/service.h"
#include "s3/service.h"
#include "sample/samples.h"
#include "server/callers.h"
#include "server/engines.h"
#include "server/gateway.h"
#include "server/settings_document.h"
#include "serving/serving.h"
#include "training/training.h"
#include "transfers/transfers.h"
#include "uploads/uploads.h"

namespace rapport::server {
namespace {

constexpr std::int64_t kCatchUpMs = 20'000;  // how long a question waits that must have the newest events,
constexpr std::int64_t kSoonMs = 500;        // and one that can do without, unless few are missing:
constexpr events::Position kSoonBytes = 1 << 20;

// The parts, in the order in which each stands on those before it.
class Parts final : public Node {
 public:
  Parts(const Config& config, DirectoryLock lock, std::unique_ptr<Metrics> metrics, Engines engines,
        std::unique_ptr<access::KeyStore> keys, console_files::ConsoleFiles console_files)
      : config_(config),
        lock_(std::move(lock)),
        metrics_owner_(std::move(metrics)),
        engines_(std::move(engines)),
        keys_(std::move(keys)),
        console_files_(std::move(console_files)) {}

  Status open() {
    TRY(features_.open());
    TRY(open_event_store());
    TRY(campaigns_.name_campaigns());
    implement_services();
    let_expire();
    serve_jobs();
    consume_events();
    server_ = TRY(http::Server::start(listener(), gateway_.application(), clock_));  // says so while it is not ready
    TRY(load_audience());
    if (config_.database_url.empty()) {  // nobody else works on a data directory
      TRY(queue_.release_leases());
      TRY(campaigns_.release_leases());
    }
    TRY(applications_.finish_deletions());
    workers_.start();
    start_background();
    gateway_.set_ready(true);
    return {};
  }

  ~Parts() override {
    stop();
    engines_.records.reset();  // it tells the audience of commits
  }
  std::uint16_t port() const override { return server_->port(); }
  access::KeyStore& keys() override { return *keys_; }
  accounts::Accounts& accounts() override { return accounts_; }
  const contract::Contract& contract() const override { return contract_; }

  void stop() override {
    gateway_.set_ready(false);
    if (server_) server_->stop();
    workers_.stop();
    consumers_.stop();
    background_.clear();
  }

 private:
  Status open_event_store() {
    const auto place = std::filesystem::path(config_.data) / "events";
    event_store::DuckdbOptions options;
    options.file = place / "store.duckdb";
    options.directory = place / "sealed";
    options.keep_days = config_.events_keep_days;
    options.memory_mb = config_.events_memory_mb;
    options.catch_up = [this](event_store::Freshness freshness) { return wait_for_store(freshness); };
    event_store_ = TRY(event_store::DuckdbStore::open(options, clock_));
    consumers_.add(event_store_->consumer());
    behaviors_ = std::make_unique<behaviors::Behaviors>(*engines_.events, *event_store_, clock_);
    consumers_.add(behaviors_->consumer());
    applications_.on_delete_later([this](const std::string& app) {
      behaviors_->forget_application(app);
      return event_store_->erase_application(app);
    });
    return {};
  }

  // Who can do without the newest events waits for them only when there are few.
  Status wait_for_store(event_store::Freshness freshness) {
    const events::Position end = engines_.events->end();
    const auto wait = [this](events::Position place, std::int64_t timeout_ms) {
      return consumers_.wait_for(event_store::DuckdbStore::kConsumer, place, timeout_ms);
    };
    if (freshness == event_store::Freshness::kComplete) return wait(end, kCatchUpMs);
    TRY(wait(0, kCatchUpMs));  // at the start: until it knows its place
    if (wait(end - std::min(end, kSoonBytes), kSoonMs)) (void)wait(end, kCatchUpMs);
    return {};
  }

  Status load_audience() {
    const double start = monotonic_seconds();
    TRY(audience_.open(std::max(1U, std::thread::hardware_concurrency())));
    const double seconds = monotonic_seconds() - start;
    log_info("audience", "Read every endpoint into {} MiB of memory in {:.1f} s",
             audience_.indexes().memory_bytes() >> 20, seconds);
    metrics_.gauge("rapport_audience_index_bytes", "Memory of the in-memory index of endpoints.",
                   [this] { return static_cast<double>(audience_.indexes().memory_bytes()); });
    return {};
  }

  void start_background() {
    background_.emplace_back([this](const std::stop_token& stop) { audience_.watches().run(stop); });
    background_.emplace_back([this](const std::stop_token& stop) { audience_.indexes().run(stop); });
    background_.emplace_back([this](const std::stop_token& stop) { event_streams_.run(stop); });
    background_.emplace_back([this](const std::stop_token& stop) { audit_log_.run(stop); });
    background_.emplace_back([this](const std::stop_token& stop) { event_store_->run(stop); });
    background_.emplace_back([this](const std::stop_token& stop) { features_.run(stop); });
    background_.emplace_back([this](const std::stop_token& stop) { serving_.run(stop); });
    background_.emplace_back([this](const std::stop_token& stop) { serving_.served_lists().run(stop); });
    consumers_.start();
  }

  void implement_services() {
    pinpoint::implement(contract_, {.database = *engines_.database,
                                    .applications = applications_,
                                    .audience = audience_,
                                    .transfers = transfers_,
                                    .templates = templates_,
                                    .recommenders = recommenders_,
                                    .channel_settings = *engines_.channel_settings,
                                    .campaigns = campaigns_,
                                    .event_streams = event_streams_,
                                    .events = *engines_.events,
                                    .event_store = *event_store_,
                                    .direct_messages = direct_messages_,
                                    .one_time_passwords = one_time_passwords_,
                                    .clock = clock_});
    personalize::register_operations(contract_, {.attributions = attributions_,
                                                 .datasets = datasets_,
                                                 .training = training_,
                                                 .filters = filters_,
                                                 .serving = serving_,
                                                 .batches = batches_});
    rapport_api::implement_accounts(contract_, account_dependencies());
    rapport_api::implement(contract_, {.database = *engines_.database,
                                       .records = *engines_.records,
                                       .objects = *engines_.objects,
                                       .applications = applications_,
                                       .expiries = expiries_,
                                       .audience = audience_,
                                       .event_store = *event_store_,
                                       .uploads = uploads_,
                                       .transfers = transfers_,
                                       .predictive_segments = predictive_,
                                       .campaigns = campaigns_,
                                       .samples = samples_,
                                       .templates = templates_,
                                       .events = *engines_.events,
                                       .event_streams = event_streams_,
                                       .providers = *engines_.providers,
                                       .settings = settings_document(config_, clock_.now()),
                                       .clock = clock_});
  }

  rapport_api::AccountDependencies account_dependencies() {
    rapport_api::ServerFacts facts{std::string(kVersion), config_.account, {}};
    if (!config_.tracking_url.empty()) facts.features.emplace_back("TRACKED_LINKS");
    if (config_.authentication == Authentication::kNone) facts.features.emplace_back("NO_AUTHENTICATION");
    return {.applications = applications_,
            .accounts = accounts_,
            .audit_log = audit_log_,
            .keys = *keys_,
            .publishable_keys = publishable_keys_,
            .facts = std::move(facts)};
  }

  // A segment that a run is being planned from waits for that; whoever else needs it finds it gone, as after a
  // deletion.
  void let_expire() {
    apps::ExpiringKind segments = audience_.segments().expiring();
    segments.is_in_use = &campaigns::Campaigns::plans_from;
    segments.remove = [this, remove = segments.remove](sql::Session& session, const std::string& app,
                                                       const std::string& id) -> Status {
      TRY(campaigns::Campaigns::segment_removed(session, app, id, clock_.now()));
      return remove(session, app, id);
    };
    expiries_.add(apps::kExpiringSegment, std::move(segments));
    expiries_.add(apps::kExpiringCampaign, campaigns_.expiring());
  }

  void serve_jobs() {
    applications_.on_delete(&campaigns::Campaigns::erase_application);
    applications_.on_delete_later([this](const std::string& app) { return campaigns_.erase_records(app); });
    applications_.on_delete(&access::PublishableKeys::erase_application);
    applications_.on_delete(&channels::Settings::erase);
    applications_.on_delete(&direct::erase_application);
    applications_.on_delete(&event_stream::Streams::erase);
    applications_.on_delete(&predictive::PredictiveSegments::erase_application);
    uploads_.serve(workers_);
    transfers_.serve(workers_);
    training_.datasets().register_jobs(workers_);
    attributions_.register_jobs(workers_);
    training_.register_jobs(workers_);
    serving_.register_jobs(workers_);
    batches_.register_jobs(workers_);
    campaigns_.serve(workers_);
    expiries_.serve(workers_);
    predictive_.serve(workers_);
    samples_.serve(workers_);
  }

  void consume_events() {
    consumers_.add(campaigns_.consumer());
    // Streams read the log by themselves; it keeps what they have not read.
    consumers_.add({.name = "event_streams",
                    .position = [this]() -> Result<events::Position> { return engines_.events->end(); },
                    .handle = [](std::span<const events::Entry>, events::Position) -> Status { return {}; },
                    .needs = [this] { return event_streams_.oldest(); }});
  }

  // Items of a campaign, for messages.
  Result<std::vector<std::string>> recommended(std::string_view campaign, std::string_view user, std::size_t count) {
    const auto deployment = TRY(serving_.deployments().of_campaign(campaign));
    const auto answer = TRY(serving_.unseen_recommendations().recommend(
        *deployment, {.user_id = std::string(user), .results = static_cast<std::int64_t>(count)}));
    std::vector<std::string> ids;
    for (const serving::RecommendedItem& item : answer.items) ids.push_back(item.id);
    return ids;
  }

  hooks::Options hook_options() const {
    hooks::Options options;
    options.urls = config_.hooks;
    options.secret = secret_for(engines_, "hooks");
    return options;
  }

  http::ServerOptions listener() const {
    http::ServerOptions options;
    options.host = config_.host;
    options.port = config_.port;
    options.io_threads = static_cast<unsigned>(config_.io_threads);
    options.worker_threads = static_cast<unsigned>(config_.request_threads);
    options.temporary_directory = std::filesystem::path(config_.data) / "tmp";
    options.certificate_file = config_.certificate_file;
    options.private_key_file = config_.private_key_file;
    return options;
  }

  const Config config_;
  DirectoryLock lock_;
  SystemClock clock_;
  std::unique_ptr<Metrics> metrics_owner_;
  Metrics& metrics_ = *metrics_owner_;
  Engines engines_;
  std::unique_ptr<access::KeyStore> keys_;
  console_files::ConsoleFiles console_files_;
  access::PublishableKeys publishable_keys_{*engines_.database, clock_};
  accounts::Accounts accounts_{*engines_.database, clock_};
  accounts::AuditLog audit_log_{*engines_.database, clock_};
  access::Verifier verifier_{*keys_, clock_, std::filesystem::path(config_.data) / "tmp"};

  jobs::Queue queue_{*engines_.database, clock_};
  apps::Applications applications_{*engines_.database, clock_};
  apps::Expiries expiries_{*engines_.database, queue_, clock_};
  audience::Audience audience_{
      {.database = *engines_.database,
       .store = *engines_.records,
       .applications = applications_,
       .clock = clock_,
       .rules = {.endpoints_per_user_max = static_cast<std::size_t>(config_.endpoints_per_user_max)},
       .who_did = [this](const std::string& app, const audience::EventCriterion& criterion, Timestamp now) {
         return behaviors_->who_did(app, criterion, now);
       }}};
  uploads::Uploads uploads_{
      {.database = *engines_.database, .objects = *engines_.objects, .queue = queue_, .clock = clock_}};
  transfers::Transfers transfers_{{.database = *engines_.database,
                                   .objects = *engines_.objects,
                                   .queue = queue_,
                                   .applications = applications_,
                                   .audience = audience_,
                                   .temporary_directory = std::filesystem::path(config_.data) / "tmp"}};
  messages::Templates templates_{*engines_.database, clock_};
  datasets::Catalog catalog_{*engines_.database, clock_,
                             config_.personalize_quotas ? datasets::Quotas::kPublished : datasets::Quotas::kNone};
  datasets::PutRows put_rows_{*engines_.records, clock_};
  datasets::Datasets datasets_{catalog_, queue_, *engines_.objects, &put_rows_};
  filters::Filters filters_{datasets_};
  attribution::Attributions attributions_{datasets_};
  training::Training training_{datasets_, {}};
  feature_store::FeatureStore features_{datasets_, put_rows_};
  serving::Serving serving_{{.datasets = datasets_,
                             .put_rows = put_rows_,
                             .records = *engines_.records,
                             .features = features_,
                             .filters = filters_,
                             .training = training_,
                             .clock = clock_}};
  batch::Batches batches_{{.training = training_,
                           .deployments = serving_.deployments(),
                           .features = features_,
                           .filters = filters_,
                           .clock = clock_}};
  hooks::Hooks hooks_{hook_options(), clock_};
  messages::Recommenders recommenders_{*engines_.database, clock_};
  messages::Recommendations recommendations_{
      recommenders_,
      {.items = [this](std::string_view campaign, std::string_view user,
                       std::size_t count) { return recommended(campaign, user, count); },
       .transform = [this](std::string_view target,
                           const json::object& payload) { return hooks_.post(std::string(target), payload); }}};
  const channels::Tracking tracking_{config_.tracking_url, secret_for(engines_, "links")};
  campaigns::Campaigns campaigns_{
      {.database = *engines_.database,
       .queue = queue_,
       .applications = applications_,
       .records = *engines_.records,
       .events = *engines_.events,
       .endpoints = audience_.endpoints(),
       .segments = audience_.segments(),
       .templates = templates_,
       .recommendations = recommendations_,
       .channel_settings = *engines_.channel_settings,
       .providers = *engines_.providers,
       .hook = [this](const std::string& target, const json::object& payload) { return hooks_.post(target, payload); },
       .from_address = config_.email_from,
       .clock = clock_,
       .tracking = &tracking_}};
  direct::Collaborators direct_{.database = *engines_.database,
                                .endpoints = audience_.endpoints(),
                                .templates = templates_,
                                .recommendations = recommendations_,
                                .channel_settings = *engines_.channel_settings,
                                .providers = *engines_.providers,
                                .tracking = tracking_,
                                .events = *engines_.events,
                                .from_address = config_.email_from,
                                .secret = secret_for(engines_, "one-time passwords"),
                                .clock = clock_};
  direct::DirectMessages direct_messages_{direct_};
  direct::OneTimePasswords one_time_passwords_{direct_};
  sample::Samples samples_{{.database = *engines_.database,
                            .queue = queue_,
                            .objects = *engines_.objects,
                            .applications = applications_,
                            .endpoints = audience_.endpoints(),
                            .segments = audience_.segments(),
                            .templates = templates_,
                            .channel_settings = *engines_.channel_settings,
                            .events = *engines_.events,
                            .datasets = datasets_}};
  predictive::PredictiveSegments predictive_{{.database = *engines_.database,
                                              .queue = queue_,
                                              .objects = *engines_.objects,
                                              .audience = audience_,
                                              .transfers = transfers_,
                                              .training = training_,
                                              .email = *engines_.providers->of_kind("email"),
                                              .from_address = config_.email_from,
                                              .bucket = "rapport-segments",
                                              .clock = clock_}};

  event_stream::Streams event_streams_{{.database = *engines_.database,
                                        .log = *engines_.events,
                                        .log_name = engines_.node,
                                        .tools = {.objects = *engines_.objects,
                                                  .clock = clock_,
                                                  .account = config_.account,
                                                  .temporary_directory = std::filesystem::path(config_.data) / "tmp",
                                                  .file_seconds = config_.event_stream_file_seconds},
                                        .destinations = config_.event_streams}};
  events::Consumers consumers_{*engines_.events, metrics_};
  std::unique_ptr<event_store::DuckdbStore> event_store_;  // consumers stop before it goes
  std::unique_ptr<behaviors::Behaviors> behaviors_;        // and before this

  TrackedLinks tracked_links_{tracking_, audience_.endpoints(), *engines_.events, clock_};
  contract::Contract contract_{config_.check_responses ? contract::ResponseChecks::kOn
                                                       : contract::ResponseChecks::kOff};
  s3::Service s3_{*engines_.objects};
  Callers callers_{accounts_, publishable_keys_};
  Gateway gateway_{
      {.contract = contract_,
       .s3 = s3_,
       .verifier = verifier_,
       .callers = callers_,
       .audit_log = audit_log_,
       .tracked_links = tracked_links_,
       .console_files = console_files_,
       .metrics = metrics_,
       .clock = clock_,
       .account = config_.account,
       .proxies = config_.proxies,
       .authentication = config_.authentication,
       .request_bytes_max = static_cast<std::uint64_t>(config_.request_bytes_max),
       .quick_reads = config_.database_url.empty() ? http::Policy::Run::kInline : http::Policy::Run::kWorker}};
  jobs::Workers workers_{queue_, {.threads = static_cast<unsigned>(config_.job_threads)}};
  std::unique_ptr<http::Server> server_;
  std::vector<std::jthread> background_;
};

}  // namespace

Result<std::unique_ptr<Node>> Node::start(const Config& config) {
  TRY(check(config));
  DirectoryLock lock = TRY(DirectoryLock::take(config.data));
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(config.data) / "tmp", error);
  static const SystemClock clock;
  auto metrics = std::make_unique<Metrics>();
  Engines engines = TRY(open_engines(config, clock, *metrics));
  auto keys = TRY(access::KeyStore::open(*engines.database, config.data, clock));
  auto console = TRY(console_files::ConsoleFiles::open(console_files::embedded_pack()));
  auto node = std::make_unique<Parts>(config, std::move(lock), std::move(metrics), std::move(engines), std::move(keys),
                                      std::move(console));
  TRY(node->open());
  return node;
}

}  // namespace rapport::server
