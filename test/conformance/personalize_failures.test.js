// Every error that an operation of Personalize declares, through the SDK: each of them is met, or it stands in `never`
// with the reason why this server does not say it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { contractOf, sampleInput } from '../harness/contract_samples.js';
import { filmWorld, schemas } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { role } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';

const services = { personalize: 'personalize', 'personalize-runtime': 'personalizeRuntime', 'personalize-events': 'personalizeEvents' };
const contracts = Object.fromEntries(Object.keys(services).map((service) => [service, contractOf(service)]));
const serviceOf = (operation) => Object.keys(services).find((service) => contracts[service].operations[operation]);
const operations = Object.assign({}, ...Object.values(contracts).map((contract) => contract.operations));
const declared = (operation) => new Set(operations[operation].errors ?? []);
const membersOf = (operation) => {
  const { shapes } = contracts[serviceOf(operation)];
  return shapes[operations[operation].input].members;
};
const declaring = (error) => Object.keys(operations).filter((operation) => declared(operation).has(error));

const prefix = 'arn:aws:personalize:us-east-1:000000000000:';
const recipe = (name) => `arn:aws:personalize:::recipe/aws-${name}`;

// ARNs that nothing has, by the member that names what an operation is about.
const unknown = {
  algorithmArn: 'arn:aws:personalize:::algorithm/none',
  batchInferenceJobArn: `${prefix}batch-inference-job/none`,
  batchSegmentJobArn: `${prefix}batch-segment-job/none`,
  campaignArn: `${prefix}campaign/none`,
  dataDeletionJobArn: `${prefix}data-deletion-job/none`,
  datasetArn: `${prefix}dataset/none/ITEMS`,
  datasetExportJobArn: `${prefix}dataset-export-job/none`,
  datasetGroupArn: `${prefix}dataset-group/none`,
  datasetImportJobArn: `${prefix}dataset-import-job/none`,
  eventTrackerArn: `${prefix}event-tracker/00000000`,
  featureTransformationArn: 'arn:aws:personalize:::feature-transformation/none',
  filterArn: `${prefix}filter/none`,
  metricAttributionArn: `${prefix}metric-attribution/none`,
  recipeArn: recipe('none'),
  recommenderArn: `${prefix}recommender/none`,
  resourceArn: `${prefix}campaign/none`,
  schemaArn: `${prefix}schema/none`,
  solutionArn: `${prefix}solution/none`,
  solutionVersionArn: `${prefix}solution/none/00000000`,
  trackingId: 'none',
};
// Which of several ARNs an operation is about, where it is not the first of the list above.
const subject = {
  CreateBatchInferenceJob: 'solutionVersionArn',
  CreateBatchSegmentJob: 'solutionVersionArn',
  CreateCampaign: 'solutionVersionArn',
  CreateDataset: 'datasetGroupArn',
  CreateRecommender: 'datasetGroupArn',
  CreateSolution: 'datasetGroupArn',
  ListSolutionVersions: 'solutionArn',
  UpdateCampaign: 'campaignArn',
  UpdateDataset: 'datasetArn',
};
const subjectOf = (operation) =>
  subject[operation] ?? Object.keys(unknown).find((member) => membersOf(operation)[member]);

const never = {
  ResourceInUseException: {
    'what it would wait for is ACTIVE at once': [
      'CreateDataDeletionJob',
      'CreateDataset',
      'CreateDatasetExportJob',
      'CreateDatasetImportJob',
      'CreateEventTracker',
      'CreateMetricAttribution',
      'CreateRecommender',
      'CreateSolution',
      'CreateSolutionVersion',
    ],
    'nothing is ever under way with it': [
      'DeleteEventTracker',
      'DeleteMetricAttribution',
      'ListTagsForResource',
      'PutActionInteractions',
      'PutActions',
      'PutItems',
      'PutUsers',
      'TagResource',
      'UntagResource',
      'UpdateMetricAttribution',
      'UpdateSolution',
    ],
  },
  LimitExceededException: {
    'there is one of each type and group, so that another one exists already': ['CreateDataset', 'CreateEventTracker'],
    'it makes nothing': ['UpdateSolution'],
    'TooManyTagsException says so': ['TagResource'],
  },
};

