// The console's way in: users, sessions, roles, keys and the audit log, with plain requests as a browser sends them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateAppCommand, GetAppsCommand, PutEventsCommand, UpdateEndpointCommand } from '@aws-sdk/client-pinpoint';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { sdkClients } from '../harness/clients.js';
import { ConsoleSession, administratorOf, consoleLink } from '../harness/console_session.js';
import { startPostgres } from '../harness/postgres.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer, eventually } from '../harness/rapport_server.js';

const password = 'correct horse battery';
const api = '/rapport/v1';

/** The name of the error a promise rejects with. */
const refusal = (promise) =>
  promise.then(
    () => assert.fail('the call should have failed'),
    (error) => error.name,
  );

for (const inPostgres of [false, true]) {
  describe(`the console's way in, over ${inPostgres ? 'PostgreSQL' : 'a data directory'}`, () => {
    let postgres;
    let server;
    let administrator;
    let app;

    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    /** A new user of this role, logged in. */
    async function userOf(role, name = `${role.toLowerCase()}@example.org`) {
      const invited = await administrator.call('POST', `${api}/users`, { UserName: name, Role: role });
      assert.equal(invited.status, 201, JSON.stringify(invited.body));
      const session = new ConsoleSession(server);
      assert.equal((await session.accept(invited.body.Token, password)).status, 201);
      session.id = invited.body.User.Id;
      return session;
    }

    const entries = async (query = '') => (await administrator.call('GET', `${api}/audit-entries?${query}`)).body.Item;

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

    describe('a role', () => {
      const channel = () => `/v1/apps/${app}/channels/sms`;
      const attempts = () => [
        ['VIEWER', 'GET', '/v1/apps'],
        ['VIEWER', 'GET', `/v1/apps/${app}/segments`],
        ['MARKETER', 'POST', '/v1/apps', { Name: 'by role' }],
        ['MARKETER', 'POST', `/v1/apps/${app}/segments`, { Name: 'all', Dimensions: {} }],
        ['DEVELOPER', 'PUT', channel(), { Enabled: true }],
        ['DEVELOPER', 'GET', `${api}/access-keys`],
        ['DEVELOPER', 'GET', `${api}/apps/${app}/publishable-keys`],
        ['ADMINISTRATOR', 'GET', `${api}/users`],
        ['ADMINISTRATOR', 'GET', `${api}/audit-entries`],
        ['ADMINISTRATOR', 'DELETE', `/v1/apps/${'0'.repeat(32)}`],
      ];
      const order = ['VIEWER', 'MARKETER', 'DEVELOPER', 'ADMINISTRATOR'];

      for (const role of order) {
        it(`of ${role} allows what it should and nothing else`, async () => {
          const session = role === 'ADMINISTRATOR' ? administrator : await userOf(role);
          const { Operations } = (await session.call('GET', `${api}/session`)).body;
          for (const [least, method, path, document] of attempts()) {
            const answer = await session.call(method, path, document);
            const allowed = order.indexOf(role) >= order.indexOf(least);
            assert.equal(answer.error !== 'ForbiddenException', allowed, `${role} ${method} ${path}: ${answer.status}`);
            if (allowed) continue;
            assert.equal(answer.status, 403);
            assert.match(answer.body.Message, new RegExp(`^The role ${role} may not call [A-Za-z]+; it needs ${least}$`));
            const [, refused] = /call (\w+);/.exec(answer.body.Message);
            assert.ok(!Operations.some((name) => name.endsWith(`.${refused}`)), refused);
          }
          assert.ok(Operations.includes('pinpoint.GetApps'));
          assert.equal(Operations.includes('rapport.CreateUser'), role === 'ADMINISTRATOR');
        });
      }

      it('counts from the moment it is changed', async () => {
        const user = await userOf('MARKETER', 'changed@example.org');
        const create = () => user.call('POST', '/v1/apps', { Name: 'x' });
        assert.equal((await create()).status, 201);
        const demoted = await administrator.call('PUT', `${api}/users/${user.id}`, { Role: 'VIEWER' });
        assert.equal(demoted.body.Role, 'VIEWER');
        assert.equal((await create()).status, 403);
        await administrator.call('PUT', `${api}/users/${user.id}`, { Disabled: true });
        assert.equal((await user.call('GET', '/v1/apps')).status, 401);
        assert.equal((await user.logIn('changed@example.org', password)).status, 403);
      });
    });

    describe('users', () => {
      it('are invited, listed, given new passwords and deleted', async () => {
        const user = await userOf('VIEWER', 'short-lived@example.org');
        const taken = await administrator.call('POST', `${api}/users`, { UserName: 'Short-Lived@example.org', Role: 'VIEWER' });
        assert.equal(taken.status, 409);
        const link = await administrator.call('POST', `${api}/users/${user.id}/password-link`);
        assert.equal(link.body.Path, `/invitation?token=${link.body.Token}`);
        assert.equal((await user.accept(link.body.Token, 'another password')).status, 201);
        assert.equal((await user.accept(link.body.Token, 'another password')).status, 403);
        const byOperator = await consoleLink(server, '--reset-password', 'short-lived@example.org');
        assert.equal((await user.accept(byOperator, 'a third password')).status, 201);
        const names = [];
        for (let token = ''; token !== undefined; ) {
          const { body } = await administrator.call('GET', `${api}/users?page-size=3&token=${encodeURIComponent(token)}`);
          names.push(...body.Item.map((item) => item.UserName));
          token = body.NextToken;
        }
        assert.equal(names.filter((name) => name === 'short-lived@example.org').length, 1);
        assert.equal((await administrator.call('DELETE', `${api}/users/${user.id}`)).status, 200);
        assert.equal((await user.call('GET', `${api}/session`)).status, 401);
        for (const [method, path, document] of [
          ['DELETE', `${api}/users/${user.id}`],
          ['PUT', `${api}/users/${user.id}`, { Role: 'VIEWER' }],
          ['POST', `${api}/users/${user.id}/password-link`],
        ]) {
          assert.equal((await administrator.call(method, path, document)).status, 404);
        }
      });

      it('always include an administrator', async () => {
        const { Id } = (await administrator.call('GET', `${api}/session`)).body.User;
        for (const [method, document] of [['DELETE'], ['PUT', { Role: 'VIEWER' }], ['PUT', { Disabled: true }]]) {
          const refused = await administrator.call(method, `${api}/users/${Id}`, document);
          assert.deepEqual([refused.status, refused.error], [409, 'ConflictException']);
        }
      });
    });

    describe('access keys', () => {
      it('are made for the SDK, disabled, enabled and deleted', async () => {
        const developer = await userOf('DEVELOPER', 'keys@example.org');
        const made = await developer.call('POST', `${api}/access-keys`, { Note: 'shop' });
        assert.equal(made.status, 201);
        const { AccessKeyId, Role } = made.body.AccessKey;
        assert.equal(Role, 'DEVELOPER');
        const credentials = { accessKeyId: AccessKeyId, secretAccessKey: made.body.SecretAccessKey };
        const { pinpoint } = sdkClients(server, { credentials });
        await pinpoint.send(new GetAppsCommand({}));
        const listed = await developer.call('GET', `${api}/access-keys?page-size=1000`);
        assert.ok(listed.body.Item.some((key) => key.AccessKeyId === AccessKeyId && key.Enabled));
        assert.ok(!JSON.stringify(listed.body).includes(made.body.SecretAccessKey));
        const write = (Enabled) => developer.call('PUT', `${api}/access-keys/${AccessKeyId}`, { Enabled });
        assert.equal((await write(false)).body.Enabled, false);
        assert.equal(await refusal(pinpoint.send(new GetAppsCommand({}))), 'UnrecognizedClientException');
        assert.equal((await write(true)).status, 200);
        await pinpoint.send(new GetAppsCommand({}));
        assert.equal((await developer.call('DELETE', `${api}/access-keys/${AccessKeyId}`)).status, 200);
        assert.equal(await refusal(pinpoint.send(new GetAppsCommand({}))), 'UnrecognizedClientException');
        assert.equal((await write(true)).status, 404);
        assert.equal((await developer.call('DELETE', `${api}/access-keys/${AccessKeyId}`)).status, 404);
      });

      it('can do no more than who makes them', async () => {
        const developer = await userOf('DEVELOPER', 'ambitious@example.org');
        const refused = await developer.call('POST', `${api}/access-keys`, { Role: 'ADMINISTRATOR' });
        assert.equal(refused.error, 'ForbiddenException');
        const first = server.credentials.accessKeyId;
        for (const answer of [
          await developer.call('DELETE', `${api}/access-keys/${first}`),
          await developer.call('PUT', `${api}/access-keys/${first}`, { Enabled: false }),
        ]) {
          assert.equal(answer.error, 'ForbiddenException');
        }
      });

      it('carry a role to the SDK and to the object store', async () => {
        const made = await administrator.call('POST', `${api}/access-keys`, { Role: 'VIEWER' });
        const credentials = { accessKeyId: made.body.AccessKey.AccessKeyId, secretAccessKey: made.body.SecretAccessKey };
        const { pinpoint, s3 } = sdkClients(server, { credentials });
        await pinpoint.send(new GetAppsCommand({}));
        const create = new CreateAppCommand({ CreateApplicationRequest: { Name: 'x' } });
        assert.equal(await refusal(pinpoint.send(create)), 'ForbiddenException');
        assert.equal(await refusal(s3.send(new ListBucketsCommand({}))), 'AccessDenied');
        await sdkClients(server).s3.send(new ListBucketsCommand({}));
      });

      it('of an operator do what an administrator does, and have no session', async () => {
        const call = rapportApi(server);
        const who = await call('GET', `${api}/session`);
        assert.deepEqual([who.Role, who.AccessKeyId, who.User], ['ADMINISTRATOR', server.credentials.accessKeyId, undefined]);
        const invited = await call('POST', `${api}/users`, { UserName: 'by-key@example.org', Role: 'VIEWER' });
        assert.equal(invited.User.UserStatus, 'INVITED');
        for (const [method, path, document] of [
          ['DELETE', `${api}/session`],
          ['DELETE', `${api}/sessions`],
          ['PUT', `${api}/session/password`, { CurrentPassword: password, NewPassword: password }],
        ]) {
          await assert.rejects(call(method, path, document), { name: 'BadRequestException' });
        }
      });
    });

    describe('publishable keys', () => {
      const endpoint = { ChannelType: 'EMAIL', Address: 'a@example.org' };
      const origin = 'https://shop.example';
      let key;

      const send = (method, path, document, headers = {}) =>
        new ConsoleSession(server).call(method, path, document, { 'x-rapport-publishable-key': key, origin, ...headers });

      it('are made with allowed origins', async () => {
        const made = await administrator.call('POST', `${api}/apps/${app}/publishable-keys`, {
          Note: 'web shop',
          AllowedOrigins: [origin],
        });
        assert.equal(made.status, 201);
        key = made.body.PublishableKey;
        assert.match(key, /^pk_/);
        const listed = await administrator.call('GET', `${api}/apps/${app}/publishable-keys`);
        assert.deepEqual(listed.body.Item, [made.body]);
        const wrong = await administrator.call('POST', `${api}/apps/${app}/publishable-keys`, { AllowedOrigins: ['*'] });
        assert.equal(wrong.status, 400);
        const nowhere = await administrator.call('POST', `${api}/apps/none/publishable-keys`, {});
        assert.equal(nowhere.status, 404);
      });

      it('write endpoints and events of their application, and read in-app messages', async () => {
        assert.equal((await send('PUT', `/v1/apps/${app}/endpoints/web-1`, endpoint)).status, 202);
        const batch = {
          BatchItem: {
            'web-1': { Endpoint: {}, Events: { e: { EventType: 'page.view', Timestamp: new Date().toISOString() } } },
          },
        };
        const put = await send('POST', `/v1/apps/${app}/events`, batch);
        assert.equal(put.status, 202, JSON.stringify(put.body));
        assert.equal(put.headers.get('access-control-allow-origin'), '*');
        assert.notEqual((await send('GET', `/v1/apps/${app}/endpoints/web-1/inappmessages`)).error, 'ForbiddenException');
      });

      it('do nothing else, nowhere else, for nobody else', async () => {
        const other = (await administrator.call('POST', '/v1/apps', { Name: 'other' })).body.Id;
        for (const [method, path, document, headers] of [
          ['GET', `/v1/apps/${app}/endpoints/web-1`],
          ['DELETE', `/v1/apps/${app}/endpoints/web-1`],
          ['GET', '/v1/apps'],
          ['GET', `${api}/session`],
          ['PUT', `/v1/apps/${other}/endpoints/web-1`, endpoint],
          ['PUT', `/v1/apps/${app}/endpoints/web-1`, endpoint, { origin: 'https://evil.example' }],
          ['PUT', `/v1/apps/${app}/endpoints/web-1`, endpoint, { origin: null }],
        ]) {
          const refused = await send(method, path, document, headers);
          assert.deepEqual([refused.status, refused.error], [403, 'ForbiddenException'], `${method} ${path}`);
        }
      });

      it('are let through by browsers, and revoked', async () => {
        const preflight = await fetch(`${server.endpoint}/v1/apps/${app}/events`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type,x-rapport-publishable-key',
          },
        });
        assert.match(preflight.headers.get('access-control-allow-headers'), /x-rapport-publishable-key/);
        const path = `${api}/apps/${app}/publishable-keys/${key}`;
        assert.equal((await administrator.call('DELETE', path)).status, 200);
        assert.equal((await administrator.call('DELETE', path)).status, 404);
        const refused = await send('PUT', `/v1/apps/${app}/endpoints/web-1`, endpoint);
        assert.equal(refused.error, 'UnrecognizedClientException');
      });
    });

    describe('the audit log', () => {
      it('tells who changed what, by session and by key, also what was refused', async () => {
        const marketer = await userOf('MARKETER', 'audited@example.org');
        const made = await marketer.call('POST', '/v1/apps', { Name: 'audited' });
        await marketer.call('GET', `/v1/apps/${made.body.Id}`);
        await marketer.call('DELETE', `/v1/apps/${made.body.Id}`);
        const [refused, created, entered] = await entries('actor-name=audited@example.org');
        assert.deepEqual(
          [refused.Operation, refused.StatusCode, refused.ResourcePath, refused.ApplicationId],
          ['DeleteApp', 403, `/v1/apps/${made.body.Id}`, made.body.Id],
        );
        assert.deepEqual([created.Operation, created.Service, created.StatusCode], ['CreateApp', 'pinpoint', 201]);
        assert.deepEqual([created.ActorType, created.ActorId], ['USER', marketer.id]);
        assert.equal(created.RemoteAddress, '127.0.0.1');
        assert.equal(entered.Operation, 'AcceptInvitation');
        const { accessKeyId } = server.credentials;
        await sdkClients(server).pinpoint.send(new CreateAppCommand({ CreateApplicationRequest: { Name: 'by key' } }));
        const [byKey] = await entries(`actor-id=${accessKeyId}&operation=CreateApp`);
        assert.deepEqual([byKey.ActorType, byKey.ActorName], ['ACCESS_KEY', accessKeyId]);
      });

      it('has wrong passwords, and not the streams of keys', async () => {
        await new ConsoleSession(server).logIn('intruder@example.org', 'wrong password');
        const [tried] = await entries('actor-name=intruder@example.org');
        assert.deepEqual([tried.ActorType, tried.Operation, tried.StatusCode], ['ANONYMOUS', 'CreateSession', 403]);
        const { pinpoint } = sdkClients(server);
        const EndpointRequest = { ChannelType: 'EMAIL', Address: 'b@example.org' };
        await pinpoint.send(new UpdateEndpointCommand({ ApplicationId: app, EndpointId: 'streamed', EndpointRequest }));
        await pinpoint.send(
          new PutEventsCommand({
            ApplicationId: app,
            EventsRequest: {
              BatchItem: {
                streamed: { Endpoint: {}, Events: { e: { EventType: 'x', Timestamp: new Date().toISOString() } } },
              },
            },
          }),
        );
        assert.deepEqual(await entries('actor-id=' + server.credentials.accessKeyId + '&operation=UpdateEndpoint'), []);
        assert.deepEqual(await entries('operation=PutEvents'), []);
        await administrator.call('PUT', `/v1/apps/${app}/endpoints/by-hand`, EndpointRequest);
        assert.equal((await entries('operation=UpdateEndpoint')).length, 1, 'a person who changes an endpoint is noted');
      });

      it('is read in pages and by time', async () => {
        const all = await entries('page-size=1000');
        const seen = [];
        for (let token = ''; token !== undefined; ) {
          const { body } = await administrator.call(
            'GET',
            `${api}/audit-entries?page-size=7&token=${encodeURIComponent(token)}`,
          );
          seen.push(...body.Item.map((item) => item.Id));
          token = body.NextToken;
        }
        assert.deepEqual(
          seen,
          all.map((item) => item.Id),
        );
        const { Date: middle } = all[Math.floor(all.length / 2)];
        const later = await entries(`page-size=1000&start-time=${middle}`);
        const earlier = await entries(`page-size=1000&end-time=${middle}`);
        assert.ok(later.length > 0 && earlier.length > 0);
        assert.equal(later.length + earlier.length, all.length);
        const wrong = await administrator.call('GET', `${api}/audit-entries?start-time=yesterday`);
        assert.equal(wrong.status, 400);
      });
    });
  });
}

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
