// People of whom nothing is known but their attributes, or what the request tells of the moment: through the AWS SDK.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as events from '@aws-sdk/client-personalize-events';
import * as runtime from '@aws-sdk/client-personalize-runtime';
import { sdkClients } from '../harness/clients.js';
import { filmWorld, schemas, tasteOf } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const world = filmWorld();
const deviceOf = { Action: 'television', Comedy: 'television', Drama: 'telephone', Romance: 'telephone' };
const genreOf = (itemId) => tasteOf(Number(itemId.slice(1)));

// Everybody is in the club of a genre; two genres are watched on television, two on the telephone.
const users = ['USER_ID,CLUB', ...[...Array(world.users).keys()].map((user) => `u${user},${tasteOf(user)}`)];
const interactions = world.interactions
  .trim()
  .split('\n')
  .map((row, place) => `${row},${place === 0 ? 'DEVICE' : deviceOf[genreOf(row.split(',')[1])]}`);
const withField = (schema, field) => ({ ...schema, fields: [...schema.fields, field] });
const text = (lines) => `${lines.join('\n')}\n`;

describe('new viewers', () => {
  let server;
  let group;
  let clients;
  const campaigns = {};

  const recommend = (campaignArn, userId, context) =>
    clients.personalizeRuntime.send(
      new runtime.GetRecommendationsCommand({ campaignArn, userId, context, numResults: 10 }),
    );
  const shareOf = (answer, genres) =>
    answer.itemList.filter(({ itemId }) => genres.includes(genreOf(itemId))).length / answer.itemList.length;

  async function deployed(name, solutionConfig) {
    const { solutionArn } = await group.call('CreateSolution', {
      name,
      datasetGroupArn: group.arn,
      recipeArn: `arn:aws:personalize:::recipe/aws-${name.replace(/-without$/, '')}`,
      performAutoTraining: false,
      ...(solutionConfig && { solutionConfig }),
    });
    const version = await group.call('CreateSolutionVersion', { solutionArn });
    await group.active('DescribeSolutionVersion', version);
    const quiet = { campaignConfig: { itemExplorationConfig: { explorationWeight: '0' } } };
    const { campaignArn } = await group.call('CreateCampaign', {
      name,
      ...version,
      ...(name.startsWith('user-personalization') && !name.endsWith('v2') && quiet),
    });
    await group.active('DescribeCampaign', { campaignArn });
    return campaignArn;
  }

  before(async () => {
    server = await RapportServer.start();
    clients = sdkClients(server);
    group = await PersonalizeGroup.create(server, 'arrivals');
    const device = { name: 'DEVICE', type: ['null', 'string'], categorical: true };
    await group.import('Interactions', text(interactions), withField(schemas.interactions, device));
    await group.import('Items', world.items);
    await group.import('Users', text(users), {
      ...schemas.items,
      name: 'Users',
      fields: [
        { name: 'USER_ID', type: 'string' },
        { name: 'CLUB', type: ['null', 'string'], categorical: true },
      ],
    });
    for (const name of ['user-personalization-v2', 'user-personalization', 'personalized-ranking-v2']) {
      campaigns[name] = await deployed(name);
    }
    campaigns.without = await deployed('user-personalization-without', {
      trainingDataConfig: { excludedDatasetColumns: { USERS: ['CLUB'], INTERACTIONS: ['DEVICE'] } },
    });
    const newcomer = (userId, club) => ({ userId, properties: JSON.stringify({ club }) });
    await clients.personalizeEvents.send(
      new events.PutUsersCommand({
        datasetArn: 'arn:aws:personalize:us-east-1:000000000000:dataset/arrivals/USERS',
        users: [newcomer('new-action', 'Action'), newcomer('new-romance', 'Romance'), newcomer('new-opera', 'Opera')],
      }),
    );
  });
  after(() => server?.dispose());

  for (const name of ['user-personalization-v2', 'user-personalization']) {
    it(`get what their attributes suggest from ${name}`, async () => {
      const action = await recommend(campaigns[name], 'new-action');
      const romance = await recommend(campaigns[name], 'new-romance');
      assert.ok(shareOf(action, ['Action']) >= 0.7, JSON.stringify(action.itemList));
      assert.ok(shareOf(romance, ['Romance']) >= 0.7, JSON.stringify(romance.itemList));
      const scores = action.itemList.map(({ score }) => score);
      assert.ok(scores.every((score) => score > 0 && score < 1));
    });

    it(`get what the context suggests from ${name}`, async () => {
      const television = await recommend(campaigns[name], 'nobody', { DEVICE: 'television' });
      const telephone = await recommend(campaigns[name], 'nobody', { device: 'telephone' });
      assert.ok(shareOf(television, ['Action', 'Comedy']) >= 0.8, JSON.stringify(television.itemList));
      assert.ok(shareOf(telephone, ['Drama', 'Romance']) >= 0.8, JSON.stringify(telephone.itemList));
    });
  }

  it('get a list ranked by attributes and context', async () => {
    const rank = async (userId, context) => {
      const { personalizedRanking } = await clients.personalizeRuntime.send(
        new runtime.GetPersonalizedRankingCommand({
          campaignArn: campaigns['personalized-ranking-v2'],
          userId,
          context,
          inputList: ['f0', 'f3'],
        }),
      );
      return personalizedRanking.map(({ itemId }) => genreOf(itemId));
    };
    assert.deepEqual(await rank('new-action'), ['Action', 'Romance']);
    assert.deepEqual(await rank('new-romance'), ['Romance', 'Action']);
    assert.deepEqual(await rank('nobody', { DEVICE: 'telephone' }), ['Romance', 'Action']);
    const wrong = rank('nobody', { 'not a name': 'x' });
    assert.ok((await refusal(wrong)).name, 'a name of a context has letters, digits and underscores');
  });

  it('are told which attribute or circumstance decided', async () => {
    const call = rapportApi(server);
    const explain = async (UserId, Context) => {
      const [best] = (await recommend(campaigns['user-personalization-v2'], UserId, Context)).itemList;
      return call('POST', '/rapport/v1/recommendations/explanation', {
        CampaignArn: campaigns['user-personalization-v2'],
        UserId,
        ItemId: best.itemId,
        ...(Context && { Context }),
      });
    };
    const named = ({ Reasons }, kind) => Reasons.find(({ Kind }) => Kind === kind);
    const club = named(await explain('new-action'), 'USER_ATTRIBUTE');
    assert.equal(club?.Column, 'CLUB');
    assert.equal(club.Value, 'Action');
    const device = named(await explain('nobody', { DEVICE: 'telephone' }), 'CONTEXT');
    assert.equal(device?.Column, 'DEVICE');
    assert.equal(device.Value, 'telephone');
    assert.ok(device.Share > 0 && device.Share <= 1);
  });

  it('are all alike where nothing is known of them', async () => {
    const scoresOf = async (campaign, userId, context) =>
      (await recommend(campaigns[campaign], userId, context)).itemList.map(({ score }) => score);
    const usual = await scoresOf('without', 'nobody');
    assert.deepEqual(await scoresOf('without', 'new-action'), usual, 'to a model trained without the columns');
    assert.deepEqual(await scoresOf('without', 'nobody', { DEVICE: 'telephone' }), usual);
    const popular = await scoresOf('user-personalization', 'nobody');
    assert.deepEqual(await scoresOf('user-personalization', 'new-opera'), popular, 'by a value nobody had');
    assert.deepEqual(await scoresOf('user-personalization', 'nobody', { DEVICE: 'radio' }), popular);
  });
});
