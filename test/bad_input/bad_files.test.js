// Files with wrong rows: the job names each by its number, and the good rows are kept.

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, describe, it } from 'node:test';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';
import { eventually } from '../harness/rapport_server.js';

describe('files with wrong rows', () => {
  let server;
  let project;
  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
  });
  after(() => server?.dispose());

  async function importOf(key, text) {
    return project.ended((await project.startImport(key, text)).Id);
  }
  const sizeOf = async (job) => {
    const { SegmentId } = job.Definition;
    return (await project.call('GetSegment', { SegmentId })).SegmentResponse.ImportDefinition.Size;
  };
  const exists = (EndpointId) => project.call('GetEndpoint', { EndpointId }).then(() => true, () => false);

  it('names the rows of a CSV file that it left out', async () => {
    const job = await importOf(
      'rows.csv',
      [
        'Id,ChannelType,Address,Location.Latitude,OptOut', // row 1
        'r2,EMAIL,r2@example.org,1.5,NONE',
        'r3,PIGEON,r3@example.org,1.5,NONE',
        'r4,EMAIL,r4@example.org,north,NONE',
        'r5,EMAIL,r5@example.org,1.5',
        'r6,EMAIL,r6@example.org,1.5,NONE,extra',
        'r7,EMAIL,r7@example.org,1.5,PERHAPS',
        'r$8,EMAIL,r8@example.org,1.5,NONE',
        ',,,,',
        'r10,EMAIL,"r10@example.org",1.5,NONE',
        'r11,,r11@example.org,1.5,NONE',
        'r12,EMAIL,r12@example.org,,',
        '',
      ].join('\n'),
    );
    assert.equal(job.JobStatus, 'COMPLETED');
    assert.equal(job.TotalProcessed, 11);
    assert.equal(job.TotalFailures, 8, JSON.stringify(job.Failures));
    const rows = job.Failures.map((failure) => Number(/row (\d+)/.exec(failure)?.[1]));
    assert.deepEqual(rows, [3, 4, 5, 6, 7, 8, 9, 11], JSON.stringify(job.Failures));
    for (const [row, reason] of [[3, /ChannelType|PIGEON/], [4, /Latitude|north/], [5, /4 fields/], [6, /6 fields/], [7, /OptOut|PERHAPS/], [8, /id/]])
      assert.match(job.Failures[rows.indexOf(row)], reason);
    assert.equal(await sizeOf(job), 3);
    for (const id of ['r2', 'r10', 'r12']) assert.ok(await exists(id), id);
    for (const id of ['r3', 'r4', 'r5', 'r6', 'r7', 'r11']) assert.ok(!(await exists(id)), id);
  });

  it('names the lines of a JSON file that it left out', async () => {
    const job = await importOf(
      'lines.json',
      [
        '{"Id":"l1","ChannelType":"EMAIL","Address":"l1@example.org"}',
        '{"Id":"l2","ChannelType":"EMAIL","Address":',
        '[]',
        '{"Id":"l4","ChannelType":"EMAIL","Address":7}',
        '{"Id":"l5","ChannelType":"EMAIL","Address":"l5@example.org","Attributes":{"a":{"b":1}}}',
        '{"Id":"l6","ChannelType":"EMAIL","Address":"l6@example.org","User":{"UserId":"u6"}}',
        '',
      ].join('\n'),
    );
    assert.equal(job.JobStatus, 'COMPLETED');
    const rows = job.Failures.map((failure) => Number(/row (\d+)/.exec(failure)?.[1]));
    assert.deepEqual(rows, [2, 3, 4, 5], JSON.stringify(job.Failures));
    assert.equal(await sizeOf(job), 2);
    assert.ok((await exists('l1')) && (await exists('l6')));
  });

  it('keeps the first hundred failures of many', async () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => `m${i},${i % 2 ? 'EMAIL' : 'PIGEON'},m${i}@example.org`);
    const job = await importOf('many.csv', `Id,ChannelType,Address\n${lines.join('\n')}\n`);
    assert.equal(job.JobStatus, 'COMPLETED');
    assert.equal(job.TotalFailures, 500);
    assert.equal(job.Failures.length, 100);
    assert.match(job.Failures[0], /row 2\b/);
    assert.equal(await sizeOf(job), 500);
  });

  it('fails an import of a damaged gzip file and says which', async () => {
    const whole = gzipSync(`Id,ChannelType,Address\n${Array.from({ length: 50_000 }, (_, i) => `g${i},EMAIL,g${i}@example.org`).join('\n')}\n`);
    const job = await importOf('damaged.csv.gz', whole.subarray(0, whole.length >> 1)).catch((error) => error);
    if (job instanceof Error) {
      assert.equal(job.name, 'BadRequestException');
      return;
    }
    assert.equal(job.JobStatus, 'FAILED');
    assert.equal(job.FailedPieces, 1);
    assert.match(job.Failures.join('\n'), /damaged\.csv\.gz/);
  });

  it('refuses a dataset with a wrong row, by its number', async () => {
    const group = await PersonalizeGroup.create(server, 'rows');
    const failed = async (type, csv) => {
      const job = await group.startImport(type, csv);
      return eventually('the import fails', async () => {
        const { status, failureReason } = await group.describe('DescribeDatasetImportJob', job);
        assert.notEqual(status, 'ACTIVE');
        return status === 'CREATE FAILED' && failureReason;
      });
    };
    const reason = await failed('Interactions', 'USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\nu1,f1,watch,1700000000\nu1,f2,watch,yesterday\n,f2,watch,1700000000\n');
    assert.match(reason, /row 3/);
    assert.match(reason, /TIMESTAMP/);
    assert.match(reason, /row 4/);
    assert.match(reason, /USER_ID/);
    const items = await failed('Items', 'ITEM\nf1\n');
    assert.match(items, /Input CSV is missing the following columns:\[.*ITEM_ID.*\]/);
  });
});
