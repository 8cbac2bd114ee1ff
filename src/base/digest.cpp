#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

#include <array>

#include "base/check.h"

namespace rapport {
namespace {

const unsigned char* bytes_of(std::string_view data) { return reinterpret_cast<const unsigned char*>(data.data()); }

const EVP_MD* method_of(Digest::Algorithm algorithm) {
  return algorithm == Digest::Algorithm::kMd5 ? EVP_md5() : EVP_sha256();
}

// An algorithm as OpenSSL provides it, found once: to find it takes longer than a short digest.
class Method {
 public:
  explicit Method(const char* name) : raw_(EVP_MD_fetch(nullptr, name, nullptr)) { CHECK(raw_ != nullptr); }
  Method(const Method&) = delete;
  Method& operator=(const Method&) = delete;
  ~Method() { EVP_MD_free(raw_); }
  const EVP_MD* raw() const { return raw_; }

 private:
  EVP_MD* raw_;
};

std::string digest_of(const Method& method, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CHECK(EVP_Digest(data.data(), data.size(), out.data(), &size, method.raw(), nullptr) == 1);
  return {reinterpret_cast<const char*>(out.data()), size};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string sha256(std::string_view data) {
  static const Method kMethod("SHA256");
  return digest_of(kMethod, data);
}

std::string sha512(std::string_view data) {
  static const Method kMethod("SHA512");
  return digest_of(kMethod, data);
}

std::string md5(std::string_view data) {
  static const Method kMethod("MD5");
  return digest_of(kMethod, data);
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(data), data.size(), out.data(), &size) !=
        nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

struct Digest::Context {
  EVP_MD_CTX* raw = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(raw); }
};

Digest::Digest(Algorithm algorithm) : context_(std::make_unique<Context>()) {
  CHECK(EVP_DigestInit_ex(context_->raw, method_of(algorithm), nullptr) == 1);
}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::string_view data) { CHECK(EVP_DigestUpdate(context_->raw, data.data(), data.size()) == 1); }

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(context_->raw, out.data(), &size) == 1);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string to_hex(std::string_view raw) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(raw.size() * 2);
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

std::string to_base64(std::string_view raw) {
  std::string out((raw.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock writes a terminating NUL
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(raw), static_cast<int>(raw.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::uint64_t stable_hash(std::string_view data, std::uint64_t seed) {
  return XXH3_64bits_withSeed(data.data(), data.size(), seed);
}

}  // namespace rapport
