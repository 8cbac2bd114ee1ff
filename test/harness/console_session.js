// A browser's tab as the server sees it: it keeps the session's cookie and sends it along.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { binary } from './rapport_server.js';

const run = promisify(execFile);

/** The token of a new link that `rapport console-link` prints. */
export async function consoleLink(server, ...options) {
  const { stdout } = await run(binary, ['console-link', '--data', server.directory, ...options], {
    env: server.environment,
  });
  return new URL(stdout.trim()).searchParams.get('token');
}

export class ConsoleSession {
  #cookies = new Map();

  constructor(server) {
    this.endpoint = server.endpoint;
    this.csrfToken = null;
  }

  get cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The session's secret, to look for it where it should not be or to use it elsewhere. */
  get token() {
    return this.#cookies.get('rapport_session');
  }

  set token(value) {
    this.#cookies.set('rapport_session', value);
  }

  #keep(answer) {
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  /** Sends a call as the console does. `{ status, error, headers, body }`. `headers` with null leave one out. */
  async call(method, path, document, headers = {}) {
    const sent = {
      ...(this.cookie && { cookie: this.cookie }),
      ...(this.csrfToken && { 'x-rapport-csrf': this.csrfToken }),
      ...(document !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    };
    const answer = await fetch(this.endpoint + path, {
      method,
      headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null)),
      body: document === undefined ? undefined : JSON.stringify(document),
    });
    this.#keep(answer);
    const text = await answer.text();
    const body = text.startsWith('{') ? JSON.parse(text) : text;
    if (body.CsrfToken) this.csrfToken = body.CsrfToken;
    return { status: answer.status, error: answer.headers.get('x-amzn-errortype'), headers: answer.headers, body };
  }

  logIn(UserName, Password) {
    return this.call('POST', '/rapport/v1/sessions', { UserName, Password });
  }

  accept(Token, Password) {
    return this.call('POST', '/rapport/v1/invitations', { Token, Password });
  }

  createAdministrator(Token, UserName, Password) {
    return this.call('POST', '/rapport/v1/administrator', { Token, UserName, Password });
  }
}

/** A server's administrator, logged in. REQUIRES that it has none yet. */
export async function administratorOf(server, name = 'ann@example.org', password = 'correct horse battery') {
  const session = new ConsoleSession(server);
  const made = await session.createAdministrator(await consoleLink(server), name, password);
  if (made.status !== 201) throw new Error(`The administrator was not made: ${JSON.stringify(made.body)}`);
  return session;
}
