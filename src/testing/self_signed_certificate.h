#pragma once

#include <string>

#include "testing/temporary_directory.h"

namespace rapport::test {

// Files in PEM of a certificate for "localhost" that signs itself, valid for an hour, and of its key.
struct SelfSignedCertificate {
  explicit SelfSignedCertificate(const TemporaryDirectory& directory);
  std::string certificate_file;
  std::string key_file;
};

}  // namespace rapport::test
