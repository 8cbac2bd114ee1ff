// A private PostgreSQL from Debian's package, on a socket in a temporary directory.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './rapport_server.js';

const run = promisify(execFile);
const home = '/usr/lib/postgresql';

/** PostgreSQL refuses to run as root: root runs it as the user `postgres`. */
const asPostgres = (words) => (process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--', ...words] : words);

/** Starts a server with one empty database. `url` is for `database.url`; `dispose` ends it and removes its data. */
export async function startPostgres() {
  const [version] = (await readdir(home)).sort((a, b) => Number(b) - Number(a));
  const program = (name) => join(home, version, 'bin', name);
  const execute = ([file, ...words]) => run(file, words, { cwd: '/' });
  const directory = await mkdtemp(join(tmpdir(), 'rapport-postgres-'));
  if (process.getuid() === 0) await run('chown', ['postgres', directory]);
  await chmod(directory, 0o755);
  const data = join(directory, 'data');
  await execute(asPostgres([program('initdb'), '-D', data, '-A', 'trust', '-U', 'rapport', '-E', 'UTF8', '--locale=C.UTF-8', '-N']));
  const [file, ...words] = asPostgres([program('postgres'), '-D', data, '-k', directory, '-c', 'listen_addresses=']);
  const server = spawn(file, words, { stdio: 'ignore', cwd: '/' });
  const reachable = () =>
    run(program('pg_isready'), ['-h', directory, '-U', 'rapport', '-d', 'postgres']).then(
      () => true,
      () => false,
    );
  await eventually('PostgreSQL is ready', reachable, { timeoutMs: 60_000 });
  return {
    url: `postgresql://rapport@/postgres?host=${encodeURIComponent(directory)}`,
    async dispose() {
      const ended = once(server, 'exit');
      await execute(asPostgres([program('pg_ctl'), 'stop', '-D', data, '-m', 'immediate']));
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
