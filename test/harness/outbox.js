// What a server wrote to its outbox: the index of each day and the message files.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every line of the indexes, and every message file's path below the outbox. */
export async function readOutbox(server) {
  const root = join(server.directory, 'outbox');
  const entries = await readdir(root, { recursive: true });
  const lines = [];
  for (const name of entries.filter((entry) => entry.endsWith('index.jsonl'))) {
    const text = await readFile(join(root, name), 'utf8');
    lines.push(...text.split('\n').filter(Boolean).map((line) => JSON.parse(line)));
  }
  const files = entries.filter((entry) => entry.endsWith('.eml'));
  return { lines, files, read: (file) => readFile(join(root, file), 'utf8') };
}

/** The address in a message's To field. */
export function recipientOf(message) {
  const [, value] = /^To: (.*)$/m.exec(message);
  return (/<([^>]*)>/.exec(value)?.[1] ?? value).trim();
}
