// Roles and users of the console, and the audit log of what they changed.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CreateAppCommand, PutEventsCommand, UpdateEndpointCommand } from '@aws-sdk/client-pinpoint';
import { sdkClients } from '../harness/clients.js';
import { ConsoleSession, consoleLink } from '../harness/console_session.js';
import { api, describeConsole, password } from '../harness/console_world.js';

describeConsole("the console's users", { administrator: true }, (world) => {
  let server;
  let administrator;
  let app;
  before(() => ({ server, administrator, app } = world));
  const { userOf, entries } = world;

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
