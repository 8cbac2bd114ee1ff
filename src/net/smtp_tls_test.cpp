#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <csignal>
#include <memory>
#include <optional>

#include "net/scripted_peer.h"
#include "net/smtp.h"
#include "testing/self_signed_certificate.h"

namespace rapport::net {
namespace {

using State = SmtpOutcome::State;
using Security = SmtpOptions::Security;

// An SMTP server that speaks TLS, from the start or after STARTTLS, and takes every message.
class TlsPeer {
 public:
  enum class Begin { kTls, kPlain };
  explicit TlsPeer(Begin begin)
      : certificate_(directory_), tls_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free), begin_(begin) {
    std::signal(SIGPIPE, SIG_IGN);  // a client that refuses the certificate closes while OpenSSL writes
    CHECK(SSL_CTX_use_certificate_chain_file(tls_.get(), certificate_.certificate_file.c_str()) == 1);
    CHECK(SSL_CTX_use_PrivateKey_file(tls_.get(), certificate_.key_file.c_str(), SSL_FILETYPE_PEM) == 1);
    peer_.emplace([this](PeerConnection& connection, int) { talk(connection); });
  }

  SmtpOptions options(Security security) const {
    SmtpOptions out;
    out.host = "localhost";
    out.port = peer_->port();
    out.security = security;
    return out;
  }
  const std::string& authority_file() const { return certificate_.certificate_file; }
  int messages_over_tls() const { return messages_over_tls_; }

 private:
  void talk(PeerConnection& connection) {
    if (begin_ == Begin::kPlain) {
      connection.write("220 ready\r\n");
      connection.read_until("\r\n");
      connection.write("250-peer\r\n250 STARTTLS\r\n");
      if (connection.read_until("\r\n") != "STARTTLS\r\n") return;
      connection.write("220 go on\r\n");
    }
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(tls_.get()), &SSL_free);
    SSL_set_fd(ssl.get(), connection.socket());
    if (SSL_accept(ssl.get()) != 1) return;
    if (begin_ == Begin::kTls) write(ssl.get(), "220 ready\r\n");
    while (serve_line(ssl.get())) {
    }
  }

  bool serve_line(SSL* ssl) {
    const std::string line = read_until(ssl, "\r\n");
    if (line.empty()) return false;
    if (!line.starts_with("DATA")) return write(ssl, "250 fine\r\n");
    write(ssl, "354 go on\r\n");
    if (read_until(ssl, "\r\n.\r\n").empty()) return false;
    ++messages_over_tls_;
    return write(ssl, "250 queued\r\n");
  }

  static bool write(SSL* ssl, std::string_view text) {
    return SSL_write(ssl, text.data(), static_cast<int>(text.size())) > 0;
  }
  static std::string read_until(SSL* ssl, std::string_view end) {
    std::string out;
    char byte = 0;
    while (!out.ends_with(end)) {
      if (SSL_read(ssl, &byte, 1) != 1) return {};
      out.push_back(byte);
    }
    return out;
  }

  test::TemporaryDirectory directory_;
  test::SelfSignedCertificate certificate_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls_;
  Begin begin_;
  std::atomic<int> messages_over_tls_{0};
  std::optional<ScriptedPeer> peer_;
};

SmtpOutcome send_two(const SmtpOptions& options) {
  SmtpClient client(options);
  client.send("a@example.com", "b@example.com", "Subject: x\r\n\r\n1\r\n");
  return client.send("a@example.com", "b@example.com", "Subject: x\r\n\r\n2\r\n");
}

TEST(SmtpTls, RequiredSecurityTrustsOnlyTheGivenAuthority) {
  for (const auto& [begin, security] :
       {std::pair{TlsPeer::Begin::kPlain, Security::kStartTls}, {TlsPeer::Begin::kTls, Security::kImplicitTls}}) {
    TlsPeer peer(begin);
    SmtpOptions options = peer.options(security);
    const SmtpOutcome unknown = send_two(options);
    EXPECT_EQ(unknown.state, State::kTemporary);
    EXPECT_NE(unknown.reply.find("certificate"), std::string::npos) << unknown.reply;
    EXPECT_EQ(peer.messages_over_tls(), 0);
    options.authority_file = peer.authority_file();
    const SmtpOutcome trusted = send_two(options);
    EXPECT_EQ(trusted.state, State::kAccepted) << trusted.reply;
    EXPECT_EQ(trusted.reply, "queued");
    options.host = "127.0.0.1";  // not the name in the certificate
    EXPECT_EQ(send_two(options).state, State::kTemporary);
    options.certificate = SmtpOptions::Certificate::kAcceptAny;
    EXPECT_EQ(send_two(options).state, State::kAccepted);
    EXPECT_EQ(peer.messages_over_tls(), 4);
  }
}

TEST(SmtpTls, OfferedSecurityIsUsedWithWhoeverAnswers) {
  TlsPeer peer(TlsPeer::Begin::kPlain);
  EXPECT_EQ(send_two(peer.options(Security::kStartTlsIfOffered)).state, State::kAccepted);
  EXPECT_EQ(peer.messages_over_tls(), 2);
}

}  // namespace
}  // namespace rapport::net
