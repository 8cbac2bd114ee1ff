#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapport::access {

// Encrypts secrets at rest: AES-256-GCM with a key file made at first use (32 random bytes as hex, mode 0600). Every
// node of a cluster needs the same key file. Thread-safe.
class SecretBox {
 public:
  static Result<SecretBox> open(const std::filesystem::path& key_file);

  // `context` (what the secret belongs to) must be the same when it is opened.
  std::string seal(std::string_view secret, std::string_view context) const;  // base64
  // kInternal when the text was not sealed with this key and context.
  Result<std::string> unseal(std::string_view sealed, std::string_view context) const;

 private:
  explicit SecretBox(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

}  // namespace rapport::access
