// What reached the files of event streams that are mapped to no destination of their own.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Every record in the files, in the order of the files' names. */
export async function streamedRecords(server) {
  const folder = join(server.directory, 'objects/rapport-event-streams');
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const records = [];
  for (const entry of entries.filter((name) => name.endsWith('.json.gz')).sort()) {
    const text = gunzipSync(await readFile(join(folder, entry))).toString().trimEnd();
    records.push(...text.split('\n').map((line) => JSON.parse(line)));
  }
  return records;
}
