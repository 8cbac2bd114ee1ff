#include "net/smtp.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <vector>

#include "net/scripted_peer.h"

namespace rapport::net {
namespace {

using State = SmtpOutcome::State;

// An SMTP server that gives a chosen reply to chosen commands (the first word, or "." for the end of a message) and
// "hang up" where the script says so. Everything else is accepted.
class SmtpPeer {
 public:
  using Script = std::map<std::string, std::string>;
  explicit SmtpPeer(Script script = {})
      : script_(std::move(script)),
        peer_([this](PeerConnection& connection, int number) { talk(connection, number); }) {}

  SmtpOptions options() const {
    SmtpOptions out;
    out.host = "127.0.0.1";
    out.port = peer_.port();
    return out;
  }
  // Once the client is gone, what it did.
  void finish() { peer_.stop(); }
  int connections() const { return peer_.connections(); }
  const std::vector<std::string>& commands() const { return commands_; }
  const std::vector<std::string>& messages() const { return messages_; }
  // The connection with this number hangs up after its first message.
  void hang_up_after_message(int connection) { hang_up_after_message_ = connection; }

 private:
  std::string reply(const std::string& command, const std::string& usual) const {
    const auto found = script_.find(command);
    return found == script_.end() ? usual : found->second;
  }

  void talk(PeerConnection& connection, int number) {
    connection.write(reply("greeting", "220 ready") + "\r\n");
    for (;;) {
      const std::string line = connection.read_until("\r\n");
      if (line.empty()) return;
      commands_.push_back(line.substr(0, line.size() - 2));
      const std::string word = line.substr(0, line.find_first_of(" \r"));
      const std::string answer = reply(word, word == "DATA"   ? "354 go on"
                                             : word == "EHLO" ? "250-peer\r\n250 SIZE"
                                                              : "250 fine");
      if (answer == "hang up") return;
      connection.write(answer + "\r\n");
      if (answer.starts_with("354")) {
        messages_.push_back(connection.read_until("\r\n.\r\n"));
        const std::string end = reply(".", "250 queued as 1");
        if (end == "hang up") return;
        connection.write(end + "\r\n");
        if (number == hang_up_after_message_) return;
      }
    }
  }

