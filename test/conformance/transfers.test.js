// Import and export jobs by unmodified AWS tools: endpoints in from files, out as files, and in again.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { aws as awsCli, drivers } from '../harness/clients.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const role = 'arn:aws:iam::000000000000:role/transfer';
const bucket = 'transfers';
const none = '0'.repeat(32);

const people = [
  'Id,Address,ChannelType,Attributes.Team,Attributes.Team,Metrics.Age,User.UserId,User.UserAttributes.Name',
  'p1,p1@example.org,EMAIL,red,blue,35,u1,"Doe, ""Jo"""',
  'p2,p2@example.org,EMAIL,red,,20,u2,Ann',
  'p3,+391701234567,SMS,,,,u2,',
].join('\n');

for (const name of ['sdk', 'cli']) {
  describe(`transfers by the ${name}`, () => {
    let server;
    let aws;
    let app;
    let segment;
    let imported;
    let exported;

    const call = (operation, input) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
    const startImport = async (request) =>
      (await call('CreateImportJob', { ImportJobRequest: { Format: 'CSV', RoleArn: role, ...request } }))
        .ImportJobResponse;
    const startExport = async (request) =>
      (await call('CreateExportJob', { ExportJobRequest: { RoleArn: role, ...request } })).ExportJobResponse;
    const ended = (kind, { Id }) =>
      eventually(`${kind} ${Id} ends`, async () => {
        const { [`${kind}JobResponse`]: job } = await call(`Get${kind}Job`, { JobId: Id });
        assert.equal(job.Type, kind.toUpperCase());
        return ['COMPLETED', 'FAILED'].includes(job.JobStatus) && job;
      });
    /** The error a call rejects with: its status and what it says. */
    const refused = async (promise, status, message) => {
      const error = await promise.then(
        () => assert.fail('the call should have failed'),
        (rejected) => rejected,
      );
      if (name === 'sdk') assert.equal(error.$metadata.httpStatusCode, status, error.message);
      else assert.match(error.stderr, status === 404 ? /NotFoundException/ : /BadRequestException/);
      assert.match(error.message, message);
    };

    /** The documents of every file below a prefix. */
    async function documents(prefix) {
      const folder = join(server.directory, `download-${prefix}`);
      await awsCli(server, 's3', 'cp', '--recursive', `s3://${bucket}/${prefix}/`, folder);
      const files = execFileSync('find', [folder, '-name', '*.gz'], { encoding: 'utf8' }).trim().split('\n').sort();
      const texts = await Promise.all(files.map(async (file) => gunzipSync(await readFile(file)).toString()));
      return texts.flatMap((text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line)));
    }

    before(async () => {
      server = await RapportServer.start();
      aws = await drivers[name](server);
      await aws.makeBucket(bucket);
      const created = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'transfers' } });
      app = created.ApplicationResponse.Id;
    });
    after(() => server?.dispose());

    it('imports a file as a segment that is named at once', async () => {
      await aws.put(bucket, 'in/people.csv', people);
      const job = await startImport({ S3Url: `s3://${bucket}/in/people.csv`, DefineSegment: true, RegisterEndpoints: true });
      assert.equal(job.JobStatus, 'CREATED');
      assert.ok(job.Definition.SegmentId);
      assert.ok(job.Definition.ExternalId);
      imported = await ended('Import', job);
      segment = imported.Definition.SegmentId;
      const { TotalPieces, CompletedPieces, FailedPieces, TotalProcessed, TotalFailures } = imported;
      assert.deepEqual([TotalPieces, CompletedPieces, FailedPieces, TotalProcessed, TotalFailures], [1, 1, 0, 3, 0]);
      const { SegmentResponse } = await call('GetSegment', { SegmentId: segment });
      assert.equal(SegmentResponse.Name, 'people');
      assert.equal(SegmentResponse.SegmentType, 'IMPORT');
      assert.equal(SegmentResponse.ImportDefinition.Size, 3);
      const { EndpointResponse: endpoint } = await call('GetEndpoint', { EndpointId: 'p1' });
      assert.deepEqual(endpoint.Attributes, { Team: ['red', 'blue'] });
      assert.deepEqual(endpoint.User.UserAttributes, { Name: ['Doe, "Jo"'] });
    });

    it('reads what is of the format below a prefix, and extends a segment', async () => {
      const file = join(server.directory, 'more.json.gz');
      await writeFile(file, gzipSync('{"Id":"p4","Address":"p4@example.org","ChannelType":"EMAIL"}\n'));
      await awsCli(server, 's3', 'cp', file, `s3://${bucket}/mixed/deep/more.json.gz`);
      await aws.put(bucket, 'mixed/users.json', '{"User":{"UserId":"u1"}}\n');
      await aws.put(bucket, 'mixed/other.csv', 'Id\nnobody\n');
      const job = await startImport({ Format: 'JSON', S3Url: `s3://${bucket}/mixed/`, SegmentId: segment, DefineSegment: true });
      const done = await ended('Import', job);
      assert.equal(done.JobStatus, 'COMPLETED', JSON.stringify(done));
      assert.equal(done.TotalPieces, 2);
      const { SegmentResponse } = await call('GetSegment', { SegmentId: segment });
      assert.equal(SegmentResponse.Version, 2);
      assert.equal(SegmentResponse.ImportDefinition.Size, 5);
    });

    it('exports a version of a segment', async () => {
      exported = await startExport({ S3UrlPrefix: `s3://${bucket}/version`, SegmentId: segment, SegmentVersion: 1 });
      assert.equal(exported.JobStatus, 'CREATED');
      assert.deepEqual(exported.Definition, {
        RoleArn: role,
        S3UrlPrefix: `s3://${bucket}/version`,
        SegmentId: segment,
        SegmentVersion: 1,
      });
      const done = await ended('Export', exported);
      assert.equal(done.JobStatus, 'COMPLETED', JSON.stringify(done));
      const { TotalPieces, CompletedPieces, FailedPieces, TotalProcessed, TotalFailures } = done;
      assert.deepEqual([TotalPieces, CompletedPieces, FailedPieces, TotalProcessed, TotalFailures], [1, 1, 0, 3, 0]);
      assert.ok(done.CompletionDate);
      const written = await documents('version');
      assert.deepEqual(written.map((document) => document.Id), ['p1', 'p2', 'p3']);
      for (const document of written) {
        const { EndpointResponse } = await call('GetEndpoint', { EndpointId: document.Id });
        const { $metadata, ...endpoint } = EndpointResponse;
        assert.deepEqual(document, endpoint);
      }
    });

    it('exports everything, and nothing', async () => {
      await ended('Export', await startExport({ S3UrlPrefix: `s3://${bucket}/all/` }));
      assert.equal((await documents('all')).length, 4);
      const { SegmentResponse: empty } = await call('CreateSegment', {
        WriteSegmentRequest: { Name: 'empty', Dimensions: { Demographic: { Channel: { Values: ['VOICE'] } } } },
      });
      const done = await ended('Export', await startExport({ S3UrlPrefix: `s3://${bucket}/empty`, SegmentId: empty.Id }));
      assert.deepEqual([done.JobStatus, done.TotalProcessed, done.CompletedPieces], ['COMPLETED', 0, 1]);
      assert.deepEqual(await documents('empty'), []);
    });

    it('imports what it exported', async () => {
      const created = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'copy' } });
      const copy = created.ApplicationResponse.Id;
      const { ImportJobResponse: job } = await aws.call('pinpoint', 'CreateImportJob', {
        ApplicationId: copy,
        ImportJobRequest: { Format: 'JSON', S3Url: `s3://${bucket}/all/`, RoleArn: role, RegisterEndpoints: true },
      });
      await eventually('the copy is there', async () => {
        const { ImportJobResponse: now } = await aws.call('pinpoint', 'GetImportJob', { ApplicationId: copy, JobId: job.Id });
        return now.JobStatus === 'COMPLETED';
      });
      for (const EndpointId of ['p1', 'p2', 'p3', 'p4']) {
        const { EndpointResponse: one } = await call('GetEndpoint', { EndpointId });
        const { EndpointResponse: other } = await aws.call('pinpoint', 'GetEndpoint', { ApplicationId: copy, EndpointId });
        for (const decided of ['ApplicationId', 'CohortId', 'CreationDate']) {
          delete one[decided];
          delete other[decided];
        }
        assert.deepEqual(other, one);
      }
    });

    it('lists jobs page by page, of all and of a segment', async () => {
      for (const [kind, jobs, ofSegment] of [['Import', 2, 2], ['Export', 3, 1]]) {
        const list = `${kind}JobsResponse`;
        const first = (await call(`Get${kind}Jobs`, { PageSize: '1' }))[list];
        const rest = (await call(`Get${kind}Jobs`, { PageSize: '9', Token: first.NextToken }))[list];
        assert.deepEqual([first.Item.length, rest.Item.length], [1, jobs - 1]);
        assert.equal(rest.NextToken, undefined);
        const own = (await call(`GetSegment${kind}Jobs`, { SegmentId: segment }))[list];
        assert.equal(own.Item.length, ofSegment);
        assert.ok(own.Item.every((job) => job.Definition.SegmentId === segment));
      }
    });

    it('refuses what is wrong', async () => {
      await aws.put(bucket, 'bad.json', '{Id: "p1"}\n');
      await refused(startImport({ S3Url: `s3://${bucket}/none.csv` }), 400, /none\.csv/);
      await refused(startImport({ Format: 'JSON', S3Url: `s3://${bucket}/bad.json` }), 400,
        /Unexpected character \('I' \(code 73\)\): was expecting double-quote to start field name/);
      await refused(startExport({ S3UrlPrefix: 's3://no-such-bucket/x' }), 400, /no-such-bucket/);
      await refused(startExport({ S3UrlPrefix: 'nowhere' }), 400, /S3UrlPrefix/);
      const prefix = { S3UrlPrefix: `s3://${bucket}/x` };
      await refused(startExport({ ...prefix, SegmentId: none }), 404, /Segment not found/);
      await refused(startExport({ ...prefix, SegmentId: segment, SegmentVersion: 9 }), 404, /Segment not found/);
      for (const kind of ['Import', 'Export']) {
        await refused(call(`Get${kind}Job`, { JobId: none }), 404, new RegExp(`${kind} job not found`));
        await refused(call(`Get${kind}Jobs`, { ApplicationId: none }), 404, /Application not found/);
        await refused(call(`GetSegment${kind}Jobs`, { SegmentId: none }), 404, /Segment not found/);
      }
    });

    it('fails a job with a file that cannot be read', async () => {
      await aws.put(bucket, 'in/bad/a.csv', 'Id,Colour\n');
      await aws.put(bucket, 'in/bad/0.csv', 'Id,Address,ChannelType\np9,p9@example.org,EMAIL\n');
      const job = await ended('Import', await startImport({ S3Url: `s3://${bucket}/in/bad/` }));
      assert.equal(job.JobStatus, 'FAILED');
      assert.equal(job.FailedPieces, 1);
      assert.match(job.Failures[0], /in\/bad\/a\.csv: .*Colour/);
    });
  });
}

