#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "messages/functions.h"

namespace rapport::messages {

namespace {

Result<Value> encode64(const Arguments& a) { return Value(to_base64(a.text(0))); }

Result<Value> decode64(const Arguments& a) {
  auto decoded = from_base64(a.text(0));
  if (decoded && is_valid_utf8(*decoded)) return Value(*std::move(decoded));
  return fail(ErrorKind::kInvalid, "decode64 takes the base64 form of a text, not: " + a.text(0));
}

Result<Value> md5_hex(const Arguments& a) { return Value(to_hex(md5(a.text(0)))); }
Result<Value> sha256_hex(const Arguments& a) { return Value(to_hex(sha256(a.text(0)))); }
Result<Value> sha512_hex(const Arguments& a) { return Value(to_hex(sha512(a.text(0)))); }
Result<Value> uuid(const Arguments&) { return Value(random_uuid()); }

constexpr Function kFunctions[] = {
    {"decode64", 1, 1, decode64}, {"encode64", 1, 1, encode64}, {"md5", 1, 1, md5_hex},
    {"sha256", 1, 1, sha256_hex}, {"sha512", 1, 1, sha512_hex}, {"uuid", 0, 0, uuid},
};

}  // namespace

std::span<const Function> encoding_functions() { return kFunctions; }

}  // namespace rapport::messages
