#pragma once

#include <cstdint>
#include <string_view>

namespace rapport::formats {

// The CRC-32 of gzip (and of S3's x-amz-checksum-crc32). For data in pieces pass the value so far.
std::uint32_t crc32(std::string_view data, std::uint32_t so_far = 0);

}  // namespace rapport::formats
