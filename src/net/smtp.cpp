#include "net/smtp.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/text.h"
#include "net/curl_session.h"

namespace rapport::net {
namespace {

struct Transfer {
  std::string_view unsent;
  bool handed_over = false;  // curl has read the end of the message: the final dot may be out
  std::vector<std::string> reply_lines;
};

std::size_t give_data(char* into, std::size_t, std::size_t size, void* source) {
  auto& transfer = *static_cast<Transfer*>(source);
  const std::size_t given = std::min(size, transfer.unsent.size());
  std::memcpy(into, transfer.unsent.data(), given);
  transfer.unsent.remove_prefix(given);
  if (given == 0) transfer.handed_over = true;
  return given;
}

// Servers answer in any character set; a reply is told on as UTF-8.
std::string readable(std::string_view line) {
  std::string text(line);
  if (is_valid_utf8(text)) return text;
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

std::size_t take_reply(char* data, std::size_t, std::size_t size, void* target) {
  static_cast<Transfer*>(target)->reply_lines.push_back(readable(trim({data, size})));
  return size;
}

std::string url_of(const SmtpOptions& options) {
  const bool implicit = options.security == SmtpOptions::Security::kImplicitTls;
  return (implicit ? "smtps://" : "smtp://") + options.host + ":" + std::to_string(options.port) + "/" +
         percent_encode(options.hello_name);
}

long use_ssl_of(SmtpOptions::Security security) {
  switch (security) {
    case SmtpOptions::Security::kNone: return CURLUSESSL_NONE;
    case SmtpOptions::Security::kStartTlsIfOffered: return CURLUSESSL_TRY;
    case SmtpOptions::Security::kStartTls:
    case SmtpOptions::Security::kImplicitTls: return CURLUSESSL_ALL;
  }
  return CURLUSESSL_ALL;
}

bool is_safe_address(std::string_view address) {
  return address.find_first_of(std::string_view("\r\n\0<> ", 6)) == std::string_view::npos;
}

// The text of the last reply with this code (curl says QUIT after a failure), its lines joined.
std::string text_of(const Transfer& transfer, int code) {
  const std::string prefix = std::to_string(code);
  const auto& lines = transfer.reply_lines;
  std::size_t end = lines.size();
  while (end > 0 && !lines[end - 1].starts_with(prefix)) --end;
  if (end == 0) return {};
  std::size_t begin = end - 1;
  while (begin > 0 && lines[begin - 1].starts_with(prefix + "-")) --begin;
  std::string out;
  for (; begin < end; ++begin) {
    if (!out.empty()) out.push_back(' ');
    out += lines[begin].substr(std::min<std::size_t>(4, lines[begin].size()));
  }
  return out;
}

// A 5xx before MAIL (the greeting, a refused login) says nothing about the recipient, so it is temporary.
SmtpOutcome outcome_of(CURLcode code, int reply_code, const Transfer& transfer, const std::string& failure) {
  using State = SmtpOutcome::State;
  const std::string reply = reply_code > 0 ? text_of(transfer, reply_code) : failure;
  if (code == CURLE_OK) return {State::kAccepted, reply_code, reply};
  const bool in_doubt = transfer.handed_over && reply_code < 400;
  if (in_doubt) return {State::kInDoubt, reply_code, failure};
  const bool about_message = code == CURLE_SEND_ERROR || transfer.handed_over;
  if (reply_code >= 500 && about_message) return {State::kPermanent, reply_code, reply};
  return {State::kTemporary, reply_code, reply_code >= 400 ? reply : failure};
}

}  // namespace

struct SmtpClient::Handle {
  explicit Handle(SmtpOptions its_options) : options(std::move(its_options)), url(url_of(options)) {}

  enum class Connection { kAny, kFresh };
  struct Attempt {
    SmtpOutcome outcome;
    bool went_stale = false;  // a kept connection was gone before the message was handed over
  };
  Attempt attempt(const std::string& from, const std::string& to, std::string_view data, Connection connection);
  void configure(Connection connection);

  SmtpOptions options;
  std::string url;
  CurlSession session;
};

void SmtpClient::Handle::configure(Connection connection) {
  const bool verify = options.certificate == SmtpOptions::Certificate::kVerify &&
                      options.security != SmtpOptions::Security::kStartTlsIfOffered;
  session.begin(options.message_timeout_ms);
  session.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout_ms));
  session.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(options.message_timeout_ms / 1'000 + 1));
  session.set(CURLOPT_URL, url.c_str());
  session.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  session.set(CURLOPT_USE_SSL, use_ssl_of(options.security));
  session.set(CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  session.set(CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  session.set(CURLOPT_FRESH_CONNECT, connection == Connection::kFresh ? 1L : 0L);
  session.set(CURLOPT_UPLOAD, 1L);
  if (!options.authority_file.empty()) session.set(CURLOPT_CAINFO, options.authority_file.c_str());
  if (!options.user.empty()) {
    session.set(CURLOPT_USERNAME, options.user.c_str());
    session.set(CURLOPT_PASSWORD, options.password.c_str());
  }
}

SmtpClient::Handle::Attempt SmtpClient::Handle::attempt(const std::string& from, const std::string& to,
                                                        std::string_view data, Connection connection) {
  const std::string sender = "<" + from + ">";
  const ListPointer recipients(curl_slist_append(nullptr, ("<" + to + ">").c_str()));
  Transfer transfer{data, false, {}};
  configure(connection);
  session.set(CURLOPT_MAIL_FROM, sender.c_str());
  session.set(CURLOPT_MAIL_RCPT, recipients.get());
  session.set(CURLOPT_READFUNCTION, &give_data);
  session.set(CURLOPT_READDATA, &transfer);
  session.set(CURLOPT_HEADERFUNCTION, &take_reply);
  session.set(CURLOPT_HEADERDATA, &transfer);
  session.set(CURLOPT_WRITEFUNCTION, &take_reply);
  session.set(CURLOPT_WRITEDATA, &transfer);

  const CURLcode code = session.perform();
  const int reply_code = static_cast<int>(session.number(CURLINFO_RESPONSE_CODE));
  const bool reused = session.number(CURLINFO_NUM_CONNECTS) == 0;
  const bool lost = code != CURLE_OK && !transfer.handed_over && (reply_code < 400 || reply_code == 421);
  return {outcome_of(code, reply_code, transfer, session.failure_text(code)), reused && lost};
}

SmtpClient::SmtpClient(SmtpOptions options) : handle_(std::make_unique<Handle>(std::move(options))) {}
SmtpClient::~SmtpClient() = default;
SmtpClient::SmtpClient(SmtpClient&&) noexcept = default;
SmtpClient& SmtpClient::operator=(SmtpClient&&) noexcept = default;

SmtpOutcome SmtpClient::send(const std::string& from, const std::string& to, std::string_view data) {
  if (to.empty() || !is_safe_address(to) || !is_safe_address(from)) {
    return {SmtpOutcome::State::kPermanent, 0, "The address is empty or has blanks, brackets or line ends in it."};
  }
  Handle::Attempt attempt = handle_->attempt(from, to, data, Handle::Connection::kAny);
  if (attempt.went_stale) attempt = handle_->attempt(from, to, data, Handle::Connection::kFresh);
  return std::move(attempt.outcome);
}

}  // namespace rapport::net
