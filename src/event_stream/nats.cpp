// Event streams into NATS JetStream, by the NATS C client: the only file that sees it.

#include <fmt/format.h>
#include <nats/nats.h>

#include <mutex>

#include "event_stream/destination.h"
#include "event_stream/record.h"

namespace rapport::event_stream {
namespace {

constexpr std::int64_t kAnswerMs = 5'000;

struct Deleter {
  void operator()(natsConnection* connection) const { natsConnection_Destroy(connection); }
  void operator()(natsOptions* options) const { natsOptions_Destroy(options); }
  void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
};

Status check(natsStatus status, std::string_view what) {
  if (status == NATS_OK) return {};
  return fail(ErrorKind::kUnavailable, fmt::format("{}: {}", what, natsStatus_GetText(status)));
}

class Nats final : public Destination {
 public:
  Nats(std::string server, std::string subject, std::string account)
      : server_(std::move(server)), subject_(std::move(subject)), account_(std::move(account)) {}

  Appetite appetite() const override { return {.events_max = 1000, .wait_ms = 50}; }

  Status deliver(const Batch& batch) override {
    if (!context_) TRY(connect());
    const Status delivered = publish(batch);
    if (!delivered) {
      context_.reset();
      connection_.reset();
    }
    return delivered;
  }

 private:
  Status connect() {
    natsOptions* made_options = nullptr;
    TRY(check(natsOptions_Create(&made_options), "Cannot set up the NATS client"));
    const std::unique_ptr<natsOptions, Deleter> options(made_options);
    TRY(check(natsOptions_SetURL(options.get(), server_.c_str()), "NATS refused the address"));
    natsConnection* connection = nullptr;
    TRY(check(natsConnection_Connect(&connection, options.get()), "Cannot connect to NATS"));
    connection_.reset(connection);
    jsOptions jet_stream;
    jsOptions_Init(&jet_stream);
    jet_stream.PublishAsync.ErrHandler = &note_refusal;
    jet_stream.PublishAsync.ErrHandlerClosure = this;
    jsCtx* context = nullptr;
    TRY(check(natsConnection_JetStream(&context, connection, &jet_stream), "Cannot use JetStream"));
    context_.reset(context);
    return {};
  }

  // Messages carry ids, so that the server drops what a try before this one brought already.
  Status publish(const Batch& batch) {
    {
      const std::lock_guard lock(mutex_);
      refusal_.clear();
    }
    for (const events::Entry& entry : batch.entries) {
      const std::string record = record_of(entry.event, account_);
      const std::string name = name_of(batch, entry);
      jsPubOptions options;
      jsPubOptions_Init(&options);
      options.MsgId = name.c_str();
      TRY(check(
          js_PublishAsync(context_.get(), subject_.c_str(), record.data(), static_cast<int>(record.size()), &options),
          "NATS refused an event"));
    }
    jsPubOptions options;
    jsPubOptions_Init(&options);
    options.MaxWait = kAnswerMs;
    const natsStatus complete = js_PublishAsyncComplete(context_.get(), &options);
    TRY(check(complete, "JetStream did not answer"));
    const std::lock_guard lock(mutex_);
    if (refusal_.empty()) return {};
    return fail(ErrorKind::kUnavailable,
                fmt::format("JetStream did not take an event, is there a stream for the subject: {}", refusal_));
  }

  // Called by threads of the client.
  static void note_refusal(jsCtx* /*context*/, jsPubAckErr* error, void* closure) {
    auto& self = *static_cast<Nats*>(closure);
    const std::lock_guard lock(self.mutex_);
    self.refusal_ = error->ErrText != nullptr ? error->ErrText : natsStatus_GetText(error->Err);
  }

  const std::string server_;
  const std::string subject_;
  const std::string account_;
  std::mutex mutex_;
  std::string refusal_;  // why an event of this batch was not taken
  std::unique_ptr<natsConnection, Deleter> connection_;
  std::unique_ptr<jsCtx, Deleter> context_;
};

}  // namespace

Result<std::unique_ptr<Destination>> open_nats(const std::string& url, const DestinationTools& tools) {
  const std::size_t slash = url.find('/', std::string_view("nats://").size());
  if (slash == std::string::npos || slash + 1 == url.size()) {
    return fail(ErrorKind::kInvalid, fmt::format("Write it as nats://host:port/subject: {}", url));
  }
  return std::make_unique<Nats>(url.substr(0, slash), url.substr(slash + 1), tools.account);
}

}  // namespace rapport::event_stream
