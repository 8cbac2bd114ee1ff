// Next best action, the whole sequence: schemas, actions and what people did with them, training, recommendations, new
// interactions, other recommendations. On people whose true propensities are known.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateCampaignCommand,
  CreateDatasetCommand,
  CreateDatasetGroupCommand,
  CreateEventTrackerCommand,
  CreateFilterCommand,
  CreateSolutionCommand,
  CreateSolutionVersionCommand,
  DescribeCampaignCommand,
  DescribeDatasetCommand,
  DescribeSolutionVersionCommand,
  GetSolutionMetricsCommand,
} from '@aws-sdk/client-personalize';
import {
  PutActionInteractionsCommand,
  PutActionsCommand,
  PutEventsCommand,
  PutUsersCommand,
} from '@aws-sdk/client-personalize-events';
import { GetActionRecommendationsCommand } from '@aws-sdk/client-personalize-runtime';
import { actionIds, actionSchemas, actionWorld, reliability, shoppers } from '../harness/action_world.js';
import { sdkClients } from '../harness/clients.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const recipeArn = 'arn:aws:personalize:::recipe/aws-next-best-action';
const bestOf = ({ propensities }) => actionIds.toSorted((a, b) => propensities[b] - propensities[a])[0];
const names = ['Interactions', 'Users', 'Items', 'Actions', 'Action_Interactions'];

