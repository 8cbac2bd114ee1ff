// The main job by unmodified AWS tools: files in, a model, a segment of likely action viewers, a campaign to them, its
// numbers. By the SDK and by the CLI on a data directory, and by the SDK over PostgreSQL.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { filmWorld, schemas } from '../harness/film_world.js';
import { startPostgres } from '../harness/postgres.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const role = 'arn:aws:iam::000000000000:role/import';
const bucket = 'films';
const segmentSize = 20;

const nothing = { environment: {}, dispose: async () => {} };
const overPostgres = async () => {
  const { url, dispose } = await startPostgres();
  return { environment: { RAPPORT_DATABASE_URL: url }, dispose };
};
const runs = [
  ['sdk', drivers.sdk, async () => nothing],
  ['cli', drivers.cli, async () => nothing],
  ['sdk over PostgreSQL', drivers.sdk, overPostgres],
];

for (const [name, connect, startEngine] of runs) {
  describe(`the loop by the ${name}`, () => {
    const world = filmWorld();
    let engine;
    let server;
    let aws;
    let group;
    let version;
    let app;
    let segment;
    let viewers;

    const personalize = (operation, input) => aws.call('personalize', operation, input);
    const pinpoint = (operation, input) => aws.call('pinpoint', operation, input);

    /** Polls a Describe operation until the thing is ACTIVE. */
    const active = (operation, input, member) =>
      eventually(
        `${operation} says ACTIVE`,
        async () => {
          const described = (await personalize(operation, input))[member];
          assert.notEqual(described.status, 'CREATE FAILED', described.failureReason);
          return described.status === 'ACTIVE' && described;
        },
        { timeoutMs: 180_000, intervalMs: 100 },
      );

    /** Polls an import job until it ends well. */
    const imported = (job) =>
      eventually(`import ${job.Id} completes`, async () => {
        const input = { ApplicationId: app, JobId: job.Id };
        const { ImportJobResponse: now } = await pinpoint('GetImportJob', input);
        assert.notEqual(now.JobStatus, 'FAILED', JSON.stringify(now.Failures));
        return now.JobStatus === 'COMPLETED' && now;
      });

    async function importDataset(type, csv) {
      const key = `data/${type.toLowerCase()}.csv`;
      await aws.put(bucket, key, csv);
      const schema = JSON.stringify(schemas[type.toLowerCase()]);
      const { schemaArn } = await personalize('CreateSchema', { name: `films-${type}`, schema });
      const { datasetArn } = await personalize('CreateDataset', {
        name: `films-${type}`,
        datasetGroupArn: group,
        datasetType: type,
        schemaArn,
      });
      await active('DescribeDataset', { datasetArn }, 'dataset');
      const { datasetImportJobArn } = await personalize('CreateDatasetImportJob', {
        jobName: `films-${type}`,
        datasetArn,
        dataSource: { dataLocation: `s3://${bucket}/${key}` },
        roleArn: role,
      });
      await active('DescribeDatasetImportJob', { datasetImportJobArn }, 'datasetImportJob');
    }

    before(async () => {
      engine = await startEngine();
      server = await RapportServer.start({ environment: engine.environment });
      aws = await connect(server);
      await aws.makeBucket(bucket);
    });
    after(async () => {
      await server?.dispose();
      await engine?.dispose();
    });

    it('imports interactions and items', async () => {
      group = (await personalize('CreateDatasetGroup', { name: 'films' })).datasetGroupArn;
      await active('DescribeDatasetGroup', { datasetGroupArn: group }, 'datasetGroup');
      await importDataset('Interactions', world.interactions);
      await importDataset('Items', world.items);
    });

    it('trains item-attribute affinity', async () => {
      const { solutionArn } = await personalize('CreateSolution', {
        name: 'affinity',
        datasetGroupArn: group,
        recipeArn: 'arn:aws:personalize:::recipe/aws-item-attribute-affinity',
      });
      await active('DescribeSolution', { solutionArn }, 'solution');
      version = (await personalize('CreateSolutionVersion', { solutionArn })).solutionVersionArn;
      await active('DescribeSolutionVersion', { solutionVersionArn: version }, 'solutionVersion');
      const { metrics } = await personalize('GetSolutionMetrics', { solutionVersionArn: version });
      for (const metric of ['coverage', 'hits_at_1_percent', 'recall_at_1_percent'])
        assert.equal(typeof metrics[metric], 'number', `${metric} of ${JSON.stringify(metrics)}`);
    });

    it('infers who wants action films', async () => {
      const itemAttributes = 'ITEMS.GENRES = "Action"';
      await aws.put(bucket, 'queries/action.json', `${JSON.stringify({ itemAttributes })}\n`);
      const { batchSegmentJobArn } = await personalize('CreateBatchSegmentJob', {
        jobName: 'action',
        solutionVersionArn: version,
        numResults: segmentSize,
        jobInput: { s3DataSource: { path: `s3://${bucket}/queries/action.json` } },
        jobOutput: { s3DataDestination: { path: `s3://${bucket}/segments/` } },
        roleArn: role,
      });
      await active('DescribeBatchSegmentJob', { batchSegmentJobArn }, 'batchSegmentJob');
      const lines = (await aws.get(bucket, 'segments/action.json.out')).trim().split('\n');
      assert.equal(lines.length, 1);
      const line = JSON.parse(lines[0]);
      assert.deepEqual(line.input, { itemAttributes });
      assert.equal(line.error, null);
      viewers = line.output.usersList;
      assert.equal(new Set(viewers).size, segmentSize);
      const fans = new Set(world.fans('Action'));
      const right = viewers.filter((user) => fans.has(user)).length;
      assert.ok(right >= 0.8 * segmentSize, `${right} of ${segmentSize} like action, a quarter of everyone does`);
    });

    it('imports endpoints and the segment', async () => {
      const created = await pinpoint('CreateApp', { CreateApplicationRequest: { Name: 'films' } });
      app = created.ApplicationResponse.Id;
      await aws.put(bucket, 'endpoints.csv', world.endpoints);
      const everyone = await pinpoint('CreateImportJob', {
        ApplicationId: app,
        ImportJobRequest: {
          Format: 'CSV',
          S3Url: `s3://${bucket}/endpoints.csv`,
          RoleArn: role,
          RegisterEndpoints: true,
        },
      });
      const done = await imported(everyone.ImportJobResponse);
      assert.equal(done.TotalProcessed, world.users);
      assert.equal(done.TotalFailures ?? 0, 0);

      await aws.put(bucket, 'action.csv', `Id\n${viewers.map((user) => user.replace('u', 'e')).join('\n')}\n`);
      const { ImportJobResponse: job } = await pinpoint('CreateImportJob', {
        ApplicationId: app,
        ImportJobRequest: {
          Format: 'CSV',
          S3Url: `s3://${bucket}/action.csv`,
          RoleArn: role,
          DefineSegment: true,
          SegmentName: 'ITEMSgenresAction',
        },
      });
      segment = job.Definition.SegmentId;
      assert.match(segment, /^[0-9a-f]{32}$/);
      assert.equal(typeof job.Definition.ExternalId, 'string');
      await imported(job);
      const { SegmentResponse: made } = await pinpoint('GetSegment', { ApplicationId: app, SegmentId: segment });
      assert.equal(made.SegmentType, 'IMPORT');
      assert.equal(made.ImportDefinition.Size, segmentSize);
    });

    it('sends them a campaign and counts what was delivered', async () => {
      await pinpoint('UpdateEmailChannel', {
        ApplicationId: app,
        EmailChannelRequest: {
          Enabled: true,
          FromAddress: 'films@example.org',
          Identity: 'arn:aws:ses:us-east-1:000000000000:identity/example.org',
        },
      });
      await pinpoint('CreateEmailTemplate', {
        TemplateName: 'action-week',
        EmailTemplateRequest: {
          Subject: 'Action week, {{User.UserAttributes.Name}}',
          HtmlPart: '<p>Hello {{User.UserAttributes.Name}}</p>',
          TextPart: 'Hello {{User.UserAttributes.Name}}',
        },
      });
      const { CampaignResponse: campaign } = await pinpoint('CreateCampaign', {
        ApplicationId: app,
        WriteCampaignRequest: {
          Name: 'action week',
          SegmentId: segment,
          Schedule: { StartTime: 'IMMEDIATE' },
          TemplateConfiguration: { EmailTemplate: { Name: 'action-week' } },
        },
      });
      const ids = { ApplicationId: app, CampaignId: campaign.Id };
      const activities = async () => (await pinpoint('GetCampaignActivities', ids)).ActivitiesResponse.Item;
      assert.equal((await activities()).length, 1);
      const finished = await eventually('the campaign completes', async () => {
        const [run] = await activities();
        return run.State === 'COMPLETED' && run;
      });
      assert.equal(finished.TotalEndpointCount, segmentSize);
      assert.equal(finished.SuccessfulEndpointCount, segmentSize);
      await eventually('the deliveries are counted', async () => {
        const KpiName = 'unique-deliveries';
        const { CampaignDateRangeKpiResponse: kpi } = await pinpoint('GetCampaignDateRangeKpi', { ...ids, KpiName });
        return Number(kpi.KpiResult.Rows[0].Values[0].Value) === segmentSize;
      });
      const { CampaignResponse: ended } = await pinpoint('GetCampaign', ids);
      assert.equal(ended.State.CampaignStatus, 'COMPLETED');
    });
  });
}
