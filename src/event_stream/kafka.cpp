// Event streams into Kafka, by librdkafka: the only file that sees it.

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <array>

#include "event_stream/destination.h"
#include "event_stream/record.h"

namespace rapport::event_stream {
namespace {

constexpr int kFlushMs = 30'000;

struct ConfigDeleter {
  void operator()(rd_kafka_conf_t* config) const { rd_kafka_conf_destroy(config); }
};
struct ProducerDeleter {
  void operator()(rd_kafka_t* producer) const {
    rd_kafka_purge(producer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(producer);
  }
};
using Producer = std::unique_ptr<rd_kafka_t, ProducerDeleter>;

// What came of the messages of one batch.
struct Reports {
  std::size_t delivered = 0;
  std::string failure;
};

void note_report(rd_kafka_t* /*producer*/, const rd_kafka_message_t* message, void* /*opaque*/) {
  auto& reports = *static_cast<Reports*>(message->_private);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++reports.delivered;
  } else {
    reports.failure = rd_kafka_err2str(message->err);
  }
}

// acks=all and the idempotent producer keep order and write a message once as long as one producer lives.
Result<Producer> connect(const std::string& brokers) {
  std::unique_ptr<rd_kafka_conf_t, ConfigDeleter> config(rd_kafka_conf_new());
  std::array<char, 512> error{};
  for (const auto& [name, value] : {std::pair<const char*, const char*>{"bootstrap.servers", brokers.c_str()},
                                    {"enable.idempotence", "true"},
                                    {"message.timeout.ms", "20000"},
                                    {"linger.ms", "2"},
                                    {"client.id", "rapport"}}) {
    if (rd_kafka_conf_set(config.get(), name, value, error.data(), error.size()) != RD_KAFKA_CONF_OK) {
      return fail(ErrorKind::kInvalid, fmt::format("Kafka refused a setting: {}", error.data()));
    }
  }
  rd_kafka_conf_set_dr_msg_cb(config.get(), &note_report);
  Producer producer(rd_kafka_new(RD_KAFKA_PRODUCER, config.get(), error.data(), error.size()));
  if (!producer) return fail(ErrorKind::kInternal, fmt::format("Cannot start the Kafka client: {}", error.data()));
  config.release();  // the producer's now
  return producer;
}

class Kafka final : public Destination {
 public:
  Kafka(std::string brokers, std::string topic, std::string account)
      : brokers_(std::move(brokers)), topic_(std::move(topic)), account_(std::move(account)) {}

  Appetite appetite() const override { return {.events_max = 1000, .wait_ms = 50}; }

  Status deliver(const Batch& batch) override {
    if (!producer_) producer_ = TRY(connect(brokers_));
    const Status delivered = produce(batch);
    if (!delivered) producer_.reset();  // what it still holds must not come after the next try
    return delivered;
  }

 private:
  Status produce(const Batch& batch) {
    Reports reports;
    Status handed;
    for (const events::Entry& entry : batch.entries) {
      handed = hand_over(batch, entry, reports);
      if (!handed) break;
    }
    rd_kafka_flush(producer_.get(), kFlushMs);
    if (!handed || reports.delivered < batch.entries.size()) {
      // Reports must not arrive after `reports` is gone.
      rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
      rd_kafka_flush(producer_.get(), kFlushMs);
    }
    TRY(handed);
    if (reports.delivered == batch.entries.size()) return {};
    return fail(ErrorKind::kUnavailable, fmt::format("Kafka took {} of {} events: {}", reports.delivered,
                                                     batch.entries.size(), reports.failure));
  }

  Status hand_over(const Batch& batch, const events::Entry& entry, Reports& reports) {
    const std::string record = record_of(entry.event, account_);
    const std::string name = name_of(batch, entry);
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        producer_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(entry.event.endpoint.data(), entry.event.endpoint.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(record.data()), record.size()),
        RD_KAFKA_V_HEADER("rapport-event", name.data(), name.size()), RD_KAFKA_V_OPAQUE(&reports), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return fail(ErrorKind::kUnavailable, fmt::format("Kafka refused an event: {}", rd_kafka_err2str(error)));
  }

  const std::string brokers_;
  const std::string topic_;
  const std::string account_;
  Producer producer_;
};

}  // namespace

Result<std::unique_ptr<Destination>> open_kafka(const std::string& url, const DestinationTools& tools) {
  const std::string rest = url.substr(std::string_view("kafka://").size());
  const std::size_t slash = rest.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == rest.size()) {
    return fail(ErrorKind::kInvalid, fmt::format("Write it as kafka://host:port[,host:port]/topic: {}", url));
  }
  return std::make_unique<Kafka>(rest.substr(0, slash), rest.substr(slash + 1), tools.account);
}

}  // namespace rapport::event_stream
