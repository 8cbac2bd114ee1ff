#include "testing/self_signed_certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>

#include "base/check.h"

namespace rapport::test {
namespace {

X509* sign_own_certificate(EVP_PKEY* key) {
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
  return certificate;
}

}  // namespace

SelfSignedCertificate::SelfSignedCertificate(const TemporaryDirectory& directory)
    : certificate_file(directory.file("certificate.pem")), key_file(directory.file("key.pem")) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = sign_own_certificate(key);
  std::FILE* out = std::fopen(certificate_file.c_str(), "w");
  CHECK(out != nullptr && PEM_write_X509(out, certificate) == 1);
  std::fclose(out);
  out = std::fopen(key_file.c_str(), "w");
  CHECK(out != nullptr && PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

}  // namespace rapport::test
