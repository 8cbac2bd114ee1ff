// The nine segment operations through the SDK and the CLI: what they answer, and how they refuse.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { startPostgres } from '../harness/postgres.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const none = '0'.repeat(32);
const runs = [
  ['the SDK over files', 'sdk', false],
  ['the SDK over PostgreSQL', 'sdk', true],
  ['the CLI', 'cli', false],
];

for (const [title, driver, inPostgres] of runs) {
  describe(`segments through ${title}`, () => {
    let postgres;
    let server;
    let aws;
    let app;
    let segment;

    const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
    const create = async (request) => (await call('CreateSegment', { WriteSegmentRequest: request })).SegmentResponse;
    const refused = (operation, input) => refusal(call(operation, input));

    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
      aws = await drivers[driver](server);
      const made = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'segments' } });
      app = made.ApplicationResponse.Id;
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    it('creates one, with every member that clients read', async () => {
      const Dimensions = { Attributes: { Team: { AttributeType: 'INCLUSIVE', Values: ['Lions', 'Tigers'] } } };
      segment = await create({ Name: 'fans', Dimensions, tags: { Stage: 'Test' } });
      assert.match(segment.Id, /^[0-9a-f]{32}$/);
      assert.equal(segment.ApplicationId, app);
      assert.match(segment.Arn, new RegExp(`^arn:aws:mobiletargeting:us-east-1:\\d{12}:apps/${app}/segments/${segment.Id}$`));
      assert.equal(segment.SegmentType, 'DIMENSIONAL');
      assert.equal(segment.Version, 1);
      assert.equal(segment.Name, 'fans');
      assert.deepEqual(segment.Dimensions, Dimensions);
      assert.deepEqual(segment.tags, { Stage: 'Test' });
      assert.match(segment.CreationDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.equal(segment.LastModifiedDate, segment.CreationDate);
    });

    it('refuses one with the path of what is wrong', async () => {
      const SegmentGroups = {
        Groups: [{ Dimensions: [{}, { Attributes: { Team: { AttributeType: 'BETWEEN', Values: ['2020-01-01', 'soon'] } } }] }],
        Include: 'ALL',
      };
      const wrong = await refused('CreateSegment', { WriteSegmentRequest: { SegmentGroups } });
      assert.equal(wrong.name, 'BadRequestException');
      assert.ok(wrong.message.includes('SegmentGroups.Groups[0].Dimensions[1].Attributes["Team"].Values[1]'), wrong.message);
      const elsewhere = await refused('CreateSegment', { ApplicationId: none, WriteSegmentRequest: {} });
      assert.equal(elsewhere.name, 'NotFoundException');
    });

    it('gets it, lists it, and knows no other', async () => {
      const same = (await call('GetSegment', { SegmentId: segment.Id })).SegmentResponse;
      assert.deepEqual(same, segment);
      const other = await create({ Name: 'everyone' });
      const first = (await call('GetSegments', { PageSize: '1' })).SegmentsResponse;
      assert.equal(first.Item.length, 1);
      const second = (await call('GetSegments', { PageSize: '1', Token: first.NextToken })).SegmentsResponse;
      assert.deepEqual([first.Item[0].Id, second.Item[0].Id].sort(), [segment.Id, other.Id].sort());
      assert.equal(second.NextToken, undefined);
      assert.equal((await refused('GetSegment', { SegmentId: none })).name, 'NotFoundException');
      assert.equal((await refused('GetSegments', { Token: 'abc' })).name, 'BadRequestException');
    });

    it('updates it by new versions and keeps the old ones', async () => {
      const Dimensions = { Metrics: { score: { ComparisonOperator: 'GREATER_THAN', Value: 1.5 } } };
      const changed = (await call('UpdateSegment', { SegmentId: segment.Id, WriteSegmentRequest: { Name: 'players', Dimensions } }))
        .SegmentResponse;
      assert.equal(changed.Version, 2);
      assert.equal(changed.Name, 'players');
      assert.deepEqual(changed.Dimensions, Dimensions);
      assert.equal(changed.CreationDate, segment.CreationDate);
      const old = (await call('GetSegmentVersion', { SegmentId: segment.Id, Version: '1' })).SegmentResponse;
      assert.deepEqual(old.Dimensions, segment.Dimensions);
      const versions = (await call('GetSegmentVersions', { SegmentId: segment.Id })).SegmentsResponse;
      assert.deepEqual(versions.Item.map((one) => one.Version), [2, 1]);
      assert.equal((await refused('GetSegmentVersion', { SegmentId: segment.Id, Version: '3' })).name, 'NotFoundException');
      assert.equal((await refused('GetSegmentVersion', { SegmentId: segment.Id, Version: 'x' })).name, 'BadRequestException');
      assert.equal((await refused('GetSegmentVersions', { SegmentId: none })).name, 'NotFoundException');
      const unknown = await refused('UpdateSegment', { SegmentId: none, WriteSegmentRequest: { Name: 'x' } });
      assert.equal(unknown.name, 'NotFoundException');
    });

    it('refuses an update that would close a circle of source segments', async () => {
      const of = (Id) => ({ SegmentGroups: { Groups: [{ SourceSegments: [{ Id }], SourceType: 'ALL', Type: 'ALL' }], Include: 'ALL' } });
      const outer = await create({ Name: 'outer', ...of(segment.Id) });
      assert.deepEqual(outer.SegmentGroups, of(segment.Id).SegmentGroups);
      const circle = await refused('UpdateSegment', { SegmentId: segment.Id, WriteSegmentRequest: of(outer.Id) });
      assert.equal(circle.name, 'BadRequestException');
      assert.match(circle.message, /SegmentGroups\.Groups\[0\]\.SourceSegments\[0\] leads back to the segment itself/);
    });

    it('lists the import and export jobs of a segment', async () => {
      const place = { RoleArn: 'arn:aws:iam::000000000000:role/any' };
      await aws.makeBucket('jobs');
      await aws.put('jobs', 'in.csv', 'Id,ChannelType,Address\ne1,EMAIL,e1@example.org\n');
      const request = { ...place, Format: 'CSV', S3Url: 's3://jobs/in.csv', DefineSegment: true, SegmentName: 'in' };
      const job = (await call('CreateImportJob', { ImportJobRequest: request })).ImportJobResponse;
      const SegmentId = job.Definition.SegmentId;
      const imports = (await call('GetSegmentImportJobs', { SegmentId })).ImportJobsResponse;
      assert.deepEqual(imports.Item.map((one) => one.Id), [job.Id]);
      const leaving = { ...place, S3UrlPrefix: 's3://jobs/out/', SegmentId: segment.Id };
      const out = (await call('CreateExportJob', { ExportJobRequest: leaving })).ExportJobResponse;
      const exports = (await call('GetSegmentExportJobs', { SegmentId: segment.Id })).ExportJobsResponse;
      assert.deepEqual(exports.Item.map((one) => one.Id), [out.Id]);
      const ended = async () => (await call('GetImportJob', { JobId: job.Id })).ImportJobResponse.JobStatus === 'COMPLETED';
      await eventually('the import is over', ended, { timeoutMs: 120_000 });
      const imported = (await call('GetSegment', { SegmentId })).SegmentResponse;
      assert.equal(imported.SegmentType, 'IMPORT');
      const { ExternalId, ...definition } = imported.ImportDefinition;
      assert.match(ExternalId, /^\d{12}$/);
      assert.deepEqual(definition, { Format: 'CSV', S3Url: request.S3Url, RoleArn: request.RoleArn, Size: 1, ChannelCounts: { EMAIL: 1 } });
      const dimensions = await refused('UpdateSegment', { SegmentId, WriteSegmentRequest: { Dimensions: {} } });
      assert.equal(dimensions.name, 'BadRequestException');
      const source = (Groups) => ({ Name: 'of a file', SegmentGroups: { Groups, Include: 'ALL' } });
      const based = await create(source([{ SourceSegments: [{ Id: SegmentId }], SourceType: 'ANY', Type: 'ANY' }]));
      assert.equal(based.SegmentGroups.Groups[0].SourceSegments[0].Id, SegmentId);
      const both = source([{ SourceSegments: [{ Id: segment.Id }, { Id: SegmentId }] }]);
      assert.match((await refused('CreateSegment', { WriteSegmentRequest: both })).message, /SegmentGroups\.Groups\[0\]\.SourceSegments\[1\]/);
      for (const operation of ['GetSegmentImportJobs', 'GetSegmentExportJobs']) {
        assert.equal((await refused(operation, { SegmentId: none })).name, 'NotFoundException');
      }
    });

    it('deletes it and gives it back', async () => {
      const gone = (await call('DeleteSegment', { SegmentId: segment.Id })).SegmentResponse;
      assert.equal(gone.Version, 2);
      assert.equal((await refused('GetSegment', { SegmentId: segment.Id })).name, 'NotFoundException');
      assert.equal((await refused('DeleteSegment', { SegmentId: segment.Id })).name, 'NotFoundException');
    });
  });
}
