#include "net/http_client.h"

#include <algorithm>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"
#include "net/curl_session.h"
#include "signing/sign.h"

namespace rapport::net {
namespace {

struct Received {
  HttpResponse response;
  std::uint64_t body_bytes_max = 0;
  bool too_large = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* target) {
  auto& received = *static_cast<Received*>(target);
  if (received.response.body.size() + size > received.body_bytes_max) {
    received.too_large = true;
    return 0;  // ends the transfer
  }
  received.response.body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* target) {
  auto& received = *static_cast<Received*>(target);
  const std::string_view line = trim({data, size});
  if (line.starts_with("HTTP/")) {
    received.response.headers.clear();  // those of an interim answer
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    received.response.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return size;
}

Result<UrlPointer> parse_url(const std::string& url) {
  UrlPointer parsed(curl_url());
  const CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_PATH_AS_IS);
  if (code != CURLUE_OK || url.find('\0') != std::string::npos) {
    return fail(ErrorKind::kInvalid, "The URL is malformed; give http(s)://host/path: " + url);
  }
  return parsed;
}

std::string part_of(const UrlPointer& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  return TextPointer(text).get();
}

// As curl writes the Host header: the port only when it is not the scheme's own.
std::string host_of(const UrlPointer& url) {
  const std::string port = part_of(url, CURLUPART_PORT);
  const bool is_default = port.empty() || port == (part_of(url, CURLUPART_SCHEME) == "https" ? "443" : "80");
  return part_of(url, CURLUPART_HOST) + (is_default ? "" : ":" + port);
}

Headers signature_headers(const HttpRequest& request, const UrlPointer& url, Timestamp now) {
  signing::Outgoing outgoing{request.method,
                             host_of(url),
                             part_of(url, CURLUPART_PATH),
                             part_of(url, CURLUPART_QUERY),
                             request.headers,
                             to_hex(sha256(request.body))};
  const auto host = std::ranges::find_if(outgoing.headers,
                                         [](const auto& header) { return equals_ignore_case(header.first, "host"); });
  if (host != outgoing.headers.end()) {
    outgoing.host = host->second;
    outgoing.headers.erase(host);
  }
  const SigningKeys& keys = *request.sign;
  return signing::sign(outgoing, {keys.access_key, keys.secret_key, keys.region, keys.service}, now);
}

bool is_clean(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos; }

Result<ListPointer> header_list(const Headers& headers) {
  ListPointer list;
  const auto append = [&list](const std::string& line) { list.reset(curl_slist_append(list.release(), line.c_str())); };
  append("Expect:");  // no waiting for 100 Continue
  const bool has_type =
      std::ranges::any_of(headers, [](const auto& header) { return equals_ignore_case(header.first, "content-type"); });
  if (!has_type) append("Content-Type:");  // none, instead of curl's guess
  for (const auto& [name, value] : headers) {
    if (!is_clean(name) || !is_clean(value) || name.empty() || name.find(':') != name.npos) {
      return fail(ErrorKind::kInvalid, "A header must not contain line ends or NUL: " + name);
    }
    append(value.empty() ? name + ";" : name + ": " + value);
  }
  return list;
}

bool sends_body(const HttpRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

void set_method_and_body(CurlSession& session, const HttpRequest& request) {
  if (request.method == "HEAD") {
    session.set(CURLOPT_NOBODY, 1L);
  } else if (sends_body(request)) {
    session.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    session.set(CURLOPT_POSTFIELDS, request.body.data());
  }
  session.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignore_case(key, name)) return value;
  }
  return {};
}

namespace {

// Whether curl may send a request again by itself, on a new connection, when a kept one breaks before any answer.
enum class Sending { kOnce, kAgain };

Sending sending_of(const HttpRequest& request) {
  return request.method == "POST" || request.method == "PATCH" ? Sending::kOnce : Sending::kAgain;
}

// One request on a handle. Stays where it is: the handle points into it.
class Transfer {
 public:
  Transfer(const HttpRequest& request, const Clock& clock, Sending sending)
      : request_(request), clock_(clock), sending_(sending) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  Status prepare(CurlSession& session) {
    url_ = TRY(parse_url(request_.url));
    Headers headers = request_.headers;
    if (request_.sign) std::ranges::move(signature_headers(request_, url_, clock_.now()), std::back_inserter(headers));
    list_ = TRY(header_list(headers));
    received_ = {{}, request_.response_bytes_max, false};
    session.begin(request_.timeout_ms);
    session.set(CURLOPT_CURLU, url_.get());
    session.set(CURLOPT_PATH_AS_IS, 1L);
    session.set(CURLOPT_PROTOCOLS_STR, "http,https");
    session.set(CURLOPT_HTTPHEADER, list_.get());
    session.set(CURLOPT_WRITEFUNCTION, &take_body);
    session.set(CURLOPT_WRITEDATA, &received_);
    session.set(CURLOPT_HEADERFUNCTION, &take_header);
    session.set(CURLOPT_HEADERDATA, &received_);
    if (sending_ == Sending::kOnce) {
      session.set(CURLOPT_PREREQFUNCTION, &before_sending);
      session.set(CURLOPT_PREREQDATA, this);
    }
    set_method_and_body(session, request_);
    return {};
  }

