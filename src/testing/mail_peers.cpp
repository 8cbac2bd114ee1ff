#include "testing/mail_peers.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/check.h"
#include "base/clock.h"
#include "base/file.h"
#include "testing/child_server.h"

namespace rapport::test {

namespace {

constexpr const char* kPostfix = "/usr/sbin/postfix";
constexpr const char* kSink = "/usr/sbin/smtp-sink";
constexpr double kPatienceSeconds = 60;
constexpr int kLookIntervalMs = 10;

void write_file(const std::filesystem::path& path, std::string_view text) { std::ofstream(path) << text; }

constexpr std::string_view kServices = R"(127.0.0.1:{} inet n - n - 20 smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
)";

constexpr std::string_view kMain = R"(compatibility_level = 3.6
queue_directory = {0}/queue
data_directory = {0}/data
maillog_file_prefixes = {0}
maillog_file = {0}/log
myhostname = mail.example.com
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = example.com
virtual_mailbox_maps = regexp:{0}/mailboxes
virtual_mailbox_base = {0}/mail
virtual_minimum_uid = 1
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_recipient_restrictions = check_recipient_access texthash:{0}/access, reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 10000
smtpd_hard_error_limit = 10000
smtpd_tls_security_level = may
smtpd_tls_cert_file = {0}/cert.pem
smtpd_tls_key_file = {0}/key.pem
)";

}  // namespace

bool can_run_postfix() { return std::filesystem::exists(kPostfix) && ::getuid() == 0; }

PrivatePostfix::PrivatePostfix() : port_(free_port()) {
  CHECK(can_run_postfix());
  configure();
  CHECK(run(fmt::format("{} -c {} start", kPostfix, directory_.path().string())) == 0);
  wait_for_listener(port_);
}

PrivatePostfix::~PrivatePostfix() { run(fmt::format("{} -c {} stop", kPostfix, directory_.path().string())); }

int PrivatePostfix::run(const std::string& command) const {
  return std::system((command + " >>" + directory_.file("commands.log") + " 2>&1").c_str());
}

void PrivatePostfix::configure() const {
  const std::filesystem::path& root = directory_.path();
  std::filesystem::permissions(root, std::filesystem::perms(0755));
  for (const char* name : {"queue", "data", "mail"}) std::filesystem::create_directory(root / name);
  CHECK(::chown(directory_.file("mail").c_str(), 65534, 65534) == 0);
  CHECK(run("chown postfix " + directory_.file("data")) == 0);
  CHECK(run(fmt::format("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
                        "subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {0}/key.pem -out {0}/cert.pem",
                        root.string())) == 0);
  write_file(root / "main.cf", fmt::format(fmt::runtime(kMain), root.string()));
  write_file(root / "master.cf", fmt::format(fmt::runtime(kServices), port_));
  write_file(root / "mailboxes", "/^(ana|user[0-9]*)@example\\.com$/ all/\n");
  write_file(root / "access", "busy@example.com 450 4.2.0 try again later\n");
}

std::vector<std::string> PrivatePostfix::delivered(std::size_t count) const {
  const std::filesystem::path box = directory_.path() / "mail" / "all" / "new";
  const auto files = [&] {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(box, error)) found.push_back(entry.path());
    return found;
  };
  const double end = monotonic_seconds() + kPatienceSeconds;
  while (files().size() < count) {
    CHECK(monotonic_seconds() < end);
    ::poll(nullptr, 0, kLookIntervalMs);
  }
  std::vector<std::string> messages;
  for (const auto& file : files()) messages.push_back(read_file(file).value());
  return messages;
}

std::string PrivatePostfix::log() const { return read_file(directory_.file("log")).value_or(""); }

SmtpSink::SmtpSink(const std::vector<std::string>& options)
    : server_([options](std::uint16_t port) {
        std::vector<std::string> command = {kSink};
        if (::getuid() == 0) command.insert(command.end(), {"-u", "nobody"});  // it refuses to run as root
        command.insert(command.end(), options.begin(), options.end());
        command.push_back(fmt::format("127.0.0.1:{}", port));
        command.emplace_back("1000");
        return command;
      }) {}

}  // namespace rapport::test
