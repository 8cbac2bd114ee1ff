#include "net/curl_session.h"

#include "base/check.h"

namespace rapport::net {
namespace {

CURL* new_easy_handle() {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(initialised == CURLE_OK);
  CURL* easy = curl_easy_init();
  CHECK(easy != nullptr);
  return easy;
}

}  // namespace

CurlSession::CurlSession() : easy_(new_easy_handle()), error_(std::make_unique<std::array<char, CURL_ERROR_SIZE>>()) {}

void CurlSession::begin(std::int64_t timeout_ms) {
  curl_easy_reset(easy_.get());
  (*error_)[0] = '\0';
  set(CURLOPT_ERRORBUFFER, error_->data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
}

CURLcode CurlSession::perform() { return curl_easy_perform(easy_.get()); }

std::string CurlSession::failure_text(CURLcode code) const {
  return (*error_)[0] != '\0' ? error_->data() : curl_easy_strerror(code);
}

}  // namespace rapport::net
