// The console's way in: the first administrator, sessions and passwords, with plain requests as a browser sends them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ConsoleSession, administratorOf, consoleLink } from '../harness/console_session.js';
import { api, describeConsole, password } from '../harness/console_world.js';
import { RapportServer, eventually } from '../harness/rapport_server.js';

describeConsole("the console's way in", { administrator: false }, (world, inPostgres) => {
  let server;
  let administrator;
  let app;
  before(() => ({ server } = world));
  const { userOf } = world;

  describe('before there is an administrator', () => {
    it('prints the link at the start, and asks for one', async () => {
      await eventually('the link is printed', async () => /\/welcome\?token=[0-9a-f]{64}\n/.test(await server.log()));
      const welcome = await new ConsoleSession(server).call('GET', `${api}/welcome`);
      assert.deepEqual(welcome.body, { AdministratorNeeded: true });
    });

    it('refuses a token that is none, and a weak password', async () => {
      const session = new ConsoleSession(server);
      const wrong = await session.createAdministrator('0'.repeat(64), 'eve', password);
      assert.deepEqual([wrong.status, wrong.error], [403, 'ForbiddenException']);
      const short = await session.createAdministrator(await consoleLink(server), 'eve', 'short');
      assert.equal(short.status, 400);
      const same = await session.createAdministrator(await consoleLink(server), 'eve@example.org', 'eve@example.org');
      assert.equal(same.status, 400);
      assert.equal(session.cookie, '');
    });

    it('makes the administrator by the printed link, once', async () => {
      const [, token] = /\/welcome\?token=([0-9a-f]{64})/.exec(await server.log());
      administrator = new ConsoleSession(server);
      world.administrator = administrator;
      const made = await administrator.createAdministrator(token, 'ann@example.org', password);
      assert.equal(made.status, 201);
      assert.equal(made.body.Role, 'ADMINISTRATOR');
      assert.equal(made.body.User.UserName, 'ann@example.org');
      assert.match(made.body.ServerVersion, /^\d+\.\d+\.\d+$/);
      const again = await new ConsoleSession(server).createAdministrator(token, 'eve', password);
      assert.deepEqual([again.status, again.error], [409, 'ConflictException']);
      await assert.rejects(consoleLink(server), /There is an administrator already/);
      assert.equal((await administrator.call('GET', `${api}/welcome`)).body.AdministratorNeeded, false);
    });
  });

  describe('a session', () => {
    it('lives in a cookie that scripts and other sites cannot use', async () => {
      const session = new ConsoleSession(server);
      const made = await session.logIn('ANN@example.org', password);
      assert.equal(made.status, 201);
      const [cookie] = made.headers.getSetCookie();
      assert.match(cookie, /^rapport_session=[0-9a-f]{64}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/);
      assert.equal(made.headers.get('cache-control'), 'no-store');
      assert.ok(!JSON.stringify(made.body).includes(session.token));
      const secure = await new ConsoleSession(server).call(
        'POST',
        `${api}/sessions`,
        { UserName: 'ann@example.org', Password: password },
        { 'x-forwarded-proto': 'https' },
      );
      assert.match(secure.headers.getSetCookie()[0], /; Secure$/);
    });

    it('says who it is and calls every service', async () => {
      const session = await administrator.call('GET', `${api}/session`);
      assert.equal(session.body.User.Role, 'ADMINISTRATOR');
      assert.equal(session.body.Account, '000000000000');
      assert.equal(session.headers.get('access-control-allow-origin'), null);
      assert.equal(session.headers.get('cache-control'), 'no-store');
      const created = await administrator.call('POST', '/v1/apps', { Name: 'film club' });
      assert.equal(created.status, 201);
      app = created.body.Id;
      const target = { 'x-amz-target': 'AmazonPersonalize.ListDatasetGroups' };
      const groups = await administrator.call('POST', '/', {}, { ...target, 'content-type': 'application/x-amz-json-1.1' });
      assert.deepEqual(groups.body, { datasetGroups: [] });
    });

    it('changes nothing without its own CSRF token, from another origin or by a form', async () => {
      const create = (headers) => administrator.call('POST', '/v1/apps', { Name: 'forged' }, headers);
      const other = new ConsoleSession(server);
      await other.logIn('ann@example.org', password);
      for (const headers of [
        { 'x-rapport-csrf': null },
        { 'x-rapport-csrf': '0'.repeat(64) },
        { 'x-rapport-csrf': other.csrfToken },
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'content-type': 'text/plain' },
      ]) {
        const refused = await create(headers);
        assert.deepEqual([refused.status, refused.error], [403, 'ForbiddenException'], JSON.stringify(headers));
      }
      assert.equal((await create({ origin: server.endpoint, 'sec-fetch-site': 'same-origin' })).status, 201);
      const login = { UserName: 'ann@example.org', Password: password };
      const foreign = await new ConsoleSession(server).call('POST', `${api}/sessions`, login, { origin: 'https://evil.example' });
      assert.equal(foreign.status, 403, 'nobody is logged in by another page');
      const preflight = await fetch(`${server.endpoint}/v1/apps`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-rapport-csrf',
        },
      });
      assert.doesNotMatch(preflight.headers.get('access-control-allow-headers'), /csrf/);
    });

    it('never continues a token that it did not give', async () => {
      const session = new ConsoleSession(server);
      session.token = 'f'.repeat(64);
      const refused = await session.call('GET', `${api}/session`);
      assert.deepEqual([refused.status, refused.error], [401, 'UnauthorizedException']);
      assert.equal((await session.logIn('ann@example.org', password)).status, 201);
      assert.notEqual(session.token, 'f'.repeat(64));
    });

    it('ends by itself or everywhere', async () => {
      const [one, two, three] = [new ConsoleSession(server), new ConsoleSession(server), new ConsoleSession(server)];
      const ann = await userOf('VIEWER', 'everywhere@example.org');
      for (const session of [one, two, three]) await session.logIn('everywhere@example.org', password);
      const stolen = new ConsoleSession(server);
      stolen.token = one.token;
      const ended = await one.call('DELETE', `${api}/session`);
      assert.equal(ended.status, 204);
      assert.match(ended.headers.getSetCookie()[0], /^rapport_session=; Path=\/; Max-Age=0;/);
      assert.equal(one.cookie, '');
      assert.equal((await stolen.call('GET', `${api}/session`)).status, 401, 'the token is dead, not only forgotten');
      assert.equal((await two.call('GET', `${api}/session`)).status, 200);
      assert.equal((await two.call('DELETE', `${api}/sessions`)).status, 204);
      for (const session of [three, ann]) assert.equal((await session.call('GET', `${api}/session`)).status, 401);
      assert.equal((await administrator.call('GET', `${api}/session`)).status, 200);
    });

    it('does not outlive its password', async () => {
      const user = await userOf('VIEWER', 'changing@example.org');
      const elsewhere = new ConsoleSession(server);
      await elsewhere.logIn('changing@example.org', password);
      const before = user.token;
      const change = (CurrentPassword, NewPassword) =>
        user.call('PUT', `${api}/session/password`, { CurrentPassword, NewPassword });
      assert.equal((await change('wrong password', 'another password')).status, 403);
      assert.equal((await change(password, 'another password')).status, 200);
      assert.notEqual(user.token, before);
      assert.equal((await user.call('GET', `${api}/session`)).status, 200);
      assert.equal((await elsewhere.call('GET', `${api}/session`)).status, 401);
      assert.equal((await elsewhere.logIn('changing@example.org', password)).status, 403);
      assert.equal((await elsewhere.logIn('changing@example.org', 'another password')).status, 201);
    });

    it('is stored as a hash, and so are links', { skip: inPostgres }, async () => {
      const invited = await administrator.call('POST', `${api}/users`, { UserName: 'stored@example.org', Role: 'VIEWER' });
      await server.stop();
      const stored = Buffer.concat(
        await Promise.all(
          ['rapport.db', 'rapport.db-wal'].map((file) => readFile(join(server.directory, file)).catch(() => Buffer.alloc(0))),
        ),
      );
      await server.launch();
      for (const secret of [administrator.token, invited.body.Token, password]) {
        assert.equal(stored.indexOf(secret), -1);
      }
      assert.ok(stored.indexOf('$argon2id$') > 0);
      assert.equal((await administrator.call('GET', `${api}/session`)).status, 200, 'it outlives a restart');
    });

    it('is asked for where there is none', async () => {
      const nobody = new ConsoleSession(server);
      assert.equal((await nobody.call('GET', `${api}/session`)).status, 403);
      assert.equal((await nobody.call('GET', '/v1/apps')).error, 'MissingAuthenticationTokenException');
    });
  });

  it('slows down whoever guesses, alike for names that nobody has', async () => {
    await userOf('VIEWER', 'guessed@example.org');
    for (const name of ['guessed@example.org', 'nobody@example.org']) {
      const answers = [];
      for (let i = 0; i < 8; ++i) answers.push(await new ConsoleSession(server).logIn(name, `guess number ${i}`));
      const wrong = answers.filter((answer) => answer.status === 403);
      const limited = answers.filter((answer) => answer.status === 429);
      assert.ok(wrong.length >= 5 && limited.length >= 1, answers.map((answer) => answer.status).join());
      assert.equal(new Set(wrong.map((answer) => answer.body.Message)).size, 1);
      assert.equal(limited[0].error, 'TooManyRequestsException');
      assert.ok(Number(limited[0].headers.get('retry-after')) >= 1);
    }
    await server.stop();
    await server.launch();
    const after = [];
    for (let i = 0; i < 3; ++i) after.push((await new ConsoleSession(server).logIn('guessed@example.org', 'x')).status);
    assert.ok(after.includes(429), `a restart forgets nothing: ${after}`);
  });
});

describe('behind a reverse proxy', () => {
  let server;
  before(async () => {
    server = await RapportServer.start({ environment: { RAPPORT_PROXIES: '127.0.0.1, 10.0.0.1' } });
    await administratorOf(server);
  });
  after(() => server?.dispose());

  const guess = (name, forwarded) =>
    new ConsoleSession(server).call(
      'POST',
      `${api}/sessions`,
      { UserName: name, Password: 'wrong password' },
      { 'x-forwarded-for': forwarded },
    );

  it('slows down the address that the proxy tells, whatever its client adds', async () => {
    const answers = [];
    for (let i = 0; i < 33; ++i) answers.push((await guess(`user-${i}`, `192.0.2.${i}, 198.51.100.7, 10.0.0.1`)).status);
    assert.ok(answers.slice(0, 31).every((status) => status === 403), answers.join());
    assert.ok(answers.slice(31).includes(429), answers.join());
    assert.equal((await guess('another', '198.51.100.8')).status, 403, 'others may try');
  });
});
