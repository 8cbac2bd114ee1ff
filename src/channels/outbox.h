#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "channels/channel.h"

namespace rapport {
class Clock;
}

namespace rapport::channels {

// The default provider of every kind: an e-mail becomes a file `<root>/<date>/<shard>/<id>.eml`, any other message an
// `<id>.json` (see to_document), and every batch appends its lines to `<root>/<date>/index.jsonl` (id, time, app,
// campaign, endpoint, channel, to, subject, path). Files appear whole under their name, and their first header line, or
// member, carries size and digest of what follows, so that a file vouches for itself. A batch is made durable by one
// sync of the file system, shared with the batches that wait at that moment.
//
// An id is written once: a second `send` of it within two days (UTC) finds the first file; `recover` looks at all days.
// One process a root.
Result<std::unique_ptr<Channel>> open_outbox(const std::filesystem::path& root, const Clock& clock);

}  // namespace rapport::channels