describe('exports by our own operations', () => {
  let server;
  let aws;
  let own;
  let exports;

  before(async () => {
    server = await RapportServer.start();
    aws = await drivers.sdk(server);
    own = rapportApi(server);
    await aws.makeBucket(bucket);
    const created = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'parquet' } });
    const app = created.ApplicationResponse.Id;
    exports = `/rapport/v1/apps/${app}/exports`;
    await aws.call('pinpoint', 'UpdateEndpoint', {
      ApplicationId: app,
      EndpointId: 'p1',
      EndpointRequest: { Address: 'p1@example.org', ChannelType: 'EMAIL', Attributes: { Team: ['red'] } },
    });
  });
  after(() => server?.dispose());

  const written = async (Format) => {
    const request = { S3UrlPrefix: `s3://${bucket}/own-${Format}`, Format };
    const created = await own('POST', exports, request);
    assert.equal(created.JobStatus, 'CREATED');
    assert.deepEqual(created.Definition, request);
    const job = await eventually('the export ends', async () => {
      const now = await own('GET', `${exports}/${created.Id}`);
      return ['COMPLETED', 'FAILED'].includes(now.JobStatus) && now;
    });
    assert.deepEqual([job.JobStatus, job.TotalProcessed, job.CompletedPieces], ['COMPLETED', 1, 1]);
    const extension = Format === 'PARQUET' ? 'parquet' : 'json.gz';
    return readFile(join(server.directory, `objects/${bucket}/own-${Format}/${job.Id}-00000.${extension}`));
  };

  it('write Parquet', async () => {
    const file = await written('PARQUET');
    assert.equal(file.subarray(0, 4).toString(), 'PAR1');
    assert.equal(file.subarray(-4).toString(), 'PAR1');
    assert.ok(file.includes('UserAttributes'));
  });

  it('write JSON lines', async () => {
    const [line] = gunzipSync(await written('JSON')).toString().split('\n');
    assert.deepEqual(JSON.parse(line).Attributes, { Team: ['red'] });
  });

  it('list what there is', async () => {
    const { Item, NextToken } = await own('GET', `${exports}?page-size=1`);
    assert.equal(Item.length, 1);
    const rest = await own('GET', `${exports}?page-size=9&token=${NextToken}`);
    assert.equal(rest.Item.length, 1);
  });

  it('refuse what is wrong', async () => {
    const refused = (promise, status, message) => assert.rejects(promise, { status, message });
    await refused(own('POST', exports, {}), 400, /S3UrlPrefix is required/);
    await refused(own('POST', exports, { S3UrlPrefix: 's3://none-such/x' }), 400, /none-such/);
    await refused(own('POST', exports, { S3UrlPrefix: `s3://${bucket}/x`, Format: 'CSV' }), 400, /Format must be one of JSON, PARQUET/);
    await refused(own('POST', exports, { S3UrlPrefix: `s3://${bucket}/x`, SegmentId: none }), 404, /Segment not found/);
    await refused(own('GET', `${exports}/${none}`), 404, /Export job not found/);
  });
});
