#include "access/secret_box.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <memory>

#include "base/check.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::access {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Result<SecretBox> SecretBox::open(const std::filesystem::path& key_file) {
  auto text = read_file(key_file);
  if (!text && text.error().kind == ErrorKind::kNotFound) {
    TRY(write_file_durably(key_file, random_hex(kKeyBytes) + "\n", 0600));
    text = read_file(key_file);
  }
  const auto key = from_hex(trim(TRY(text)));
  if (!key || key->size() != kKeyBytes) {
    return fail(
        ErrorKind::kInternal,
        fmt::format("The key file is damaged; restore it, secrets cannot be read without it: {}", key_file.string()));
  }
  return SecretBox(*key);
}

std::string SecretBox::seal(std::string_view secret, std::string_view context) const {
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string nonce = from_hex(random_hex(kNonceBytes)).value();
  std::string out(secret.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  CHECK(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(std::string_view(key_)), bytes(nonce)) == 1);
  CHECK(EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes(context), static_cast<int>(context.size())) == 1);
  CHECK(EVP_EncryptUpdate(cipher.get(), bytes(out), &size, bytes(secret), static_cast<int>(secret.size())) == 1);
  CHECK(EVP_EncryptFinal_ex(cipher.get(), bytes(out) + size, &size) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1);
  return to_base64(nonce + tag + out);
}

Result<std::string> SecretBox::unseal(std::string_view sealed, std::string_view context) const {
  const auto refuse = [] {
    return fail(ErrorKind::kInternal, "A stored secret cannot be opened; is secret.key the file it was made with?");
  };
  const auto raw = from_base64(sealed);
  if (!raw || raw->size() < kNonceBytes + kTagBytes) return refuse();
  const std::string nonce = raw->substr(0, kNonceBytes);
  std::string tag = raw->substr(kNonceBytes, kTagBytes);
  const std::string data = raw->substr(kNonceBytes + kTagBytes);
  std::string out(data.size(), '\0');
  int size = 0;
  const Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  CHECK(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(std::string_view(key_)),
                           bytes(std::string_view(nonce))) == 1);
  CHECK(EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes(context), static_cast<int>(context.size())) == 1);
  CHECK(EVP_DecryptUpdate(cipher.get(), bytes(out), &size, bytes(std::string_view(data)),
                          static_cast<int>(data.size())) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), bytes(out) + size, &size) != 1) return refuse();
  return out;
}

}  // namespace rapport::access
