// A rapport process of a test: its own temporary data directory, its own port, its own access key.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
export const binary = process.env.RAPPORT_BINARY ?? join(repository, 'build/release/rapport');

/** Where the build keeps the test programs of the modules. */
export const buildDirectory = process.env.RAPPORT_BUILD ?? join(repository, 'build/release');

export async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Calls `check` until it returns something true; that is the result. Throws with `what` when time is up. */
export async function eventually(what, check, { timeoutMs = 30_000, intervalMs = 50 } = {}) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`Timed out after ${timeoutMs} ms: ${what}`);
    await new Promise((wake) => setTimeout(wake, intervalMs));
  }
}

export class RapportServer {
  #process = null;
  #options;
  #environment;

  constructor(directory, port, keys, { options = [], environment = {} }) {
    this.directory = directory;
    this.port = port;
    this.credentials = { accessKeyId: keys.AccessKeyId, secretAccessKey: keys.SecretAccessKey };
    this.endpoint = `http://127.0.0.1:${port}`;
    this.region = 'us-east-1';
    this.#options = options;
    this.#environment = environment;
  }

  /**
   * Starts a server on a new data directory and waits until it is ready. `settings.options`: more arguments of `serve`;
   * `settings.environment`: settings by their variable.
   */
  static async start(settings = {}) {
    const directory = await mkdtemp(join(tmpdir(), 'rapport-test-'));
    const { stdout } = await run(binary, ['keys', 'create', '--data', directory], {
      env: { ...process.env, ...settings.environment },
    });
    const server = new RapportServer(directory, await freePort(), JSON.parse(stdout), settings);
    await server.launch();
    return server;
  }

  /** Starts the process again on the same directory and port. REQUIRES that it does not run. */
  async launch() {
    const listen = `127.0.0.1:${this.port}`;
    const child = spawn(binary, ['serve', '--data', this.directory, '--listen', listen, ...this.#options], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, RAPPORT_CHECK_RESPONSES: 'true', ...this.#environment },
    });
    this.#process = child;
    const log = createWriteStream(this.logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const ready = () => fetch(`${this.endpoint}/readyz`).then((answer) => answer.ok, () => false);
    try {
      await eventually('the server is ready', async () => {
        if (child.exitCode !== null) throw new Error(`rapport ended with ${child.exitCode}`);
        return ready();
      });
    } catch (error) {
      await this.kill();
      throw new Error(`${error.message}\n${await this.log()}`);
    }
  }

  /** What commands beside the server need to find its data. */
  get environment() {
    return { ...process.env, ...this.#environment };
  }

  get logFile() {
    return `${this.directory}.log`;
  }

  log() {
    return readFile(this.logFile, 'utf8').catch(() => '');
  }

  async #end(signal) {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  }

  /** Ends the process as an operator would. Its exit code. */
  stop() {
    return this.#end('SIGTERM');
  }

  /** Ends the process as a power cut would. */
  kill() {
    return this.#end('SIGKILL');
  }

  /** Runs `rapport check` on the data. REQUIRES that the process does not run. `{ code, report }`. */
  async check(...options) {
    return run(binary, ['check', '--data', this.directory, ...options], { env: this.environment }).then(
      ({ stdout }) => ({ code: 0, report: stdout }),
      (error) => ({ code: error.code, report: `${error.stdout}${error.stderr}` }),
    );
  }

  /** Ends the process and removes its data. */
  async dispose() {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
    await rm(this.logFile, { force: true });
  }
}
