// Access keys of programs and publishable keys of web pages, made by the console's developers.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { CreateAppCommand, GetAppsCommand } from '@aws-sdk/client-pinpoint';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { sdkClients } from '../harness/clients.js';
import { ConsoleSession } from '../harness/console_session.js';
import { api, describeConsole, password } from '../harness/console_world.js';
import { rapportApi } from '../harness/rapport_api.js';

/** The name of the error a promise rejects with. */
const refusal = (promise) =>
  promise.then(
    () => assert.fail('the call should have failed'),
    (error) => error.name,
  );

describeConsole("the console's keys", { administrator: true }, (world) => {
  let server;
  let administrator;
  let app;
  before(() => ({ server, administrator, app } = world));
  const { userOf } = world;

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
});