describe('next best action', () => {
  const end = Math.floor(Date.now() / 1000);
  const world = actionWorld({ end });
  const stranger = world.strangers[6].id; // who never answers
  let server;
  let clients;
  let group;
  let campaignArn;
  let actionsArn;
  let usersArn;
  let trackingId; // of the dataset Action_Interactions
  let eventTracker;

  const control = (command) => clients.personalize.send(command);
  const send = (command) => clients.personalizeEvents.send(command);
  const recommend = (userId, more = {}) =>
    clients.personalizeRuntime.send(new GetActionRecommendationsCommand({ campaignArn, userId, numResults: 20, ...more }));
  const scoresOf = async (userId, more) =>
    Object.fromEntries((await recommend(userId, more)).actionList.map(({ actionId, score }) => [actionId, score]));
  const answer = (userId, actionId, eventType, recommendationId) =>
    send(
      new PutActionInteractionsCommand({
        trackingId,
        actionInteractions: [
          { userId, actionId, eventType, recommendationId, sessionId: `s-${userId}`, timestamp: new Date() },
        ],
      }),
    );
  const active = (what, describeIt) =>
    eventually(
      `${what} is ACTIVE`,
      async () => {
        const { status, failureReason } = await describeIt();
        assert.notEqual(status, 'CREATE FAILED', failureReason);
        return status === 'ACTIVE';
      },
      { timeoutMs: 180_000 },
    );

  before(async () => {
    server = await RapportServer.start();
    clients = sdkClients(server);
    group = await PersonalizeGroup.create(server, 'shop');
    for (const name of names) {
      await group.import(name, world[name.toLowerCase()], actionSchemas[name.toLowerCase()]);
    }
    const arnOf = (type) => `${group.arn.replace(':dataset-group/', ':dataset/')}/${type}`;
    actionsArn = arnOf('ACTIONS');
    usersArn = arnOf('USERS');
    const { dataset } = await control(new DescribeDatasetCommand({ datasetArn: arnOf('ACTION_INTERACTIONS') }));
    trackingId = dataset.trackingId;
    eventTracker = (await control(new CreateEventTrackerCommand({ name: 'shop', datasetGroupArn: group.arn }))).trackingId;
  });
  after(() => server?.dispose());

  it('gives the dataset of action interactions an id of its own to track by', () => {
    assert.match(trackingId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    assert.notEqual(trackingId, eventTracker);
  });

  it('refuses datasets of actions in a group with a domain, and without metadata', async () => {
    const films = await control(new CreateDatasetGroupCommand({ name: 'films', domain: 'VIDEO_ON_DEMAND' }));
    const { schemaArn } = await group.call('CreateSchema', { name: 'a', schema: JSON.stringify(actionSchemas.actions) });
    const of = { name: 'actions', datasetType: 'Actions', schemaArn, datasetGroupArn: films.datasetGroupArn };
    await assert.rejects(control(new CreateDatasetCommand(of)), { name: 'InvalidInputException' });
  });

  it('trains, and says how good the model is', async () => {
    const { solutionArn } = await control(
      new CreateSolutionCommand({
        name: 'shop',
        datasetGroupArn: group.arn,
        recipeArn,
        solutionConfig: { featureTransformationParameters: { action_optimization_period: '14' } },
      }),
    );
    const { solutionVersionArn } = await control(new CreateSolutionVersionCommand({ solutionArn }));
    await active('the version', async () => {
      const described = await control(new DescribeSolutionVersionCommand({ solutionVersionArn }));
      return described.solutionVersion;
    });
    const { metrics } = await control(new GetSolutionMetricsCommand({ solutionVersionArn }));
    assert.deepEqual(Object.keys(metrics).sort(), [
      'auc',
      'coverage',
      'normalized_discounted_cumulative_gain_at_10',
      'normalized_discounted_cumulative_gain_at_25',
      'normalized_discounted_cumulative_gain_at_5',
      'precision',
      'recall',
    ]);
    assert.ok(metrics.auc > 0.6, `auc ${metrics.auc}`);
    assert.ok(metrics.coverage > 0.8, `coverage ${metrics.coverage}: all but the action nobody was offered`);
    campaignArn = (await control(new CreateCampaignCommand({ name: 'shop', solutionVersionArn }))).campaignArn;
    await active('the campaign', async () => (await control(new DescribeCampaignCommand({ campaignArn }))).campaign);
  });

  describe('on people it has not seen', () => {
    let answers; // of each stranger: the person, and the actions with their scores as listed
    const of = (shopper) => answers.filter(({ person }) => person.shopper === shopper);
    const pairs = () =>
      answers.flatMap(({ person, list }) => list.map(({ actionId, score }) => [score, person.propensities[actionId]]));

    before(async () => {
      answers = [];
      for (const person of world.strangers) answers.push({ person, list: (await recommend(person.id)).actionList });
    });

    it('lists by falling propensity', () => {
      for (const { list } of answers) {
        const scores = list.map(({ score }) => score);
        assert.deepEqual(scores, scores.toSorted((a, b) => b - a));
      }
    });

    it('gives each kind of shopper its own ranking, the right one', () => {
      const rankings = shoppers.map((shopper) => {
        const mean = (id, value) => of(shopper).reduce((sum, answer) => sum + value(answer, id), 0) / of(shopper).length;
        const said = (id) => mean(id, ({ list }) => list.find(({ actionId }) => actionId === id).score);
        const truth = (id) => mean(id, ({ person }) => person.propensities[id]);
        for (const one of actionIds) {
          for (const other of actionIds) {
            if (truth(one) - truth(other) < 0.05) continue;
            assert.ok(said(one) > said(other), `${shopper}: ${one} (${said(one)}) before ${other} (${said(other)})`);
          }
        }
        return actionIds.toSorted((a, b) => said(b) - said(a));
      });
      assert.deepEqual(
        rankings.map(([best]) => best),
        ['join-loyalty', 'subscribe-newsletter', 'download-app'],
      );
      assert.equal(new Set(rankings.map((ranking) => ranking.join())).size, shoppers.length);
    });

    it('gives nearly everybody the right action first', () => {
      for (const shopper of shoppers) {
        const clear = of(shopper).filter(({ person }) => {
          const [best, second] = Object.values(person.propensities).sort((a, b) => b - a);
          return best - second >= 0.05;
        });
        const right = clear.filter(({ person, list }) => list[0].actionId === bestOf(person)).length;
        assert.ok(clear.length >= 50, `${shopper}: ${clear.length} with a clear best action`);
        assert.ok(right >= 0.85 * clear.length, `${shopper}: ${right} of ${clear.length} right`);
      }
    });

    it('means its scores: they are the propensities', () => {
      const bins = reliability(pairs());
      assert.ok(bins.length >= 6, `the scores reach from low to high: ${bins.length} bins`);
      for (const { said, true: truth, count } of bins) {
        assert.ok(Math.abs(said - truth) < 0.05, `${count} scores of ${said} on average, in truth ${truth}`);
      }
    });

    it('could have failed: other scores are not the propensities', () => {
      const worst = (scores) => Math.max(...reliability(scores).map(({ said, true: truth }) => Math.abs(said - truth)));
      const away = (scores) => scores.reduce((sum, [said, truth]) => sum + Math.abs(said - truth), 0) / scores.length;
      assert.ok(worst(pairs().map(([said, truth]) => [said ** 0.7, truth])) > 0.05, 'overstated');
      assert.ok(worst(pairs().map(([said, truth]) => [said ** 1.4, truth])) > 0.05, 'understated');
      const average = pairs().reduce((sum, [, truth]) => sum + truth, 0) / pairs().length;
      const same = pairs().map(([, truth]) => [average, truth]);
      assert.ok(away(pairs()) < 0.4 * away(same), `${away(pairs())} from the truth, the same for all ${away(same)}`);
    });
  });

  it('answers five actions unless told otherwise, and as many as asked', async () => {
    const { actionList, recommendationId } = await recommend(stranger, { numResults: undefined });
    assert.equal(actionList.length, 5);
    assert.ok(recommendationId);
    assert.equal((await recommend(stranger, { numResults: 2 })).actionList.length, 2);
  });

  it('leaves out expired actions', async () => {
    const scores = await scoresOf(stranger);
    assert.equal(Object.keys(scores).length, 6);
    assert.equal(scores['summer-sale'], undefined);
  });

  it('knows a newcomer by attributes, then by what the newcomer does', async () => {
    const user = (properties) => ({ userId: 'newcomer', properties: JSON.stringify(properties) });
    await send(new PutUsersCommand({ datasetArn: usersArn, users: [user({ age: 20, channel: 'advert' })] }));
    const newcomer = await eventually('the attributes count', async () => {
      const { actionList } = await recommend('newcomer');
      return actionList[0].actionId === 'download-app' && actionList;
    });
    const score = (list, id) => list.find(({ actionId }) => actionId === id).score;
    assert.ok(score(newcomer, 'download-app') > 0.5);
    assert.ok(score(newcomer, 'join-loyalty') < 0.3);

    // A visit every two days, for 300 days: a frequent shopper.
    for (let call = 0; call < 15; ++call) {
      const eventList = [...Array(10).keys()].map((index) => ({
        eventType: index % 3 === 0 ? 'Purchase' : 'View',
        itemId: `i${((call * 10 + index) * 7) % 120}`,
        sentAt: new Date((end - (call * 10 + index) * 2 * 86_400) * 1000),
      }));
      await send(new PutEventsCommand({ trackingId: eventTracker, userId: 'newcomer', sessionId: 's', eventList }));
    }
    await eventually('the visits count', async () => {
      const { actionList } = await recommend('newcomer');
      return score(actionList, 'join-loyalty') > 0.4 && score(actionList, 'join-loyalty') > score(newcomer, 'join-loyalty');
    });
  });

  it('hears at once what a user did with an action', async () => {
    const { id } = world.strangers[0];
    const before = await recommend(id);
    assert.ok(before.actionList.some(({ actionId }) => actionId === 'refer-friend'));
    await answer(id, 'refer-friend', 'Viewed', before.recommendationId);
    await eventually('the action is not repeated for a week', async () => {
      const scores = await scoresOf(id);
      return scores['refer-friend'] === undefined && scores['join-loyalty'] !== undefined;
    });
    const other = world.strangers[3].id;
    const first = await scoresOf(other);
    await answer(other, 'join-loyalty', 'NOT_TAKEN');
    await answer(other, 'upgrade-plus', 'Taken');
    await eventually('the propensities change', async () => {
      const now = await scoresOf(other);
      return now['join-loyalty'] !== first['join-loyalty'] && now['upgrade-plus'] !== first['upgrade-plus'];
    });
  });

  it('offers a new action at no score, until it expires', async () => {
    const put = (properties) =>
      send(
        new PutActionsCommand({
          datasetArn: actionsArn,
          actions: [{ actionId: 'try-chat', properties: JSON.stringify(properties) }],
        }),
      );
    await put({ value: 9, type: 'contact' });
    await eventually('the action is listed', async () => (await scoresOf(stranger))['try-chat'] === 0);
    const { actionList } = await recommend(stranger);
    assert.equal(actionList.at(-1).actionId, 'try-chat');
    await put({ value: 9, type: 'contact', expirationTimestamp: end - 5 });
    await eventually('the action is gone', async () => (await scoresOf(stranger))['try-chat'] === undefined);
  });

  it('filters actions', async () => {
    const { filterArn } = await control(
      new CreateFilterCommand({
        name: 'contacts',
        datasetGroupArn: group.arn,
        filterExpression: 'INCLUDE ActionID WHERE Actions.TYPE IN ($TYPE)',
      }),
    );
    const scores = await scoresOf('u2', { filterArn, filterValues: { TYPE: '"contact"' } });
    assert.deepEqual(Object.keys(scores).sort(), ['download-app', 'subscribe-newsletter']);
  });

  it('refuses what cannot be meant', async () => {
    const none = campaignArn.replace(':campaign/shop', ':campaign/none');
    await assert.rejects(recommend('u0', { campaignArn: none }), { name: 'ResourceNotFoundException' });
    await assert.rejects(recommend(undefined), { name: 'InvalidInputException' });
    await assert.rejects(recommend('u0', { numResults: 101 }), { name: 'InvalidInputException' });
    await assert.rejects(answer('u0', 'join-loyalty', 'Clicked'), { name: 'InvalidInputException' });
    const unknown = new PutActionInteractionsCommand({
      trackingId: 'none',
      actionInteractions: [{ actionId: 'a', eventType: 'Taken', sessionId: 's', timestamp: new Date() }],
    });
    await assert.rejects(send(unknown), (error) => /ResourceNotFound|InvalidInput/.test(error.name));
    for (const action_optimization_period of ['6', '29', 'long']) {
      const solution = new CreateSolutionCommand({
        name: `period-${action_optimization_period}`,
        datasetGroupArn: group.arn,
        recipeArn,
        solutionConfig: { featureTransformationParameters: { action_optimization_period } },
      });
      await assert.rejects(control(solution), { name: 'InvalidInputException' });
    }
  });
});
