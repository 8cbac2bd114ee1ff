#pragma once

// Private to net: curl's handles as owned values.

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

namespace rapport::net {

struct CurlFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};
using EasyPointer = std::unique_ptr<CURL, CurlFree>;
using UrlPointer = std::unique_ptr<CURLU, CurlFree>;
using ListPointer = std::unique_ptr<curl_slist, CurlFree>;
using TextPointer = std::unique_ptr<char, CurlFree>;

// An easy handle that keeps its connections between transfers.
class CurlSession {
 public:
  CurlSession();
  // Forgets the options of the transfer before; sets what every transfer wants (no signals, error text, time-out).
  void begin(std::int64_t timeout_ms);
  CURLcode perform();
  CURL* easy() const { return easy_.get(); }  // to be run among others
  // Why the last transfer failed.
  std::string failure_text(CURLcode code) const;

  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(easy_.get(), option, value);
  }
  long number(CURLINFO info) const {
    long value = 0;
    curl_easy_getinfo(easy_.get(), info, &value);
    return value;
  }

 private:
  EasyPointer easy_;
  std::unique_ptr<std::array<char, CURL_ERROR_SIZE>> error_;
};

}  // namespace rapport::net
