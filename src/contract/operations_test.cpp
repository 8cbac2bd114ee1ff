// What must hold for every operation of every contract, on seeded random documents.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "contract/samples.h"
#include "contract/service.h"
#include "contract/tables.h"
#include "contract/validator.h"

namespace rapport::contract {
namespace {

constexpr std::uint64_t kSeed = 20261122;
constexpr int kRounds = 12;

// Implements everything; keeps the last call and gives `answer`.
class EveryOperation : public testing::Test {
 protected:
  EveryOperation() : contract_(ResponseChecks::kOn) {
    for (const Service* service : services()) {
      for (const Operation& operation : service->operations) {
        contract_.implement(service->name, operation.name, [this](const Call& call) -> Result<json::object> {
          called_ = fmt::format("{}.{}", call.service, call.operation);
          input_ = call.input;
          return answer_;
        });
      }
    }
  }

  http::Response send(const http::Request& request) { return contract_.dispatch(request, Caller{}, "id"); }

  template <class Body>
  void for_each(Body body) {
    for (const Service* service : services()) {
      for (const Operation& operation : service->operations) {
        SCOPED_TRACE(fmt::format("{}.{} seed {}", service->name, operation.name, kSeed));
        body(*service, operation);
        if (HasFatalFailure()) return;
      }
    }
  }

  json::object sample_output(const Service& service, const Operation& operation) {
    return operation.output == kNoShape ? json::object()
                                        : Samples(service, random_).make_object(service.shapes[operation.output]);
  }
  json::object sample_input(const Service& service, const Operation& operation) {
    return operation.input == kNoShape ? json::object()
                                       : Samples(service, random_).make_object(service.shapes[operation.input]);
  }

  Contract contract_;
  Random random_{kSeed};
  json::object answer_;
  std::string called_;
  json::object input_;
};

TEST_F(EveryOperation, ReceivesExactlyTheInputSent) {
  for_each([&](const Service& service, const Operation& operation) {
    for (int round = 0; round < kRounds; ++round) {
      const json::object input = sample_input(service, operation);
      answer_ = sample_output(service, operation);
      const http::Request request = request_for(service, operation, input);
      const auto response = send(request);
      ASSERT_EQ(response.status, operation.status) << response.body << "\n"
                                                   << request.head.target << "\n"
                                                   << request.body.bytes();
      ASSERT_EQ(called_, fmt::format("{}.{}", service.name, operation.name));
      ASSERT_EQ(input_, input) << json::serialize(input_) << "\n" << json::serialize(input);
    }
  });
}

TEST_F(EveryOperation, AnswersWhatItsHandlerGave) {
  for_each([&](const Service& service, const Operation& operation) {
    if (operation.output == kNoShape || operation.status == 204) return;
    const Shape& shape = service.shapes[operation.output];
    const Member* payload = payload_member(service, shape);
    for (int round = 0; round < kRounds; ++round) {
      answer_ = sample_output(service, operation);
      ASSERT_THAT(violations(service.name, operation.name, answer_), testing::IsEmpty()) << json::serialize(answer_);
      const auto response = send(request_for(service, operation, sample_input(service, operation)));
      if (payload != nullptr && service.shapes[payload->shape].type == Type::kBlob) {
        ASSERT_EQ(to_base64(response.body), answer_.at(payload->name).as_string());
        continue;
      }
      auto body = json::parse(response.body);
      ASSERT_TRUE(body.has_value()) << response.body;
      const json::MemberPath root = json::MemberPath::root();
      ASSERT_TRUE(normalise(service, payload ? service.shapes[payload->shape] : shape, root, *body).has_value());
      const json::value expected = payload ? answer_.at(payload->name) : json::value(answer_);
      ASSERT_EQ(*body, expected) << response.body;
    }
  });
}

TEST_F(EveryOperation, RefusesASpoiltMemberByName) {
  std::size_t applied = 0;
  for_each([&](const Service& service, const Operation& operation) {
    answer_ = sample_output(service, operation);
    for (int round = 0; round < 2 * kRounds; ++round) {
      json::object input = sample_input(service, operation);
      const auto faults = find_faults(service, operation, input);
      if (faults.empty()) continue;
      const Fault& fault = faults[random_.below(faults.size())];
      fault.apply();
      ++applied;
      const http::Request request = request_for(service, operation, input);
      const auto response = send(request);
      ASSERT_EQ(response.status, 400) << fault.member << " " << fault.what << "\n" << request.body.bytes();
      const json::object body = json::parse(response.body)->get_object();
      const std::string message = json::string_or(body, "Message", json::string_or(body, "message"));
      ASSERT_THAT(message, testing::HasSubstr(fault.member)) << fault.what << "\n" << request.body.bytes();
    }
  });
  EXPECT_GT(applied, 2000U);
}

TEST_F(EveryOperation, RefusesAnUnknownMember) {
  for_each([&](const Service& service, const Operation& operation) {
    if (operation.input == kNoShape || operation.route.method == "GET" || operation.route.method == "DELETE") return;
    if (service.members(service.shapes[operation.input]).empty()) return;
    http::Request request = request_for(service, operation, sample_input(service, operation));
    if (request.body.bytes().size() < 2 || !request.body.bytes().starts_with('{')) return;
    const std::string rest = request.body.bytes().substr(1);
    request.body = http::Body(R"({"NoSuchMember":1)" + (rest == "}" ? rest : "," + rest));
    const auto response = send(request);
    ASSERT_EQ(response.status, 400) << response.body;
    ASSERT_THAT(response.body, testing::HasSubstr("NoSuchMember is not a member of"));
  });
}

json::value random_json(Random& random, const Service& service, int depth) {
  switch (random.below(depth > 5 ? 6 : 9)) {
    case 0: return nullptr;
    case 1: return random.below(2) == 0;
    case 2: return static_cast<std::int64_t>(random());
    case 3: return random();
    case 4: return random.normal() * 1e300;
    case 5: return "text";
    case 6: {
      json::array items;
      for (std::uint64_t i = random.below(4); i > 0; --i) items.push_back(random_json(random, service, depth + 1));
      return items;
    }
    default: {
      json::object members;
      for (std::uint64_t i = random.below(5); i > 0; --i)
        members[service.all_members[random.below(service.all_members.size())].wire] =
            random_json(random, service, depth + 1);
      return members;
    }
  }
}

TEST_F(EveryOperation, SurvivesRandomBodies) {
  for_each([&](const Service& service, const Operation& operation) {
    answer_ = sample_output(service, operation);
    for (int round = 0; round < 4 * kRounds; ++round) {
      http::Request request = request_for(service, operation, sample_input(service, operation));
      std::string body = json::serialize(random_json(random_, service, 0));
      if (round % 2 == 0) body = request.body.bytes();
      if (round % 4 < 2) {
        for (int i = 0; i < 3 && !body.empty(); ++i) body[random_.below(body.size())] = static_cast<char>(random_());
      }
      request.body = http::Body(body);
      if (round % 8 == 0) request.head.target[random_.below(request.head.target.size())] = static_cast<char>(random_());
      const int status = send(request).status;
      ASSERT_TRUE(status == operation.status || (status >= 400 && status < 500)  //
                  || called_ != fmt::format("{}.{}", service.name, operation.name))
          << status << " " << body;
    }
  });
}

}  // namespace
}  // namespace rapport::contract