  // Whether curl would have sent it again.
  bool was_broken() const { return sendings_ > 1; }

  Result<HttpResponse> finish(CurlSession& session, CURLcode code) {
    session.set(CURLOPT_CURLU, static_cast<CURLU*>(nullptr));  // it goes away before the handle
    if (received_.too_large) {
      return fail(ErrorKind::kTooLarge, "The answer's body is larger than response_bytes_max: " + request_.url);
    }
    if (code == CURLE_UNSUPPORTED_PROTOCOL && session.number(CURLINFO_REQUEST_SIZE) == 0) {  // else: no HTTP came back
      return fail(ErrorKind::kInvalid, "The URL's scheme must be http or https: " + request_.url);
    }
    if (was_broken()) {
      return fail(ErrorKind::kUnavailable, "The connection was closed before an answer by " + host_of(url_));
    }
    if (code != CURLE_OK) {
      return fail(ErrorKind::kUnavailable, "No answer from " + host_of(url_) + ": " + session.failure_text(code));
    }
    received_.response.status = static_cast<int>(session.number(CURLINFO_RESPONSE_CODE));
    return std::move(received_.response);
  }

 private:
  static int before_sending(void* self, char*, char*, int, int) {
    return static_cast<Transfer*>(self)->sendings_++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
  }

  const HttpRequest& request_;
  const Clock& clock_;
  const Sending sending_;
  int sendings_ = 0;
  UrlPointer url_;
  ListPointer list_;
  Received received_;
};

}  // namespace

struct HttpClient::Handle {
  explicit Handle(const Clock& its_clock) : clock(its_clock) {}
  const Clock& clock;
  CurlSession session;
};

HttpClient::HttpClient(const Clock& clock) : handle_(std::make_unique<Handle>(clock)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request) {
  Transfer transfer(request, handle_->clock, sending_of(request));
  TRY(transfer.prepare(handle_->session));
  return transfer.finish(handle_->session, handle_->session.perform());
}

struct ParallelHttp::Connections {
  explicit Connections(std::size_t count) : multi(curl_multi_init()), sessions(count) {
    CHECK(multi != nullptr);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(count));
  }
  ~Connections() { curl_multi_cleanup(multi); }

  CURLM* multi;
  std::vector<CurlSession> sessions;
};

// The requests of one call, on their way.
class ParallelHttp::Run {
 public:
  Run(Connections& connections, const Clock& clock, std::span<const HttpRequest> requests)
      : connections_(connections), clock_(clock), requests_(requests), busy_(connections.sessions.size()) {}

  std::vector<HttpExchange> run() {
    exchanges_.resize(requests_.size());
    while (next_ < requests_.size() || running_ > 0) {
      for (std::size_t i = 0; i < busy_.size() && next_ < requests_.size(); ++i) {
        if (!busy_[i].transfer) start(i);
      }
      if (running_ == 0) continue;
      int still_running = 0;
      curl_multi_perform(connections_.multi, &still_running);
      if (!collect() && still_running > 0) curl_multi_poll(connections_.multi, nullptr, 0, kPollMs, nullptr);
    }
    return std::move(exchanges_);
  }

 private:
  static constexpr int kPollMs = 1000;
  struct Busy {
    std::unique_ptr<Transfer> transfer;
    std::size_t place = 0;
  };

  void start(std::size_t slot) {
    const std::size_t place = next_++;
    auto transfer = std::make_unique<Transfer>(requests_[place], clock_, Sending::kOnce);
    if (const Status prepared = transfer->prepare(connections_.sessions[slot]); !prepared) {
      exchanges_[place] = {std::unexpected(prepared.error()), false};
      return;
    }
    busy_[slot] = {std::move(transfer), place};
    curl_multi_add_handle(connections_.multi, connections_.sessions[slot].easy());
    ++running_;
  }

  bool collect() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(connections_.multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      finish(message->easy_handle, message->data.result);
      any = true;
    }
    return any;
  }

  void finish(CURL* easy, CURLcode code) {
    const auto session = std::ranges::find_if(connections_.sessions, [easy](auto& one) { return one.easy() == easy; });
    Busy& busy = busy_[static_cast<std::size_t>(session - connections_.sessions.begin())];
    curl_multi_remove_handle(connections_.multi, easy);
    const bool sent = session->number(CURLINFO_REQUEST_SIZE) > 0 || busy.transfer->was_broken();
    exchanges_[busy.place] = {busy.transfer->finish(*session, code), sent};
    busy.transfer.reset();
    --running_;
  }

  Connections& connections_;
  const Clock& clock_;
  const std::span<const HttpRequest> requests_;
  std::vector<Busy> busy_;
  std::vector<HttpExchange> exchanges_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
};

ParallelHttp::ParallelHttp(const Clock& clock, std::size_t connections) : clock_(clock), connections_(connections) {}
ParallelHttp::~ParallelHttp() = default;

std::vector<HttpExchange> ParallelHttp::send(std::span<const HttpRequest> requests) {
  std::unique_ptr<Connections> connections;
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      connections = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!connections) connections = std::make_unique<Connections>(connections_);
  auto exchanges = Run(*connections, clock_, requests).run();
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(connections));
  return exchanges;
}

}  // namespace rapport::net
