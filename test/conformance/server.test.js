// The server as a process, and what every service does with requests that are not right.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CreateDatasetGroupCommand, DescribeDatasetGroupCommand } from '@aws-sdk/client-personalize';
import { CreateAppCommand, CreateJourneyCommand, GetAppCommand, GetAppsCommand } from '@aws-sdk/client-pinpoint';
import { aws, sdkClients, sendRaw } from '../harness/clients.js';
import { RapportServer } from '../harness/rapport_server.js';

/** The error a promise rejects with. */
async function errorOf(promise) {
  const answer = await promise.then(
    () => null,
    (error) => error,
  );
  assert.ok(answer, 'the call should have failed');
  return answer;
}

const statusOf = (error) => error.$metadata.httpStatusCode;

describe('a server', () => {
  let server;
  before(async () => {
    server = await RapportServer.start();
  });
  after(() => server?.dispose());

  it('answers its health checks without a signature', async () => {
    assert.equal((await fetch(`${server.endpoint}/healthz`)).status, 200);
    assert.equal((await fetch(`${server.endpoint}/readyz`)).status, 200);
  });

  it('shows the console where a browser asks for a page, and only there', async () => {
    for (const path of ['/', '/apps/1/segments', '/welcome?token=none']) {
      const page = await fetch(server.endpoint + path, { headers: { accept: 'text/html,*/*;q=0.8' } });
      assert.ok([200, 503].includes(page.status), 'the page, or that it was not built');
      assert.match(page.headers.get('content-type'), /^text\/html/);
      assert.match(page.headers.get('content-security-policy'), /default-src 'self'/);
      assert.match(await page.text(), /<!doctype html>/i);
    }
    const call = await fetch(`${server.endpoint}/v1/apps`, { headers: { accept: 'text/html' } });
    assert.equal(call.status, 403);
    assert.equal(call.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException');
    assert.equal((await fetch(`${server.endpoint}/`, { headers: { accept: 'application/json' } })).status, 403);
    assert.equal((await fetch(`${server.endpoint}/`, { method: 'POST', headers: { accept: 'text/html' } })).status, 403);
  });

  it('publishes every operation as OpenAPI', async () => {
    const answer = await fetch(`${server.endpoint}/openapi.json`);
    assert.equal(answer.status, 200);
    const document = await answer.json();
    const operations = Object.values(document.paths).flatMap((path) => Object.keys(path));
    assert.equal(document.openapi, '3.1.0');
    assert.equal(operations.length, 122 + 71 + 3 + 5 + 42 + 8 + 84);
  });

  it('keeps an application for the SDK and the CLI', async () => {
    const { pinpoint } = sdkClients(server);
    const created = await pinpoint.send(new CreateAppCommand({ CreateApplicationRequest: { Name: 'film club' } }));
    assert.equal(created.$metadata.httpStatusCode, 201);
    assert.match(created.ApplicationResponse.Id, /^[0-9a-f]{32}$/);
    const listed = await aws(server, 'pinpoint', 'get-apps');
    assert.deepEqual(
      listed.ApplicationsResponse.Item.map((item) => item.Id),
      [created.ApplicationResponse.Id],
    );
  });

  it('counts the requests it let in', async () => {
    await sdkClients(server).pinpoint.send(new GetAppsCommand({}));
    const metrics = await (await fetch(`${server.endpoint}/metrics`)).text();
    assert.match(metrics, /^rapport_requests_total\{service="mobiletargeting"\} [1-9]/m);
  });

  it('stores what aws s3 copies', async () => {
    const file = join(server.directory, 'hello.txt');
    await writeFile(file, 'hello');
    await aws(server, 's3', 'mb', 's3://conformance');
    await aws(server, 's3', 'cp', file, 's3://conformance/a b/hello.txt');
    assert.equal(await aws(server, 's3', 'cp', 's3://conformance/a b/hello.txt', '-'), 'hello');
  });

  it('refuses a wrong secret and an unknown key', async () => {
    const { accessKeyId } = server.credentials;
    for (const credentials of [
      { accessKeyId, secretAccessKey: 'wrong' },
      { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'wrong' },
    ]) {
      const error = await errorOf(sdkClients(server, { credentials }).pinpoint.send(new GetAppsCommand({})));
      assert.equal(statusOf(error), 403, error.message);
    }
    assert.equal((await fetch(`${server.endpoint}/v1/apps`)).status, 403);
  });

  it('names what is wrong with a Pinpoint request', async () => {
    const create = new CreateAppCommand({ CreateApplicationRequest: { Name: 'x' } });
    for (const [body, expected] of [
      ['{', /Malformed JSON/],
      ['{}', /CreateApplicationRequest\.Name is required/],
      ['{"Name":7}', /CreateApplicationRequest\.Name must be a string/],
      ['{"Name":"x","Nmae":1}', /CreateApplicationRequest\.Nmae is not a member/],
    ]) {
      const error = await errorOf(sendRaw(sdkClients(server).pinpoint, body).send(create));
      assert.equal(error.name, 'BadRequestException');
      assert.match(error.message ?? error.Message, expected);
      assert.equal(statusOf(error), 400);
    }
  });

  it('names what is wrong with a Personalize request', async () => {
    const { personalize } = sdkClients(server);
    const missing = 'arn:aws:personalize:us-east-1:000000000000:dataset-group/none';
    const unknown = await errorOf(personalize.send(new DescribeDatasetGroupCommand({ datasetGroupArn: missing })));
    assert.equal(unknown.name, 'ResourceNotFoundException');
    const invalid = await errorOf(personalize.send(new CreateDatasetGroupCommand({ name: '-no-' })));
    assert.equal(invalid.name, 'InvalidInputException');
    assert.match(invalid.message, /name must match/);
  });

  it('tells unknown things, unbuilt operations and wrong routes apart', async () => {
    const { pinpoint } = sdkClients(server);
    const missing = await errorOf(pinpoint.send(new GetAppCommand({ ApplicationId: '0'.repeat(32) })));
    assert.equal(missing.name, 'NotFoundException');
    const journey = { ApplicationId: '0'.repeat(32), WriteJourneyRequest: { Name: 'x' } };
    const unbuilt = await errorOf(pinpoint.send(new CreateJourneyCommand(journey)));
    assert.equal(statusOf(unbuilt), 501);
    const cli = await errorOf(aws(server, 'pinpoint', 'get-app', '--application-id', 'none'));
    assert.match(cli.stderr, /NotFoundException/);
  });

  it('stops cleanly and comes back with its data, also after kill -9', async () => {
    const count = async () => (await sdkClients(server).pinpoint.send(new GetAppsCommand({}))).ApplicationsResponse.Item.length;
    const expected = await count();
    assert.equal(await server.stop(), 0);
    await server.launch();
    assert.equal(await count(), expected);
    await sdkClients(server).pinpoint.send(new CreateAppCommand({ CreateApplicationRequest: { Name: 'last' } }));
    await server.kill();
    await server.launch();
    assert.equal(await count(), expected + 1);
  });
});
