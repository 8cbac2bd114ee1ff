// Campaigns, recommenders, event trackers and what they answer, through the AWS SDK: from imported films to lists that
// follow a viewer's newest event.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as events from '@aws-sdk/client-personalize-events';
import * as runtime from '@aws-sdk/client-personalize-runtime';
import { sdkClients } from '../harness/clients.js';
import { filmWorld, schemas } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const recipe = (name) => `arn:aws:personalize:::recipe/aws-${name}`;
const nowhere = (kind) => `arn:aws:personalize:us-east-1:000000000000:${kind}/none`;
const ids = (answer) => answer.itemList.map(({ itemId }) => itemId);

describe('recommendations', () => {
  const world = filmWorld();
  const genreOf = Object.fromEntries(
    world.items.trim().split('\n').slice(1).map((line) => line.split(',')),
  );
  const users = {
    type: 'record',
    name: 'Users',
    namespace: 'x',
    fields: [
      { name: 'USER_ID', type: 'string' },
      { name: 'AGE', type: ['null', 'int'] },
    ],
    version: '1.0',
  };
  let server;
  let group;
  let clients;
  let trackingId;
  let versions;
  let campaign;

  const get = (operation, input) => clients.personalizeRuntime.send(new runtime[`${operation}Command`](input));
  const put = (operation, input) => clients.personalizeEvents.send(new events[`${operation}Command`](input));
  const recommend = (input) => get('GetRecommendations', { campaignArn: campaign, ...input });
  const watch = (userId, itemId, more = {}) =>
    put('PutEvents', {
      trackingId,
      userId,
      sessionId: `s-${userId}`,
      eventList: [{ eventType: 'watch', itemId, sentAt: new Date(), ...more }],
    });
  const datasetArn = (type) => `arn:aws:personalize:us-east-1:000000000000:dataset/shown/${type}`;

  async function trained(name) {
    const { solutionArn } = await group.call('CreateSolution', {
      name,
      datasetGroupArn: group.arn,
      recipeArn: recipe(name),
      performAutoTraining: false,
    });
    const version = await group.call('CreateSolutionVersion', { solutionArn });
    await group.active('DescribeSolutionVersion', version);
    return version.solutionVersionArn;
  }
  async function deployed(name, solutionVersionArn, more = {}) {
    const { campaignArn } = await group.call('CreateCampaign', { name, solutionVersionArn, ...more });
    await group.active('DescribeCampaign', { campaignArn });
    return campaignArn;
  }

  before(async () => {
    server = await RapportServer.start();
    clients = sdkClients(server);
    group = await PersonalizeGroup.create(server, 'shown');
    await group.import('Interactions', world.interactions);
    await group.import('Items', world.items);
    await group.import('Users', 'USER_ID,AGE\nu0,30\nu1,40\n', users);
    trackingId = (await group.call('CreateEventTracker', { name: 'web', datasetGroupArn: group.arn })).trackingId;
    versions = {};
    for (const name of ['user-personalization-v2', 'personalized-ranking-v2', 'similar-items']) {
      versions[name] = await trained(name);
    }
    campaign = await deployed('for-you', versions['user-personalization-v2']);
  });
  after(() => server?.dispose());

  it('follow the taste and the newest event of a viewer', async () => {
    const known = await recommend({ userId: 'u0', numResults: 10 });
    assert.match(known.recommendationId, /^RID-[0-9a-f-]{36}$/);
    const action = ids(known).filter((id) => genreOf[id] === 'Action');
    assert.ok(action.length >= 6, `a viewer of Action gets ${ids(known)}`);
    assert.ok(known.itemList.every(({ score }) => score > 0 && score < 1));

    const before = ids(await recommend({ userId: 'stranger', numResults: 10 }));
    for (const id of ['f2', 'f6', 'f10', 'f14']) await watch('stranger', id);
    const after = ids(await recommend({ userId: 'stranger', numResults: 10 }));
    const drama = (list) => list.filter((id) => genreOf[id] === 'Drama').length;
    assert.ok(drama(after) > drama(before), `${after} after four dramas, ${before} before`);
  });

  it('keep to filters, promotions, metadata and limits', async () => {
    const { filterArn } = await group.call('CreateFilter', {
      name: 'genre',
      datasetGroupArn: group.arn,
      filterExpression: 'INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)',
    });
    const filterValues = { GENRE: '"Comedy"' };
    const comedies = await recommend({ userId: 'u0', filterArn, filterValues, metadataColumns: { ITEMS: ['GENRES'] } });
    assert.equal(comedies.itemList.length, 25);
    for (const { itemId, metadata } of comedies.itemList) {
      assert.equal(genreOf[itemId], 'Comedy');
      assert.deepEqual(metadata, { GENRES: 'Comedy' });
    }
    const promoting = await recommend({
      userId: 'u0',
      numResults: 10,
      promotions: [{ name: 'laugh', percentPromotedItems: 30, filterArn, filterValues }],
    });
    const promoted = promoting.itemList.filter(({ promotionName }) => promotionName === 'laugh');
    assert.equal(promoted.length, 3);
    for (const { itemId, reason } of promoted) {
      assert.equal(genreOf[itemId], 'Comedy');
      assert.deepEqual(reason, ['Promoted item']);
    }
    assert.equal((await refusal(recommend({ userId: 'u0', numResults: 501 }))).name, 'InvalidInputException');
    assert.equal((await refusal(recommend({ userId: 'u0', filterArn: nowhere('filter') }))).name, 'ResourceNotFoundException');
    assert.equal((await refusal(recommend({}))).name, 'InvalidInputException');
    const wrong = get('GetRecommendations', { campaignArn: nowhere('campaign'), userId: 'u0' });
    assert.equal((await refusal(wrong)).name, 'ResourceNotFoundException');
    assert.equal((await refusal(get('GetRecommendations', { userId: 'u0' }))).name, 'InvalidInputException');
  });

  it('show an item that was put, once its attributes suit the viewer', async () => {
    await put('PutItems', {
      datasetArn: datasetArn('ITEMS'),
      items: [{ itemId: 'premiere', properties: JSON.stringify({ genres: 'Action' }) }],
    });
    const { filterArn } = await group.call('CreateFilter', {
      name: 'premieres',
      datasetGroupArn: group.arn,
      filterExpression: 'INCLUDE ItemID WHERE Items.ITEM_ID IN ("premiere")',
    });
    await eventually('the new item is in a list', async () =>
      ids(await recommend({ userId: 'u0', filterArn })).includes('premiere'),
    );
  });

  it('rank a list and find related items', async () => {
    const ranking = await deployed('ranking', versions['personalized-ranking-v2']);
    const inputList = ['f1', 'f4', 'f2', 'f8', 'nobody knows this'];
    const { personalizedRanking } = await get('GetPersonalizedRanking', { campaignArn: ranking, userId: 'u0', inputList });
    assert.deepEqual(personalizedRanking.map(({ itemId }) => itemId).sort(), [...inputList].sort());
    assert.equal(personalizedRanking.at(-1).itemId, 'nobody knows this');
    assert.equal(personalizedRanking.at(-1).score, undefined);
    const sum = personalizedRanking.slice(0, -1).reduce((total, { score }) => total + score, 0);
    assert.ok(Math.abs(sum - 1) < 1e-6);
    const unranked = get('GetPersonalizedRanking', { campaignArn: campaign, userId: 'u0', inputList });
    assert.equal((await refusal(unranked)).name, 'InvalidInputException');

    const related = await deployed('related', versions['similar-items']);
    const list = ids(await get('GetRecommendations', { campaignArn: related, itemId: 'f0', numResults: 10 }));
    assert.ok(!list.includes('f0'));
    assert.ok(list.filter((id) => genreOf[id] === 'Action').length >= 6, `${list}`);
    assert.equal((await refusal(get('GetRecommendations', { campaignArn: related, userId: 'u0' }))).name, 'InvalidInputException');
    assert.equal((await refusal(get('GetActionRecommendations', { campaignArn: related, userId: 'u0' }))).name, 'InvalidInputException');
    for (const campaignArn of [ranking, related]) await group.call('DeleteCampaign', { campaignArn });
  });

  it('are explained', async () => {
    const call = rapportApi(server);
    const [best] = ids(await recommend({ userId: 'u0', numResults: 1 }));
    const why = await call('POST', '/rapport/v1/recommendations/explanation', {
      CampaignArn: campaign,
      UserId: 'u0',
      ItemId: best,
    });
    assert.equal(why.Rank, 1);
    assert.ok(Array.isArray(why.Reasons));
    const unknown = call('POST', '/rapport/v1/recommendations/explanation', {
      CampaignArn: campaign,
      UserId: 'u0',
      ItemId: 'nobody knows this',
    });
    assert.equal((await refusal(unknown)).name, 'NotFoundException');
  });

  it('come from campaigns that can be changed and removed', async () => {
    const { campaign: made } = await group.call('DescribeCampaign', { campaignArn: campaign });
    assert.equal(made.minProvisionedTPS, 1);
    assert.equal(made.solutionVersionArn, versions['user-personalization-v2']);
    assert.equal(made.latestCampaignUpdate, undefined);
    await group.call('UpdateCampaign', { campaignArn: campaign, minProvisionedTPS: 2 });
    const updated = await eventually('the update is ACTIVE', async () => {
      const now = await group.describe('DescribeCampaign', { campaignArn: campaign });
      return now.latestCampaignUpdate.status === 'ACTIVE' && now;
    });
    assert.equal(updated.minProvisionedTPS, 2);
    assert.equal(updated.status, 'ACTIVE');

    const solutionArn = versions['user-personalization-v2'].replace(/\/[0-9a-f]+$/, '');
    const latest = await deployed('latest', `${solutionArn}/$LATEST`, {
      campaignConfig: { syncWithLatestSolutionVersion: true },
    });
    const { campaigns } = await group.call('ListCampaigns', { solutionArn });
    assert.deepEqual(campaigns.map(({ name }) => name).sort(), ['for-you', 'latest']);
    assert.equal((await refusal(group.call('DeleteSolution', { solutionArn }))).name, 'ResourceInUseException');
    await group.call('DeleteCampaign', { campaignArn: latest });
    const gone = group.call('DescribeCampaign', { campaignArn: latest });
    assert.equal((await refusal(gone)).name, 'ResourceNotFoundException');

    const create = (more) =>
      group.call('CreateCampaign', { name: 'x', solutionVersionArn: versions['user-personalization-v2'], ...more });
    assert.equal((await refusal(create({ name: 'for-you' }))).name, 'ResourceAlreadyExistsException');
    assert.equal((await refusal(create({ solutionVersionArn: nowhere('solution') }))).name, 'ResourceNotFoundException');
    const sync = create({ campaignConfig: { syncWithLatestSolutionVersion: true } });
    assert.equal((await refusal(sync)).name, 'InvalidInputException');
    const exploring = create({ campaignConfig: { itemExplorationConfig: { explorationWeight: '0.3' } } });
    assert.equal((await refusal(exploring)).name, 'InvalidInputException');
    for (const operation of ['UpdateCampaign', 'DeleteCampaign']) {
      const missing = group.call(operation, { campaignArn: nowhere('campaign') });
      assert.equal((await refusal(missing)).name, 'ResourceNotFoundException');
    }
  });

  it('learn of events through one tracker', async () => {
    const { eventTrackers } = await group.call('ListEventTrackers', { datasetGroupArn: group.arn });
    assert.equal(eventTrackers.length, 1);
    const { eventTracker } = await group.call('DescribeEventTracker', { eventTrackerArn: eventTrackers[0].eventTrackerArn });
    assert.equal(eventTracker.trackingId, trackingId);
    assert.match(eventTracker.eventTrackerArn, /:event-tracker\/[0-9a-f]{8}$/);
    const second = group.call('CreateEventTracker', { name: 'other', datasetGroupArn: group.arn });
    assert.equal((await refusal(second)).name, 'ResourceAlreadyExistsException');
    const missing = group.call('DeleteEventTracker', { eventTrackerArn: nowhere('event-tracker') });
    assert.equal((await refusal(missing)).name, 'ResourceNotFoundException');
    const unknown = put('PutEvents', {
      trackingId: 'nobody',
      sessionId: 's',
      eventList: [{ eventType: 'watch', sentAt: new Date() }],
    });
    assert.equal((await refusal(unknown)).name, 'InvalidInputException');
    const forbidden = watch('u0', 'f1', { properties: JSON.stringify({ userId: 'x' }) });
    assert.equal((await refusal(forbidden)).name, 'InvalidInputException');
  });

  it('learn of users, and refuse rows that do not fit', async () => {
    const user = (properties) => ({ datasetArn: datasetArn('USERS'), users: [{ userId: 'u0', properties }] });
    await put('PutUsers', user('{"age": 31}'));
    assert.equal((await refusal(put('PutUsers', user('{"age": "old"}')))).name, 'InvalidInputException');
    assert.equal((await refusal(put('PutUsers', user('{"shoeSize": 43}')))).name, 'InvalidInputException');
    const wrongType = { datasetArn: datasetArn('ITEMS'), users: [{ userId: 'u0' }] };
    assert.equal((await refusal(put('PutUsers', wrongType))).name, 'InvalidInputException');
    const items = { datasetArn: datasetArn('NONE'), items: [{ itemId: 'f0' }] };
    assert.equal((await refusal(put('PutItems', items))).name, 'ResourceNotFoundException');
    const actions = { datasetArn: datasetArn('ACTIONS'), actions: [{ actionId: 'a' }] };
    assert.equal((await refusal(put('PutActions', actions))).name, 'ResourceNotFoundException');
    const taken = {
      trackingId: 'nobody',
      actionInteractions: [{ actionId: 'a', sessionId: 's', timestamp: new Date(), eventType: 'Taken' }],
    };
    assert.equal((await refusal(put('PutActionInteractions', taken))).name, 'ResourceNotFoundException');
  });
});

