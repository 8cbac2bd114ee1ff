// A predictive segment: one call from interactions to a segment of likely viewers, told to whoever asked.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { filmWorld, schemas } from '../harness/film_world.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const role = 'arn:aws:iam::000000000000:role/import';
const size = 20;

/** An HTTP server that remembers what was posted to it, and fails the first post. */
async function startHook() {
  const posts = [];
  let failures = 1;
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.statusCode = failures > 0 ? 503 : 200;
    if (failures-- <= 0) posts.push(JSON.parse(Buffer.concat(pieces).toString()));
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/hook`, posts, close: () => server.close() };
}

describe('a predictive segment', () => {
  const world = filmWorld();
  let server;
  let hook;
  let call;
  let aws;
  let group;
  let app;
  let path;

  const segment = async () => call('GET', path);
  const over = (what) =>
    eventually(what, async () => {
      const now = await segment();
      return (now.State === 'READY' || now.State === 'FAILED') && now;
    });

  async function importDataset(type) {
    const name = type.toLowerCase();
    await aws.put('films', `${name}.csv`, world[name]);
    const { schemaArn } = await aws.call('personalize', 'CreateSchema', { name, schema: JSON.stringify(schemas[name]) });
    const { datasetArn } = await aws.call('personalize', 'CreateDataset', {
      name,
      datasetGroupArn: group,
      datasetType: type,
      schemaArn,
    });
    const { datasetImportJobArn } = await aws.call('personalize', 'CreateDatasetImportJob', {
      jobName: name,
      datasetArn,
      dataSource: { dataLocation: `s3://films/${name}.csv` },
      roleArn: role,
    });
    await eventually(`${name} are imported`, async () => {
      const { datasetImportJob } = await aws.call('personalize', 'DescribeDatasetImportJob', { datasetImportJobArn });
      assert.notEqual(datasetImportJob.status, 'CREATE FAILED', datasetImportJob.failureReason);
      return datasetImportJob.status === 'ACTIVE';
    });
  }

  before(async () => {
    server = await RapportServer.start();
    hook = await startHook();
    call = rapportApi(server);
    aws = await drivers.sdk(server);
    await aws.makeBucket('films');
    group = (await aws.call('personalize', 'CreateDatasetGroup', { name: 'films' })).datasetGroupArn;
    await importDataset('Interactions');
    await importDataset('Items');
    app = (await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'films' } })).ApplicationResponse.Id;
    await aws.put('films', 'endpoints.csv', world.endpoints);
    const { ImportJobResponse: job } = await aws.call('pinpoint', 'CreateImportJob', {
      ApplicationId: app,
      ImportJobRequest: { Format: 'CSV', S3Url: 's3://films/endpoints.csv', RoleArn: role, RegisterEndpoints: true },
    });
    await eventually('endpoints are imported', async () => {
      const now = await aws.call('pinpoint', 'GetImportJob', { ApplicationId: app, JobId: job.Id });
      return now.ImportJobResponse.JobStatus === 'COMPLETED';
    });
  });
  after(async () => {
    hook?.close();
    await server?.dispose();
  });

  it('trains, infers, imports and notifies in one call', async () => {
    const made = await call('POST', `/rapport/v1/apps/${app}/predictive-segments`, {
      Name: 'action',
      DatasetGroupArn: group,
      AttributeQuery: 'ITEMS.genres = "Action"',
      Size: size,
      RefreshSchedule: 'rate(1 day)',
      Notify: { Urls: [hook.url], Emails: ['marketing@example.org'] },
    });
    path = `/rapport/v1/apps/${app}/predictive-segments/${made.Id}`;
    const ready = await over('the segment is ready');
    assert.equal(ready.State, 'READY', ready.FailureReason);
    assert.match(ready.LatestSegmentName, /^ITEMSgenresAction_\d{8}-\d{6}$/);
    assert.equal(ready.UserCount, size);
    assert.equal(ready.EndpointCount, size);
    assert.ok(Date.parse(ready.NextRefreshDate) > Date.now() + 23 * 3600 * 1000);

    const { Item: runs } = await call('GET', `${path}/runs`);
    assert.equal(runs.length, 1);
    assert.deepEqual(
      runs[0].Notifications.map(({ Target, Status }) => [Target, Status]),
      [
        [hook.url, 'DELIVERED'],
        ['marketing@example.org', 'DELIVERED'],
      ],
    );
    assert.equal(hook.posts.length, 1);
    assert.equal(hook.posts[0].Run.SegmentName, ready.LatestSegmentName);

    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(runs[0].S3Url);
    const [header, ...ids] = (await aws.get(bucket, key)).trim().split('\n');
    assert.equal(header, 'Id');
    const fans = new Set(world.fans('Action'));
    const right = ids.filter((id) => fans.has(id.replace('e', 'u'))).length;
    assert.ok(right >= 0.8 * size, `${right} of ${size} like action: ${ids}`);

    const { SegmentResponse: imported } = await aws.call('pinpoint', 'GetSegment', {
      ApplicationId: app,
      SegmentId: ready.LatestSegmentId,
    });
    assert.equal(imported.Name, ready.LatestSegmentName);
    assert.equal(imported.ImportDefinition.Size, size);

    const mail = await readdir(join(server.directory, 'outbox'), { recursive: true });
    const [message] = mail.filter((name) => name.endsWith('.eml'));
    assert.match(await readFile(join(server.directory, 'outbox', message), 'utf8'), /To: marketing@example\.org/);
  });

  it('refreshes without training again while the data is the same', async () => {
    const before = await segment();
    await call('POST', `${path}/refresh`);
    const after = await eventually('a second run is over', async () => {
      const now = await segment();
      return now.State === 'READY' && now.LatestRunId !== before.LatestRunId && now;
    });
    assert.equal(after.SolutionVersionArn, before.SolutionVersionArn);
    assert.notEqual(after.LatestSegmentId, before.LatestSegmentId);
    assert.equal((await call('GET', `${path}/runs`)).Item.length, 2);
  });

  it('takes those above a score', async () => {
    const updated = await call('PUT', path, {
      Name: 'action',
      DatasetGroupArn: group,
      AttributeQuery: 'ITEMS.genres = "Action"',
      MinimumScore: 0.2,
      SegmentNamePrefix: 'Fans',
    });
    assert.equal(updated.NextRefreshDate, undefined);
    const before = await segment();
    await call('POST', `${path}/refresh`);
    const after = await eventually('the run is over', async () => {
      const now = await segment();
      return now.State !== 'PENDING' && now.LatestRunId !== before.LatestRunId && now.State === 'READY' && now;
    });
    assert.match(after.LatestSegmentName, /^Fans_/);
    assert.ok(after.UserCount > 0 && after.UserCount <= world.users);
  });

  it('fails a run it cannot make, and says why', async () => {
    const made = await call('POST', `/rapport/v1/apps/${app}/predictive-segments`, {
      Name: 'opera',
      DatasetGroupArn: group,
      AttributeQuery: 'ITEMS.genres = "Opera"',
      Size: 5,
    });
    const failed = await eventually('it fails', async () => {
      const now = await call('GET', `/rapport/v1/apps/${app}/predictive-segments/${made.Id}`);
      return now.State === 'FAILED' && now;
    });
    assert.match(failed.FailureReason, /Opera/);
    const listed = await call('GET', `/rapport/v1/apps/${app}/predictive-segments?page-size=1`);
    assert.equal(listed.Item.length, 1);
    assert.ok(listed.NextToken);
  });

  it('refuses what it cannot do, naming the member', async () => {
    const list = `/rapport/v1/apps/${app}/predictive-segments`;
    const good = { Name: 'x', DatasetGroupArn: group, AttributeQuery: 'ITEMS.genres = "Action"', Size: 5 };
    const cases = [
      [{ ...good, Size: undefined }, 400, /Size/],
      [{ ...good, DatasetGroupArn: undefined }, 400, /SolutionArn/],
      [{ ...good, AttributeQuery: undefined }, 400, /AttributeQuery/],
      [{ ...good, RefreshSchedule: 'daily' }, 400, /RefreshSchedule/],
      [{ ...good, DatasetGroupArn: `${group}-none` }, 404, /does not exist/],
    ];
    for (const [body, status, message] of cases) {
      await assert.rejects(call('POST', list, body), (error) => {
        assert.equal(error.status, status, error.message);
        assert.match(error.message, message);
        return true;
      });
    }
    await assert.rejects(call('GET', `${list}/${'0'.repeat(32)}`), { status: 404, name: 'NotFoundException' });
    await assert.rejects(call('GET', `/rapport/v1/apps/${'0'.repeat(32)}/predictive-segments`), { status: 404 });
  });

  it('is gone when it is deleted, and with its application', async () => {
    await call('DELETE', path);
    await assert.rejects(segment(), { status: 404 });
    await aws.call('pinpoint', 'DeleteApp', { ApplicationId: app });
    await assert.rejects(call('GET', `/rapport/v1/apps/${app}/predictive-segments`), { status: 404 });
  });
});
