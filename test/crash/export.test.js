// kill -9 in the middle of an export: it finishes, and every endpoint is in its files once.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { PinpointProject, role } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';
import { randomShares, throughCrashes } from './interrupt.js';

const endpoints = 450_000;

function file() {
  const lines = ['Id,ChannelType,Address,User.UserId,Attributes.Plan,Metrics.Visits'];
  for (let i = 0; i < endpoints; ++i) {
    lines.push(`e${i},EMAIL,e${i}@example.org,u${i >> 1},plan${i % 7},${i % 100}`);
  }
  return `${lines.join('\n')}\n`;
}

describe('an export under kill -9', () => {
  let server;
  let project;
  let segment;

  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
    segment = await project.segmentOf('endpoints.csv', file());
  });
  after(() => server?.dispose());

  it('finishes with every member once', async (test) => {
    const { ExportJobResponse: created } = await project.call('CreateExportJob', {
      ExportJobRequest: { RoleArn: role, S3UrlPrefix: 's3://project/out/', SegmentId: segment },
    });
    const look = async () => (await project.call('GetExportJob', { JobId: created.Id })).ExportJobResponse;
    await throughCrashes(test, server, {
      moments: randomShares(),
      async observe(share) {
        const now = await look();
        return {
          over: ['COMPLETED', 'FAILED'].includes(now.JobStatus),
          reached: now.TotalPieces > 0 && now.CompletedPieces / now.TotalPieces >= share,
          detail: `${now.CompletedPieces} of ${now.TotalPieces} files, ${now.JobStatus}`,
        };
      },
    });
    const job = await look();
    assert.equal(job.JobStatus, 'COMPLETED', JSON.stringify(job));
    assert.equal(job.TotalProcessed, endpoints);
    assert.equal(job.CompletedPieces, job.TotalPieces);

    const folder = join(server.directory, 'objects/project/out');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.gz'));
    assert.equal(names.length, job.TotalPieces);
    const seen = new Set();
    let lines = 0;
    for (const name of names) {
      for (const line of gunzipSync(await readFile(join(folder, name))).toString().split('\n')) {
        if (line === '') continue;
        const endpoint = JSON.parse(line);
        const i = Number(endpoint.Id.slice(1));
        assert.equal(endpoint.Address, `e${i}@example.org`);
        assert.deepEqual(endpoint.Attributes, { Plan: [`plan${i % 7}`] });
        seen.add(endpoint.Id);
        ++lines;
      }
    }
    assert.equal(lines, endpoints);
    assert.equal(seen.size, endpoints);
  });
});