describe('a recommender', () => {
  let server;
  let clients;
  let group;
  before(async () => {
    server = await RapportServer.start();
    clients = sdkClients(server);
    group = await PersonalizeGroup.create(server, 'plain');
  });
  after(() => server?.dispose());

  it('answers its use case, stops and starts again', async () => {
    const world = filmWorld();
    const datasetGroupArn = (await group.call('CreateDatasetGroup', { name: 'vod', domain: 'VIDEO_ON_DEMAND' })).datasetGroupArn;
    group.arn = datasetGroupArn;
    group.name = 'vod';
    await group.import('Interactions', world.interactions, schemas.interactions);
    const create = (recipeArn, more = {}) =>
      group.call('CreateRecommender', { name: 'popular', datasetGroupArn, recipeArn, ...more });
    const { recommenderArn } = await create(recipe('vod-most-popular'));
    await group.active('DescribeRecommender', { recommenderArn });
    const ask = () =>
      clients.personalizeRuntime.send(new runtime.GetRecommendationsCommand({ recommenderArn, userId: 'u0', numResults: 5 }));
    const { itemList } = await ask();
    assert.equal(itemList.length, 5);

    assert.equal((await refusal(create(recipe('vod-most-popular')))).name, 'ResourceAlreadyExistsException');
    assert.equal((await refusal(create(recipe('ecomm-recommended-for-you')))).name, 'InvalidInputException');
    assert.equal((await refusal(group.call('StartRecommender', { recommenderArn }))).name, 'ResourceInUseException');
    const stateIs = (wanted) =>
      eventually(`the recommender is ${wanted}`, async () => {
        const { status } = await group.describe('DescribeRecommender', { recommenderArn });
        return status === wanted;
      });
    await group.call('StopRecommender', { recommenderArn });
    await stateIs('INACTIVE');
    await eventually('nobody answers', async () => (await ask().catch(({ name }) => name)) === 'InvalidInputException');
    assert.equal((await refusal(group.call('StopRecommender', { recommenderArn }))).name, 'ResourceInUseException');
    await group.call('StartRecommender', { recommenderArn });
    await stateIs('ACTIVE');
    await group.call('UpdateRecommender', { recommenderArn, recommenderConfig: { minRecommendationRequestsPerSecond: 2 } });
    await eventually('the update is done', async () => {
      const now = await group.describe('DescribeRecommender', { recommenderArn });
      return now.recommenderConfig?.minRecommendationRequestsPerSecond === 2;
    });
    const { recommenders } = await group.call('ListRecommenders', { datasetGroupArn });
    assert.deepEqual(recommenders.map(({ name }) => name), ['popular']);
    await group.call('DeleteRecommender', { recommenderArn });
    for (const operation of ['DescribeRecommender', 'DeleteRecommender', 'StartRecommender', 'StopRecommender']) {
      assert.equal((await refusal(group.call(operation, { recommenderArn }))).name, 'ResourceNotFoundException');
    }
  });
});
