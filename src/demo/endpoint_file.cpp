#include "demo/endpoint_file.h"

#include <fmt/format.h>

#include "bingewatch/film_names.h"

namespace rapport::demo {

Result<EndpointFile> EndpointFile::create(const std::filesystem::path& path, std::uint64_t seed) {
  return EndpointFile(TRY(FileWriter::create(path)), seed);
}

void EndpointFile::add(std::string_view user) {
  json::object attributes{{"FirstName", json::array{bingewatch::first_name(random_)}}};
  writer_.json_line(json::object{{"Id", fmt::format("email-{}", user)},
                                 {"ChannelType", "EMAIL"},
                                 {"Address", fmt::format("viewer{}@bingewatch.example", ++count_)},
                                 {"OptOut", "NONE"},
                                 {"User", json::object{{"UserId", user}, {"UserAttributes", std::move(attributes)}}}});
}

}  // namespace rapport::demo
