#include "access/random_text.h"

#include "base/check.h"
#include "base/digest.h"
#include "base/random.h"

namespace rapport::access {

std::string random_text(std::size_t size, std::string_view alphabet) {
  CHECK(256 % alphabet.size() == 0);
  std::string text = from_hex(random_hex(size)).value();
  for (char& c : text) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  return text;
}

}  // namespace rapport::access
