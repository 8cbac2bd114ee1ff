// Postfix's smtp-sink, which keeps every mail transaction in a file of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from './rapport_server.js';

const binary = ['/usr/sbin/smtp-sink', '/usr/bin/smtp-sink'].find(existsSync);

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

export class SmtpSink {
  #process;

  static async start() {
    const sink = new SmtpSink();
    sink.port = await freePort();
    sink.directory = await mkdtemp(join(tmpdir(), 'rapport-sink-'));
    await chmod(sink.directory, 0o777);
    const user = process.getuid() === 0 ? ['-u', 'nobody'] : [];
    const options = [...user, '-d', 'mail.', `127.0.0.1:${sink.port}`, '1024'];
    sink.#process = spawn(binary, options, { cwd: sink.directory, stdio: 'ignore' });
    await eventually('smtp-sink listens', () => listens(sink.port));
    return sink;
  }

  get url() {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** The mails that came whole: those that hold `lastLine`. */
  async messages(lastLine) {
    const mails = [];
    for (const name of await readdir(this.directory)) {
      mails.push(await readFile(join(this.directory, name), 'utf8'));
    }
    return mails.filter((mail) => mail.includes(lastLine));
  }

  /** Their recipients. */
  async recipients(lastLine) {
    const mails = await this.messages(lastLine);
    return mails.flatMap((mail) => Array.from(mail.matchAll(/^X-Rcpt-Args: <([^>]*)>/gm), (match) => match[1]));
  }

  async dispose() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
    await rm(this.directory, { recursive: true, force: true });
  }
}
