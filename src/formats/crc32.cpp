#include "formats/crc32.h"

#include <zlib.h>

namespace rapport::formats {

std::uint32_t crc32(std::string_view data, std::uint32_t so_far) {
  return static_cast<std::uint32_t>(crc32_z(so_far, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

}  // namespace rapport::formats