  Script script_;
  std::vector<std::string> commands_;
  std::vector<std::string> messages_;
  int hang_up_after_message_ = -1;
  ScriptedPeer peer_;
};

SmtpOutcome send_one(const SmtpOptions& options) {
  SmtpClient client(options);
  return client.send("a@example.com", "b@example.com", "Subject: x\r\n\r\nbody\r\n");
}

TEST(Smtp, SendsManyMessagesOverOneConnection) {
  SmtpPeer peer;
  std::optional<SmtpClient> client(peer.options());
  for (int i = 0; i < 3; ++i) {
    const SmtpOutcome outcome = client->send("a@example.com", "b@example.com", "Subject: x\r\n\r\n.dot\r\nbody\r\n");
    EXPECT_EQ(outcome.state, State::kAccepted);
    EXPECT_EQ(outcome.code, 250);
    EXPECT_EQ(outcome.reply, "queued as 1");
  }
  client.reset();
  peer.finish();
  EXPECT_EQ(peer.connections(), 1);
  ASSERT_EQ(peer.messages().size(), 3U);
  EXPECT_EQ(peer.messages()[2], "Subject: x\r\n\r\n..dot\r\nbody\r\n.\r\n");
  ASSERT_GE(peer.commands().size(), 10U);  // one EHLO, then three times MAIL, RCPT, DATA
  EXPECT_EQ(peer.commands()[0], "EHLO localhost");
  EXPECT_EQ(peer.commands()[1], "MAIL FROM:<a@example.com>");
  EXPECT_EQ(peer.commands()[2], "RCPT TO:<b@example.com>");
  EXPECT_EQ(peer.commands()[4], "MAIL FROM:<a@example.com>");
}

TEST(Smtp, NullSenderAndEmptyBody) {
  SmtpPeer peer;
  std::optional<SmtpClient> client(peer.options());
  EXPECT_EQ(client->send("", "b@example.com", "Subject: x\r\n\r\n").state, State::kAccepted);
  client.reset();
  peer.finish();
  EXPECT_EQ(peer.commands().at(1), "MAIL FROM:<>");
}

struct ReplyCase {
  const char* command;
  const char* reply;
  State state;
  int code;
  const char* text;
};

class SmtpReplies : public testing::TestWithParam<ReplyCase> {};

TEST_P(SmtpReplies, AreClassified) {
  const ReplyCase& expected = GetParam();
  SmtpPeer peer(SmtpPeer::Script{{expected.command, expected.reply}});
  const SmtpOutcome outcome = send_one(peer.options());
  EXPECT_EQ(outcome.state, expected.state) << outcome.code << " " << outcome.reply;
  EXPECT_EQ(outcome.code, expected.code);
  EXPECT_EQ(outcome.reply, expected.text);
}

INSTANTIATE_TEST_SUITE_P(
    All, SmtpReplies,
    testing::Values(ReplyCase{"RCPT", "550 5.1.1 no such user", State::kPermanent, 550, "5.1.1 no such user"},
                    ReplyCase{"RCPT", "550-5.1.1 no\r\n550 5.1.1 user", State::kPermanent, 550, "5.1.1 no 5.1.1 user"},
                    ReplyCase{"RCPT", "450 4.2.1 greylisted", State::kTemporary, 450, "4.2.1 greylisted"},
                    ReplyCase{"RCPT", "421 closing", State::kTemporary, 421, "closing"},
                    ReplyCase{"MAIL", "553 bad sender", State::kPermanent, 553, "bad sender"},
                    ReplyCase{"DATA", "554 no", State::kPermanent, 554, "no"},
                    ReplyCase{".", "554 5.7.1 spam", State::kPermanent, 554, "5.7.1 spam"},
                    ReplyCase{".", "452 4.3.1 disk full", State::kTemporary, 452, "4.3.1 disk full"},
                    ReplyCase{"greeting", "554 not here", State::kTemporary, 554, "not here"}));

TEST(Smtp, RepliesAreUtf8WhateverTheServerSpeaks) {
  const auto reply_of = [](const std::string& said) {
    SmtpPeer peer({{"RCPT", "550 " + said}});
    return send_one(peer.options()).reply;
  };
  EXPECT_EQ(reply_of("bo\xeete pleine"), "bo?te pleine");
  EXPECT_EQ(reply_of("bo\xc3\xaete pleine"), "bo\xc3\xaete pleine");
}

TEST(Smtp, LossAfterTheMessageIsInDoubtAndBeforeItTemporary) {
  SmtpPeer lost_after(SmtpPeer::Script{{".", "hang up"}});
  EXPECT_EQ(send_one(lost_after.options()).state, State::kInDoubt);
  for (const char* command : {"MAIL", "RCPT", "DATA"}) {
    SmtpPeer lost_before(SmtpPeer::Script{{command, "hang up"}});
    EXPECT_EQ(send_one(lost_before.options()).state, State::kTemporary) << command;
  }
}

TEST(Smtp, RefusedConnectionIsTemporary) {
  std::uint16_t closed_port = 0;
  {
    closed_port = ScriptedPeer([](PeerConnection&, int) {}).port();
  }
  SmtpOptions options;
  options.host = "127.0.0.1";
  options.port = closed_port;
  const SmtpOutcome outcome = send_one(options);
  EXPECT_EQ(outcome.state, State::kTemporary);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.reply, "");
}

TEST(Smtp, StaleConnectionIsMadeAnewOnce) {
  SmtpPeer peer;
  peer.hang_up_after_message(0);
  std::optional<SmtpClient> client(peer.options());
  EXPECT_EQ(client->send("a@example.com", "b@example.com", "1\r\n").state, State::kAccepted);
  EXPECT_EQ(client->send("a@example.com", "b@example.com", "2\r\n").state, State::kAccepted);
  client.reset();
  peer.finish();
  EXPECT_EQ(peer.connections(), 2);
  EXPECT_EQ(peer.messages().size(), 2U);
}

TEST(Smtp, RefusedLoginIsTemporaryAndRequiredTlsIsRequired) {
  SmtpPeer peer(SmtpPeer::Script{{"EHLO", "250-peer\r\n250 AUTH PLAIN"}, {"AUTH", "535 wrong password"}});
  SmtpOptions login = peer.options();
  login.user = "u";
  login.password = "p";
  EXPECT_EQ(send_one(login).state, State::kTemporary);
  SmtpOptions tls = peer.options();
  tls.security = SmtpOptions::Security::kStartTls;
  EXPECT_EQ(send_one(tls).state, State::kTemporary);
  peer.finish();
  EXPECT_TRUE(peer.messages().empty());
}

TEST(Smtp, UnsafeAddressesNeverReachTheServer) {
  SmtpPeer peer;
  std::optional<SmtpClient> client(peer.options());
  for (const char* to : {"", "a@b>\r\nRCPT TO:<c@d", "a b@c", "<a@b>"}) {
    EXPECT_EQ(client->send("a@example.com", to, "x\r\n").state, State::kPermanent) << to;
  }
  EXPECT_EQ(client->send("a\r\nb", "b@example.com", "x\r\n").state, State::kPermanent);
  client.reset();
  peer.finish();
  EXPECT_EQ(peer.connections(), 0);
}

}  // namespace
}  // namespace rapport::net
