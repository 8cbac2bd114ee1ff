// kill -9 in the middle of an endpoint import: it finishes, and every endpoint is there once.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';
import { random, randomShares, throughCrashes } from './interrupt.js';

const endpoints = 200_000;
const withoutId = 500;
const repeated = 1_000;
const samples = 300;

/** Two endpoints a user; then rows that say the same again; then rows whose id the import makes. */
function file() {
  const lines = ['Id,ChannelType,Address,User.UserId,Attributes.Plan,Metrics.Visits'];
  const row = (i) => `e${i},EMAIL,e${i}@example.org,u${i >> 1},plan${i % 7},${i % 100}`;
  for (let i = 0; i < endpoints; ++i) lines.push(row(i));
  for (let i = 0; i < repeated; ++i) lines.push(row(Math.floor(random() * endpoints)));
  for (let i = 0; i < withoutId; ++i) lines.push(`,EMAIL,n${i}@example.org,n${i},plan0,1`);
  return `${lines.join('\n')}\n`;
}

describe('an endpoint import under kill -9', () => {
  let server;
  let project;
  let job;
  const rows = endpoints + repeated + withoutId;

  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
  });
  after(() => server?.dispose());

  it('finishes', async (test) => {
    job = await project.startImport('endpoints.csv', file());
    await throughCrashes(test, server, {
      moments: randomShares(),
      async observe(share) {
        const now = await project.job(job.Id);
        const done = (now.TotalProcessed ?? 0) / rows;
        return {
          over: ['COMPLETED', 'FAILED'].includes(now.JobStatus),
          reached: done >= share,
          detail: `${now.TotalProcessed} of ${rows} rows`,
        };
      },
    });
    job = await project.job(job.Id);
    assert.equal(job.JobStatus, 'COMPLETED');
    assert.equal(job.TotalProcessed, rows);
    assert.equal(job.TotalFailures, 0, JSON.stringify(job.Failures));
    assert.equal(job.TotalPieces, 1);
    assert.equal(job.CompletedPieces, 1);
  });

  it('leaves records that agree with each other', async () => {
    await server.stop();
    const { code, report } = await server.check();
    assert.equal(code, 0, report);
    await server.launch();
  });

  it('has every endpoint once in the segment', async () => {
    const { SegmentId } = job.Definition;
    const { SegmentResponse: segment } = await project.call('GetSegment', { SegmentId });
    assert.equal(segment.ImportDefinition.Size, endpoints + withoutId);
    assert.equal(segment.ImportDefinition.ChannelCounts.EMAIL, endpoints + withoutId);
    assert.equal(segment.Version, 1);
  });

  it('has every endpoint of a sample as the file says', async () => {
    for (let sample = 0; sample < samples; ++sample) {
      const i = Math.floor(random() * endpoints);
      const { EndpointResponse: endpoint } = await project.call('GetEndpoint', { EndpointId: `e${i}` });
      assert.equal(endpoint.Address, `e${i}@example.org`);
      assert.equal(endpoint.User.UserId, `u${i >> 1}`);
      assert.equal(endpoint.EndpointStatus, 'ACTIVE');
      assert.deepEqual(endpoint.Attributes, { Plan: [`plan${i % 7}`] });
      assert.deepEqual(endpoint.Metrics, { Visits: i % 100 });
    }
  });

  it('has every endpoint of a user once, also those without an id of their own', async () => {
    const of = async (user) => {
      const { EndpointsResponse: answer } = await project.call('GetUserEndpoints', { UserId: user });
      return answer.Item.map((endpoint) => endpoint.Address).sort();
    };
    for (let sample = 0; sample < samples / 3; ++sample) {
      const user = Math.floor((random() * endpoints) / 2);
      assert.deepEqual(await of(`u${user}`), [`e${2 * user}@example.org`, `e${2 * user + 1}@example.org`].sort());
      const made = Math.floor(random() * withoutId);
      assert.deepEqual(await of(`n${made}`), [`n${made}@example.org`]);
    }
  });
});
