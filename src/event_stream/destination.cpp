#include "event_stream/destination.h"

#include <fmt/format.h>

namespace rapport::event_stream {

Result<std::unique_ptr<Destination>> open_destination(const std::string& url, const DestinationTools& tools) {
  const std::string_view scheme = std::string_view(url).substr(0, url.find(':'));
  if (scheme == "s3") return open_files(url, tools);
  if (scheme == "http" || scheme == "https") return open_http(url, tools);
  if (scheme == "kafka") return open_kafka(url, tools);
  if (scheme == "nats") return open_nats(url, tools);
  return fail(ErrorKind::kInvalid,
              fmt::format("An event stream goes to s3://, http://, https://, kafka:// or nats://, not to: {}", url));
}

std::string name_of(const Batch& batch, const events::Entry& entry) {
  return fmt::format("{}-{:020}", batch.log, entry.next);
}

}  // namespace rapport::event_stream
