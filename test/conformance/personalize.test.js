// The control API of Personalize through the SDK: every operation succeeds. How each fails: personalize_failures.test.js.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { contractOf } from '../harness/contract_samples.js';
import { filmWorld } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { role } from '../harness/pinpoint_project.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const prefix = 'arn:aws:personalize:us-east-1:000000000000:';
const operations = contractOf('personalize').operations;

const destination = { s3DataDestination: { path: 's3://films-control/out/' } };
const source = { s3DataSource: { path: 's3://films-control/in.json' } };

const isRefused = (name, pattern) => (error) => {
  assert.equal(error.name, name, error.message);
  if (pattern) assert.match(error.message, pattern);
  return true;
};

describe('the control API of Personalize', () => {
  const world = filmWorld();
  const succeeded = new Set();
  let server;
  let group;

  const call = async (operation, input = {}) => {
    const output = await group.call(operation, input);
    succeeded.add(operation);
    return output;
  };
  const finished = (operation, input, ends = ['ACTIVE']) =>
    eventually(`${operation} is over`, async () => {
      const thing = await group.describe(operation, input);
      succeeded.add(operation);
      assert.ok(!/FAILED/.test(thing.status) || ends.includes(thing.status), thing.failureReason);
      return ends.includes(thing.status) && thing;
    });
  const arnOf = (type) => `${prefix}dataset/control/${type}`;

  before(async () => {
    server = await RapportServer.start();
    group = await PersonalizeGroup.create(server, 'control');
    await group.import('Interactions', world.interactions);
    await group.import('Items', world.items);
  });
  after(() => server?.dispose());

  it('shows schemas, groups, datasets and imports', async () => {
    const { schemas } = await call('ListSchemas');
    assert.equal(schemas.length, 2);
    const { schema } = await call('DescribeSchema', { schemaArn: schemas[0].schemaArn });
    assert.equal(JSON.parse(schema.schema).type, 'record');
    assert.equal((await call('ListDatasetGroups')).datasetGroups.length, 1);
    assert.equal((await call('DescribeDatasetGroup', { datasetGroupArn: group.arn })).datasetGroup.status, 'ACTIVE');
    assert.equal((await call('ListDatasets', { datasetGroupArn: group.arn })).datasets.length, 2);
    assert.equal((await call('DescribeDataset', { datasetArn: arnOf('ITEMS') })).dataset.datasetType, 'ITEMS');
    const { datasetImportJobs } = await call('ListDatasetImportJobs', { datasetArn: arnOf('ITEMS') });
    assert.equal(datasetImportJobs[0].status, 'ACTIVE');
    const { datasetImportJobArn } = datasetImportJobs[0];
    const { datasetImportJob } = await call('DescribeDatasetImportJob', { datasetImportJobArn });
    assert.match(datasetImportJob.dataSource.dataLocation, /items.csv$/);
    for (const operation of ['CreateSchema', 'CreateDatasetGroup', 'CreateDataset', 'CreateDatasetImportJob'])
      succeeded.add(operation); // in before()
  });

  it('gives a dataset a schema with more columns', async () => {
    const { schema } = await call('DescribeSchema', { schemaArn: `${prefix}schema/control-Items` });
    const wider = JSON.parse(schema.schema);
    wider.fields.push({ name: 'PRICE', type: ['null', 'float'] });
    const { schemaArn } = await call('CreateSchema', { name: 'wider', schema: JSON.stringify(wider) });
    await call('UpdateDataset', { datasetArn: arnOf('ITEMS'), schemaArn });
    const { dataset } = await call('DescribeDataset', { datasetArn: arnOf('ITEMS') });
    assert.equal(dataset.latestDatasetUpdate.schemaArn, schemaArn);
  });

  it('exports what was imported', async () => {
    const { datasetExportJobArn } = await call('CreateDatasetExportJob', {
      jobName: 'all',
      datasetArn: arnOf('ITEMS'),
      ingestionMode: 'ALL',
      roleArn: role,
      jobOutput: destination,
    });
    const job = await finished('DescribeDatasetExportJob', { datasetExportJobArn });
    assert.equal(job.ingestionMode, 'ALL');
    const rows = (await group.aws.get(group.bucket, 'out/all.csv')).trim().split('\n');
    assert.equal(rows[0], 'ITEM_ID,GENRES,PRICE');
    assert.equal(rows.length, world.items.trim().split('\n').length);
    assert.equal((await call('ListDatasetExportJobs', { datasetArn: arnOf('ITEMS') })).datasetExportJobs.length, 1);
  });

  it('keeps filters', async () => {
    const filter = { datasetGroupArn: group.arn, filterExpression: 'INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)' };
    const { filterArn } = await call('CreateFilter', { name: 'genre', ...filter });
    assert.equal((await call('DescribeFilter', { filterArn })).filter.filterExpression, filter.filterExpression);
    assert.equal((await call('ListFilters', { datasetGroupArn: group.arn })).Filters.length, 1);
    await assert.rejects(
      call('CreateFilter', { ...filter, name: 'bad', filterExpression: 'INCLUDE ItemID WHERE Items.NOPE = 1' }),
      isRefused('InvalidInputException', /ITEMS has no column NOPE/),
    );
    await assert.rejects(call('CreateFilter', { name: 'genre', ...filter }), isRefused('ResourceAlreadyExistsException'));
    await call('DeleteFilter', { filterArn });
  });

  it('keeps a metric attribution', async () => {
    const { metricAttributionArn } = await call('CreateMetricAttribution', {
      name: 'views',
      datasetGroupArn: group.arn,
      metrics: [{ eventType: 'watch', metricName: 'views', expression: 'SAMPLECOUNT()' }],
      metricsOutputConfig: { roleArn: role, ...destination },
    });
    const spent = { eventType: 'buy', metricName: 'spent', expression: 'SUM(Items.PRICE)' };
    await call('UpdateMetricAttribution', { metricAttributionArn, addMetrics: [spent], removeMetrics: ['views'] });
    assert.deepEqual((await call('ListMetricAttributionMetrics', { metricAttributionArn })).metrics, [spent]);
    const { metricAttribution } = await call('DescribeMetricAttribution', { metricAttributionArn });
    assert.deepEqual(metricAttribution.metricsOutputConfig, { roleArn: role, ...destination });
    const { metricAttributions } = await call('ListMetricAttributions', { datasetGroupArn: group.arn });
    assert.equal(metricAttributions.length, 1);
    await assert.rejects(
      call('UpdateMetricAttribution', { metricAttributionArn, addMetrics: [spent] }),
      isRefused('ResourceAlreadyExistsException'),
    );
    await call('DeleteMetricAttribution', { metricAttributionArn });
  });

  it('trains, measures, stops and shows versions', async () => {
    const { solutionArn } = await call('CreateSolution', {
      name: 'affinity',
      datasetGroupArn: group.arn,
      recipeArn: 'arn:aws:personalize:::recipe/aws-item-attribute-affinity',
    });
    const { solutionVersionArn } = await call('CreateSolutionVersion', { solutionArn });
    await finished('DescribeSolutionVersion', { solutionVersionArn });
    assert.equal((await call('GetSolutionMetrics', { solutionVersionArn })).metrics.coverage > 0, true);
    const { solution } = await call('DescribeSolution', { solutionArn });
    assert.equal(solution.latestSolutionVersion.solutionVersionArn, solutionVersionArn);
    await call('UpdateSolution', { solutionArn, performAutoTraining: false });
    assert.ok((await call('ListSolutions', { datasetGroupArn: group.arn })).solutions.length >= 1);
    assert.ok((await call('ListSolutionVersions', { solutionArn })).solutionVersions.length >= 1);
    const second = await call('CreateSolutionVersion', { solutionArn });
    await eventually('the second version is stopped or trained', async () => {
      try {
        await call('StopSolutionVersionCreation', second);
        return true;
      } catch (error) {
        assert.equal(error.name, 'ResourceInUseException'); // it was trained before it could be stopped
        return true;
      }
    });
    await assert.rejects(
      call('StopSolutionVersionCreation', { solutionVersionArn }),
      isRefused('ResourceInUseException'),
    );
  });

  it('infers segments in a batch', async () => {
    const { solutionVersions } = await call('ListSolutionVersions', { solutionArn: `${prefix}solution/affinity` });
    const { solutionVersionArn } = solutionVersions.find(({ status }) => status === 'ACTIVE');
    const job = await group.startSegments(solutionVersionArn, ['ITEMS.GENRES = "Action"'], 10);
    succeeded.add('CreateBatchSegmentJob');
    await finished('DescribeBatchSegmentJob', job);
    assert.equal((await group.segments())[0].output.usersList.length, 10);
    assert.equal((await call('ListBatchSegmentJobs', { solutionVersionArn })).batchSegmentJobs.length, 1);
  });

  it('takes events in and recommends by a campaign', async () => {
    const { eventTrackerArn, trackingId } = await call('CreateEventTracker', { name: 'web', datasetGroupArn: group.arn });
    assert.equal((await finished('DescribeEventTracker', { eventTrackerArn })).trackingId, trackingId);
    assert.equal((await call('ListEventTrackers', { datasetGroupArn: group.arn })).eventTrackers.length, 1);
    await assert.rejects(call('CreateEventTracker', { name: 'two', datasetGroupArn: group.arn }), isRefused('ResourceAlreadyExistsException'));

    const recipeArn = 'arn:aws:personalize:::recipe/aws-user-personalization-v2';
    const { solutionArn } = await call('CreateSolution', { name: 'items', datasetGroupArn: group.arn, recipeArn });
    const { solutionVersionArn } = await call('CreateSolutionVersion', { solutionArn });
    await assert.rejects(
      call('CreateCampaign', { name: 'early', solutionVersionArn }),
      isRefused('ResourceInUseException'),
    );
    await finished('DescribeSolutionVersion', { solutionVersionArn });
    const { metrics } = await call('GetSolutionMetrics', { solutionVersionArn });
    for (const metric of ['coverage', 'mean_reciprocal_rank_at_25', 'normalized_discounted_cumulative_gain_at_10', 'precision_at_5'])
      assert.equal(typeof metrics[metric], 'number', `${metric} of ${JSON.stringify(metrics)}`);
    const { campaignArn } = await call('CreateCampaign', { name: 'items', solutionVersionArn, minProvisionedTPS: 1 });
    await finished('DescribeCampaign', { campaignArn });
    assert.equal((await call('ListCampaigns', { solutionArn })).campaigns.length, 1);
    await call('UpdateCampaign', { campaignArn, minProvisionedTPS: 2 });
    const { campaign } = await call('DescribeCampaign', { campaignArn });
    assert.equal(campaign.latestCampaignUpdate.minProvisionedTPS, 2);
    await assert.rejects(call('DeleteSolution', { solutionArn }), isRefused('ResourceInUseException'));

    const dramas = world.genreFilms('Drama');
    const recommend = async (userId, more = {}) => {
      const input = { campaignArn, userId, numResults: 10, ...more };
      const answer = await group.aws.call('personalizeRuntime', 'GetRecommendations', input);
      assert.match(answer.recommendationId, /^RID-[0-9a-f-]{36}$/);
      return answer.itemList.map(({ itemId }) => itemId);
    };
    const share = (items) => items.filter((item) => dramas.has(item)).length / items.length;
    const shown = await recommend(world.fans('Drama')[0]);
    assert.ok(share(shown) >= 0.6, `${shown}: who saw dramas is shown dramas`);
    const before = await recommend('newcomer');
    const eventList = [...dramas].slice(0, 5).map((itemId, i) => ({ eventType: 'watch', itemId, sentAt: new Date(1_800_000_000_000 + 60_000 * i) }));
    await group.aws.call('personalizeEvents', 'PutEvents', { trackingId, userId: 'newcomer', sessionId: 's', eventList });
    const after = await recommend('newcomer');
    assert.ok(share(after) > share(before), `${after} after five dramas, ${before} before`);
    const { personalizedRanking } = await group.aws.call('personalizeRuntime', 'GetPersonalizedRanking', {
      campaignArn: await ranking(),
      userId: world.fans('Drama')[0],
      inputList: ['f0', [...dramas][50], 'unknown'],
    });
    assert.deepEqual(personalizedRanking.map(({ itemId }) => itemId).sort(), ['f0', [...dramas][50], 'unknown'].sort());
    assert.equal(personalizedRanking[0].itemId, [...dramas][50]);
    assert.equal(personalizedRanking.at(-1).itemId, 'unknown', 'what the model does not know comes last');

    const { filterArn } = await call('CreateFilter', {
      name: 'of-genre',
      datasetGroupArn: group.arn,
      filterExpression: 'INCLUDE ItemID WHERE Items.GENRES IN ($GENRE) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
    });
    const filtered = await recommend('newcomer', { filterArn, filterValues: { GENRE: '"Drama"' } });
    assert.equal(share(filtered), 1);
    assert.ok(filtered.every((item) => !eventList.some(({ itemId }) => itemId === item)), 'what was watched is left out');

    await group.aws.put(group.bucket, 'in.json', `${JSON.stringify({ userId: world.fans('Drama')[0] })}\n`);
    const { batchInferenceJobArn } = await call('CreateBatchInferenceJob', {
      jobName: 'items',
      solutionVersionArn,
      numResults: 10,
      jobInput: source,
      jobOutput: destination,
      roleArn: role,
    });
    await finished('DescribeBatchInferenceJob', { batchInferenceJobArn });
    assert.equal((await call('ListBatchInferenceJobs', { solutionVersionArn })).batchInferenceJobs.length, 1);
    const line = JSON.parse(await group.aws.get(group.bucket, 'out/in.json.out'));
    assert.deepEqual(Object.keys(line), ['input', 'output', 'error']);
    assert.equal(line.output.recommendedItems.length, 10);
    assert.equal(line.output.scores.length, 10);
    await call('DeleteCampaign', { campaignArn });
    await call('DeleteEventTracker', { eventTrackerArn });
  });

  /** A campaign of personalized ranking. */
  async function ranking() {
    const recipeArn = 'arn:aws:personalize:::recipe/aws-personalized-ranking-v2';
    const { solutionArn } = await call('CreateSolution', { name: 'ranks', datasetGroupArn: group.arn, recipeArn });
    const { solutionVersionArn } = await call('CreateSolutionVersion', { solutionArn });
    await finished('DescribeSolutionVersion', { solutionVersionArn });
    const { campaignArn } = await call('CreateCampaign', { name: 'ranks', solutionVersionArn });
    await finished('DescribeCampaign', { campaignArn });
    return campaignArn;
  }

  it('recommends by a recommender of a domain', async () => {
    const domain = 'VIDEO_ON_DEMAND';
    const { datasetGroupArn } = await call('CreateDatasetGroup', { name: 'video', domain });
    const recommender = { datasetGroupArn, recipeArn: 'arn:aws:personalize:::recipe/aws-vod-top-picks' };
    await assert.rejects(
      call('CreateRecommender', { ...recommender, datasetGroupArn: group.arn, name: 'picks' }),
      isRefused('InvalidInputException'),
    );
    const { schema } = await call('DescribeSchema', { schemaArn: `${prefix}schema/control-Interactions` });
    const { schemaArn } = await call('CreateSchema', { name: 'views', domain, schema: schema.schema });
    const { datasetArn } = await call('CreateDataset', { name: 'views', datasetGroupArn, datasetType: 'Interactions', schemaArn });
    const { datasetImportJobArn } = await call('CreateDatasetImportJob', {
      jobName: 'views',
      datasetArn,
      dataSource: { dataLocation: `s3://${group.bucket}/interactions.csv` },
      roleArn: role,
    });
    await finished('DescribeDatasetImportJob', { datasetImportJobArn });
    const { recommenderArn } = await call('CreateRecommender', { ...recommender, name: 'picks' });
    const shown = await finished('DescribeRecommender', { recommenderArn });
    assert.ok(shown.modelMetrics.coverage > 0);
    assert.equal((await call('ListRecommenders', { datasetGroupArn })).recommenders.length, 1);
    const picks = () => group.aws.call('personalizeRuntime', 'GetRecommendations', { recommenderArn, userId: 'u1' });
    assert.equal((await picks()).itemList.length, 25);
    await call('UpdateRecommender', { recommenderArn, recommenderConfig: { minRecommendationRequestsPerSecond: 2 } });
    await eventually('the update is done', async () => {
      const { recommender: now } = await call('DescribeRecommender', { recommenderArn });
      return now.latestRecommenderUpdate.status === 'ACTIVE';
    });
    await call('StopRecommender', { recommenderArn });
    await finished('DescribeRecommender', { recommenderArn }, ['INACTIVE']);
    await eventually('a recommender that is stopped answers no more', () =>
      picks().then(
        () => false,
        isRefused('InvalidInputException'),
      ),
    );
    await assert.rejects(call('StopRecommender', { recommenderArn }), isRefused('ResourceInUseException'));
    await call('StartRecommender', { recommenderArn });
    await finished('DescribeRecommender', { recommenderArn });
    assert.equal((await picks()).itemList.length, 25);
    await call('DeleteRecommender', { recommenderArn });
    await call('DeleteDataset', { datasetArn });
    await call('DeleteDatasetGroup', { datasetGroupArn });
  });

  it('erases users', async () => {
    const [gone] = world.fans('Action');
    await group.aws.put(group.bucket, 'gone/users.csv', `USER_ID\n${gone}\n`);
    const { dataDeletionJobArn } = await call('CreateDataDeletionJob', {
      jobName: 'gone',
      datasetGroupArn: group.arn,
      dataSource: { dataLocation: `s3://${group.bucket}/gone/` },
      roleArn: role,
    });
    const job = await finished('DescribeDataDeletionJob', { dataDeletionJobArn }, ['COMPLETED']);
    assert.equal(job.numDeleted, world.interactions.split('\n').filter((row) => row.startsWith(`${gone},`)).length);
    assert.equal((await call('ListDataDeletionJobs', { datasetGroupArn: group.arn })).dataDeletionJobs.length, 1);
  });

  it('shows the catalogue and keeps tags', async () => {
    const { recipes } = await call('ListRecipes');
    const { recipe } = await call('DescribeRecipe', { recipeArn: recipes[0].recipeArn });
    const { algorithmArn, featureTransformationArn } = recipe;
    assert.equal((await call('DescribeAlgorithm', { algorithmArn })).algorithm.algorithmArn, algorithmArn);
    const { featureTransformation } = await call('DescribeFeatureTransformation', { featureTransformationArn });
    assert.equal(featureTransformation.featureTransformationArn, featureTransformationArn);
    await call('TagResource', { resourceArn: group.arn, tags: [{ tagKey: 'team', tagValue: 'growth' }] });
    assert.deepEqual((await call('ListTagsForResource', { resourceArn: group.arn })).tags, [
      { tagKey: 'team', tagValue: 'growth' },
    ]);
    await call('UntagResource', { resourceArn: group.arn, tagKeys: ['team'] });
  });

  it('deletes in the order that nothing uses what goes', async () => {
    await assert.rejects(call('DeleteDatasetGroup', { datasetGroupArn: group.arn }), isRefused('ResourceInUseException'));
    for (const { campaignArn } of (await call('ListCampaigns')).campaigns) await call('DeleteCampaign', { campaignArn });
    for (const { solutionArn } of (await call('ListSolutions', { datasetGroupArn: group.arn })).solutions)
      await call('DeleteSolution', { solutionArn });
    for (const { datasetArn } of (await call('ListDatasets', { datasetGroupArn: group.arn })).datasets)
      await call('DeleteDataset', { datasetArn });
    await assert.rejects(call('DeleteSchema', { schemaArn: `${prefix}schema/none` }), isRefused('ResourceNotFoundException'));
    for (const { schemaArn } of (await call('ListSchemas')).schemas) await call('DeleteSchema', { schemaArn });
    await call('DeleteDatasetGroup', { datasetGroupArn: group.arn });
    await assert.rejects(
      call('DescribeDatasetGroup', { datasetGroupArn: group.arn }),
      isRefused('ResourceNotFoundException'),
    );
  });

  it('was asked for everything', () => {
    assert.deepEqual(
      Object.keys(operations).filter((operation) => !succeeded.has(operation)),
      [],
    );
  });
});