describe('every failure of Personalize', () => {
  const world = filmWorld();
  const met = new Set();
  const arns = {};
  let server;
  let group;
  let fresh = 0;

  const call = (operation, input) => group.aws.call(services[serviceOf(operation)], operation, input);
  const refused = async (operation, error, input, pattern = /./) => {
    await assert.rejects(call(operation, input), (reason) => {
      assert.equal(reason.name, error, `${operation}: ${reason.name} ${reason.message}`);
      assert.match(reason.message, pattern, operation);
      return true;
    });
    met.add(`${operation} ${error}`);
  };
  const destination = (name) => ({ s3DataDestination: { path: `s3://films-control/${name}/` } });
  const source = { s3DataSource: { path: 's3://films-control/in.json' } };
  const metric = { eventType: 'watch', metricName: 'views', expression: 'SAMPLECOUNT()' };
  const slow = { algorithmHyperParameters: { network_millions: '100' } };

  // Inputs that would make something new.
  const name = () => `new-${++fresh}`;
  const good = {
    CreateBatchInferenceJob: () => ({
      jobName: name(),
      solutionVersionArn: arns.version,
      filterArn: arns.filter,
      jobInput: source,
      jobOutput: destination('out'),
      roleArn: role,
    }),
    CreateBatchSegmentJob: () => ({
      jobName: name(),
      solutionVersionArn: arns.segments,
      jobInput: source,
      jobOutput: destination('out'),
      roleArn: role,
    }),
    CreateCampaign: () => ({ name: name(), solutionVersionArn: arns.version }),
    CreateDataDeletionJob: () => ({
      jobName: name(),
      datasetGroupArn: group.arn,
      dataSource: { dataLocation: 's3://films-control/users.csv' },
      roleArn: role,
    }),
    CreateDataset: () => ({ name: name(), datasetGroupArn: group.arn, datasetType: 'Users', schemaArn: arns.usersSchema }),
    CreateDatasetExportJob: () => ({
      jobName: name(),
      datasetArn: arns.items,
      roleArn: role,
      jobOutput: destination('exports'),
    }),
    CreateDatasetGroup: () => ({ name: name() }),
    CreateDatasetImportJob: () => ({
      jobName: name(),
      datasetArn: arns.items,
      dataSource: { dataLocation: 's3://films-control/items.csv' },
      roleArn: role,
    }),
    CreateEventTracker: () => ({ name: name(), datasetGroupArn: arns.video }),
    CreateFilter: () => ({
      name: name(),
      datasetGroupArn: group.arn,
      filterExpression: 'INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)',
    }),
    CreateMetricAttribution: () => ({
      name: name(),
      datasetGroupArn: group.arn,
      metrics: [metric],
      metricsOutputConfig: { roleArn: role, ...destination('metrics') },
    }),
    CreateRecommender: () => ({ name: name(), datasetGroupArn: arns.video, recipeArn: recipe('vod-most-popular') }),
    CreateSchema: () => ({ name: name(), schema: JSON.stringify(schemas.items) }),
    CreateSolution: () => ({ name: name(), datasetGroupArn: group.arn, recipeArn: recipe('sims'), performAutoTraining: false }),
    CreateSolutionVersion: () => ({ solutionArn: arns.solution, name: name() }),
    TagResource: () => ({ resourceArn: group.arn, tags: [{ tagKey: 'a', tagValue: 'b' }] }),
  };

  async function trained(solution, recipeName, more = {}) {
    const { solutionArn } = await call('CreateSolution', {
      name: solution,
      datasetGroupArn: group.arn,
      recipeArn: recipe(recipeName),
      performAutoTraining: false,
      ...more,
    });
    return { solutionArn, ...(await call('CreateSolutionVersion', { solutionArn, name: 'first' })) };
  }
  const active = async (operation, input) => group.active(operation, input);

  async function makeVideoGroup() {
    const domain = 'VIDEO_ON_DEMAND';
    arns.video = (await call('CreateDatasetGroup', { name: 'video', domain })).datasetGroupArn;
    const { schemaArn } = await call('CreateSchema', { name: 'video', domain, schema: JSON.stringify(schemas.interactions) });
    const of = { name: 'video', datasetGroupArn: arns.video, datasetType: 'Interactions', schemaArn };
    const { datasetArn } = await call('CreateDataset', of);
    const dataSource = { dataLocation: 's3://films-control/interactions.csv' };
    const job = await call('CreateDatasetImportJob', { jobName: 'video', datasetArn, dataSource, roleArn: role });
    await active('DescribeDatasetImportJob', job);
    arns.recommender = (await call('CreateRecommender', { ...good.CreateRecommender(), name: 'there' })).recommenderArn;
    await active('DescribeRecommender', { recommenderArn: arns.recommender });
  }

  before(async () => {
    // One worker: what is asked for behind a long training stays in the making.
    const environment = { RAPPORT_THREADS_JOBS: '1', RAPPORT_LIMITS_PERSONALIZE_QUOTAS: 'true' };
    server = await RapportServer.start({ environment });
    group = await PersonalizeGroup.create(server, 'control');
    await group.import('Interactions', world.interactions);
    await group.import('Items', world.items);
    arns.items = `${prefix}dataset/control/ITEMS`;
    await group.aws.put(group.bucket, 'in.json', '{"userId":"u0"}\n');
    await group.aws.put(group.bucket, 'users.csv', 'USER_ID\nnobody\n');
    const users = structuredClone(schemas.items);
    users.name = 'Users';
    users.fields[0].name = 'USER_ID';
    arns.usersSchema = (await call('CreateSchema', { name: 'users', schema: JSON.stringify(users) })).schemaArn;
    const popular = await trained('popular', 'popularity-count');
    await active('DescribeSolutionVersion', { solutionVersionArn: popular.solutionVersionArn });
    const segments = await trained('segments', 'item-affinity');
    await active('DescribeSolutionVersion', { solutionVersionArn: segments.solutionVersionArn });
    Object.assign(arns, { solution: popular.solutionArn, version: popular.solutionVersionArn, segments: segments.solutionVersionArn });
    arns.filter = (await call('CreateFilter', { ...good.CreateFilter(), name: 'there' })).filterArn;
    arns.campaign = (await call('CreateCampaign', { ...good.CreateCampaign(), name: 'there' })).campaignArn;
    await active('DescribeCampaign', { campaignArn: arns.campaign });
    await call('CreateEventTracker', { name: 'there', datasetGroupArn: group.arn });
    const attribution = { ...good.CreateMetricAttribution(), name: 'there' };
    arns.attribution = (await call('CreateMetricAttribution', attribution)).metricAttributionArn;
    await makeVideoGroup();
  });
  after(() => server?.dispose());

  it('says InvalidInput for what cannot be meant', async () => {
    const wrong = (operation) => {
      const members = membersOf(operation);
      if (members.maxResults) return { maxResults: 0 };
      if (members.numResults && serviceOf(operation) === 'personalize-runtime') return { numResults: -1 };
      const named = ['name', 'jobName'].find((member) => members[member]);
      if (named && operation !== 'CreateSolutionVersion') return { [named]: 'a b' };
      if (operation === 'PutEvents' || operation === 'PutActionInteractions') return { trackingId: '' };
      return { [subjectOf(operation)]: 'nonsense' };
    };
    for (const operation of declaring('InvalidInputException')) {
      const input = { ...sampleInput(contracts[serviceOf(operation)], operation), ...wrong(operation) };
      for (const member of ['eventList', 'actionInteractions']) if (input[member]) input[member] = [];
      await refused(operation, 'InvalidInputException', input);
    }
  });

  it('says ResourceNotFound and what is missing', async () => {
    for (const operation of declaring('ResourceNotFoundException')) {
      const member = subjectOf(operation);
      const beside = good[operation]?.() ?? sampleInput(contracts[serviceOf(operation)], operation);
      for (const other of ['nextToken', 'solutionVersionArn', 'filterArn', 'filterValues', 'promotions', 'schemaArn'])
        if (other !== member && !good[operation]) delete beside[other];
      if (operation === 'UpdateDataset') beside.schemaArn = arns.usersSchema;
      if (operation === 'GetRecommendations') delete beside.recommenderArn;
      if (operation === 'UpdateMetricAttribution') delete beside.addMetrics;
      if (operation === 'PutActionInteractions') beside.actionInteractions[0].eventType = 'Taken';
      const input = { ...beside, [member]: unknown[member] };
      await refused(operation, 'ResourceNotFoundException', input, new RegExp(unknown[member].replace(/[$/]/g, '\\$&')));
    }
  });

  it('says InvalidNextToken for tokens of other lists', async () => {
    for (const operation of declaring('InvalidNextTokenException')) {
      const input = operation === 'ListMetricAttributionMetrics' ? { metricAttributionArn: arns.attribution } : {};
      await refused(operation, 'InvalidNextTokenException', { ...input, nextToken: '!' });
    }
  });

  it('says TooManyTags beyond fifty, and makes nothing', async () => {
    const tags = Array.from({ length: 51 }, (_, i) => ({ tagKey: `k${i}`, tagValue: 'v' }));
    for (const operation of declaring('TooManyTagsException')) {
      const input = good[operation]();
      await refused(operation, 'TooManyTagsException', { ...input, tags });
      if (input.name) assert.doesNotMatch(JSON.stringify(await call('ListSolutions', {})), new RegExp(`"${input.name}"`));
    }
    const tagKeys = tags.map(({ tagKey }) => tagKey);
    await refused('UntagResource', 'TooManyTagKeysException', { resourceArn: group.arn, tagKeys });
    assert.deepEqual((await call('ListTagsForResource', { resourceArn: group.arn })).tags, []);
  });

  it('says ResourceAlreadyExists for the same again', async () => {
    const jobs = ['CreateBatchInferenceJob', 'CreateBatchSegmentJob', 'CreateDataDeletionJob', 'CreateDatasetExportJob', 'CreateDatasetImportJob'];
    for (const operation of jobs) await call(operation, { ...good[operation](), jobName: 'there' });
    await call('CreateSchema', { ...good.CreateSchema(), name: 'there' });
    await call('CreateDatasetGroup', { name: 'there' });
    await call('CreateSolution', { ...good.CreateSolution(), name: 'there' });
    const same = {
      CreateDataset: { datasetType: 'Items', schemaArn: `${prefix}schema/control-Items` },
      CreateEventTracker: { datasetGroupArn: group.arn },
      CreateSolutionVersion: { name: 'first' },
    };
    for (const operation of declaring('ResourceAlreadyExistsException')) {
      if (operation === 'UpdateMetricAttribution') continue;
      const again = same[operation] ?? (membersOf(operation).jobName ? { jobName: 'there' } : { name: 'there' });
      await refused(operation, 'ResourceAlreadyExistsException', { ...good[operation](), ...again });
    }
    const twice = { metricAttributionArn: arns.attribution, addMetrics: [metric] };
    await refused('UpdateMetricAttribution', 'ResourceAlreadyExistsException', twice);
  });

  it('says ResourceInUse for what is used, busy or not in the right state', async () => {
    const inUse = (operation, input, pattern) => refused(operation, 'ResourceInUseException', input, pattern);
    await inUse('DeleteDatasetGroup', { datasetGroupArn: group.arn }, /delete first/);
    await inUse('DeleteSchema', { schemaArn: `${prefix}schema/control-Items` }, /in use/);
    await inUse('DeleteSolution', { solutionArn: arns.solution }, /delete first/);
    await inUse('StopSolutionVersionCreation', { solutionVersionArn: arns.version }, /ACTIVE/);
    await inUse('StartRecommender', { recommenderArn: arns.recommender }, /INACTIVE/);

    const slowTraining = await trained('slow', 'user-personalization', { solutionConfig: slow });
    const { solutionVersionArn } = slowTraining;
    await inUse('GetSolutionMetrics', { solutionVersionArn });
    await inUse('CreateCampaign', { ...good.CreateCampaign(), solutionVersionArn }, /ACTIVE/);
    await inUse('CreateBatchInferenceJob', { ...good.CreateBatchInferenceJob(), solutionVersionArn, filterArn: undefined });
    const waiting = await trained('waiting', 'item-affinity');
    await inUse('CreateBatchSegmentJob', { ...good.CreateBatchSegmentJob(), solutionVersionArn: waiting.solutionVersionArn });
    await call('CreateDatasetImportJob', good.CreateDatasetImportJob());
    await inUse('DeleteDataset', { datasetArn: arns.items }, /in use by/);
    await inUse('UpdateDataset', { datasetArn: arns.items, schemaArn: `${prefix}schema/control-Items` });
    await call('UpdateCampaign', { campaignArn: arns.campaign, minProvisionedTPS: 3 });
    await inUse('UpdateCampaign', { campaignArn: arns.campaign, minProvisionedTPS: 4 });
    await inUse('DeleteCampaign', { campaignArn: arns.campaign });
    await call('CreateBatchInferenceJob', good.CreateBatchInferenceJob());
    await inUse('DeleteFilter', { filterArn: arns.filter }, /in use by/);
    const { recommenderArn } = await call('CreateRecommender', good.CreateRecommender());
    for (const operation of ['DeleteRecommender', 'StopRecommender', 'UpdateRecommender'])
      await inUse(operation, { recommenderArn, recommenderConfig: {} });
  });

  // Behind the training that still runs.
  it('says LimitExceeded beyond the published quotas, when it is told to keep them', async () => {
    const most = { CreateSchema: 501, CreateFilter: 31, CreateSolutionVersion: 21 };
    for (const operation of Object.keys(good).filter((one) => declared(one).has('LimitExceededException'))) {
      if (['CreateDataset', 'CreateEventTracker', 'TagResource'].includes(operation)) continue;
      for (let made = 0; ; ++made) {
        assert.ok(made <= (most[operation] ?? 11), `${operation} is limited`);
        const error = await call(operation, good[operation]()).then(() => null, (reason) => reason);
        if (error === null) continue;
        assert.equal(error.name, 'LimitExceededException', `${operation}: ${error.message}`);
        await refused(operation, 'LimitExceededException', good[operation](), /More than \d+|already/);
        break;
      }
    }
    await call('StopSolutionVersionCreation', await versionInTraining());
  });

  async function versionInTraining() {
    const { solutionVersions } = await call('ListSolutionVersions', { solutionArn: `${prefix}solution/slow` });
    assert.equal(solutionVersions[0].status, 'CREATE IN_PROGRESS', 'everything else waited for it');
    return { solutionVersionArn: solutionVersions[0].solutionVersionArn };
  }

  it('was met, operation by operation', () => {
    const exempt = Object.entries(never).flatMap(([error, reasons]) =>
      Object.values(reasons).flat().map((operation) => `${operation} ${error}`),
    );
    const all = Object.keys(operations).flatMap((operation) => [...declared(operation)].map((error) => `${operation} ${error}`));
    assert.deepEqual(all.filter((one) => !met.has(one) && !exempt.includes(one)), [], 'declared and not met');
    assert.deepEqual(exempt.filter((one) => met.has(one) || !all.includes(one)), [], 'exempt without need');
    const withFailure = new Set([...met].map((one) => one.split(' ')[0]));
    assert.deepEqual(Object.keys(operations).filter((operation) => !withFailure.has(operation)), [], 'never refused');
    assert.equal(Object.keys(operations).length, 71 + 3 + 5);
  });
});
