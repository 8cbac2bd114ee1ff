// Kafka by librdkafka's mock cluster, JetStream by Debian's nats-server.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <nats/nats.h>

#include "event_stream/destination.h"
#include "event_stream/fixture_test.h"
#include "json/json.h"
#include "testing/child_server.h"
#include "testing/temporary_directory.h"

namespace rapport::event_stream {
namespace {

class EventStreamBrokers : public testing::Test {
 protected:
  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
  const DestinationTools tools_{*objects_, clock_, "000000000000", directory_.path().string(), 60};
};

std::string number_of(std::string_view record) {
  return std::string(json::view(json::parse(record).value().at("attributes").at("number").as_string()));
}

class MockKafka {
 public:
  MockKafka() {
    char error[512];
    handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error, sizeof error);
    cluster_ = rd_kafka_mock_cluster_new(handle_, 1);
    rd_kafka_mock_topic_create(cluster_, "events", 1, 1);
  }
  ~MockKafka() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(handle_);
  }
  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void refuse_the_next(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      rd_kafka_mock_push_request_errors(cluster_, 0 /* Produce */, 1, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    }
  }
  // The numbers of the first `count` events, in the order of the topic.
  std::vector<std::string> consume(std::size_t count) const {
    char error[512];
    rd_kafka_conf_t* config = rd_kafka_conf_new();
    rd_kafka_conf_set(config, "bootstrap.servers", brokers().c_str(), error, sizeof error);
    rd_kafka_conf_set(config, "group.id", "test", error, sizeof error);
    rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, config, error, sizeof error);
    rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, "events", 0)->offset = 0;
    rd_kafka_assign(consumer, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    std::vector<std::string> numbers;
    while (numbers.size() < count) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 20'000);
      if (message == nullptr) break;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        numbers.push_back(number_of({static_cast<const char*>(message->payload), message->len}));
      }
      rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    return numbers;
  }

 private:
  rd_kafka_t* handle_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

std::vector<std::string> numbers(int first, int count) {
  std::vector<std::string> all;
  for (int i = first; i < first + count; ++i) all.push_back(std::to_string(i));
  return all;
}

TEST_F(EventStreamBrokers, KafkaGetsEveryEventInOrder) {
  const MockKafka kafka;
  const auto destination = open_destination(fmt::format("kafka://{}/events", kafka.brokers()), tools_).value();
  ASSERT_TRUE(destination->deliver({"app", "n1", entries_of(0, 1000, {})}));
  ASSERT_TRUE(destination->deliver({"app", "n1", entries_of(1000, 500, {})}));
  EXPECT_EQ(kafka.consume(1500), numbers(0, 1500));
}

TEST_F(EventStreamBrokers, KafkaThatRefusesIsAskedAgain) {
  MockKafka kafka;
  const auto destination = open_destination(fmt::format("kafka://{}/events", kafka.brokers()), tools_).value();
  kafka.refuse_the_next(1);
  const Status refused = destination->deliver({"app", "n1", entries_of(0, 10, {})});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(destination->deliver({"app", "n1", entries_of(0, 10, {})}));
  EXPECT_EQ(kafka.consume(10), numbers(0, 10));
}

class NatsPeer {
 public:
  explicit NatsPeer(const std::string& directory)
      : server_([directory](std::uint16_t port) {
          return std::vector<std::string>{"/usr/sbin/nats-server", "-js", "-sd", directory, "-a", "127.0.0.1", "-p",
                                          std::to_string(port)};
        }) {}
  test::ChildServer& server() { return server_; }
  std::string url() const { return fmt::format("nats://127.0.0.1:{}", server_.port()); }

  void make_stream() const {
    use([](jsCtx* context) {
      jsStreamConfig config;
      jsStreamConfig_Init(&config);
      const char* subjects[] = {"rapport.events"};
      config.Name = "EVENTS";
      config.Subjects = subjects;
      config.SubjectsLen = 1;
      jsStreamInfo* info = nullptr;
      EXPECT_EQ(js_AddStream(&info, context, &config, nullptr, nullptr), NATS_OK);
      jsStreamInfo_Destroy(info);
    });
  }
  std::vector<std::string> stored(std::size_t count) const {
    std::vector<std::string> found;
    use([&](jsCtx* context) {
      for (std::size_t i = 1; i <= count; ++i) {
        natsMsg* message = nullptr;
        if (js_GetMsg(&message, context, "EVENTS", i, nullptr, nullptr) != NATS_OK) return;
        found.push_back(
            number_of({natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))}));
        natsMsg_Destroy(message);
      }
    });
    return found;
  }

 private:
  template <class Use>
  void use(const Use& use_context) const {
    natsConnection* connection = nullptr;
    jsCtx* context = nullptr;
    ASSERT_EQ(natsConnection_ConnectTo(&connection, url().c_str()), NATS_OK);
    ASSERT_EQ(natsConnection_JetStream(&context, connection, nullptr), NATS_OK);
    use_context(context);
    jsCtx_Destroy(context);
    natsConnection_Destroy(connection);
  }
  test::ChildServer server_;
};

TEST_F(EventStreamBrokers, JetStreamStoresEachEventOnceInOrder) {
  const NatsPeer peer(directory_.file("nats"));
  peer.make_stream();
  const auto destination = open_destination(peer.url() + "/rapport.events", tools_).value();
  ASSERT_TRUE(destination->deliver({"app", "n1", entries_of(0, 300, {})}));
  ASSERT_TRUE(destination->deliver({"app", "n1", entries_of(0, 500, {})}));  // as after a crash
  EXPECT_EQ(peer.stored(501), numbers(0, 500));
}

TEST_F(EventStreamBrokers, JetStreamWithoutAStreamOrAwayIsAskedAgain) {
  NatsPeer peer(directory_.file("nats"));
  const auto destination = open_destination(peer.url() + "/rapport.events", tools_).value();
  const Status nobody = destination->deliver({"app", "n1", entries_of(0, 3, {})});
  ASSERT_FALSE(nobody);
  EXPECT_NE(nobody.error().message.find("is there a stream"), std::string::npos) << nobody.error().message;
  peer.make_stream();
  ASSERT_TRUE(destination->deliver({"app", "n1", entries_of(0, 3, {})}));
  peer.server().stop();
  EXPECT_FALSE(destination->deliver({"app", "n1", entries_of(3, 2, {})}));
  peer.server().start();
  ASSERT_TRUE(destination->deliver({"app", "n1", entries_of(3, 2, {})}));
  EXPECT_EQ(peer.stored(6), numbers(0, 5));
}

}  // namespace
}  // namespace rapport::event_stream
