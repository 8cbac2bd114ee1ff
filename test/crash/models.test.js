// kill -9 while recipes of items are trained, campaigns are deployed and changed, and batches of questions are answered:
// everything is finished as without a crash, and what answers is one whole model or the other.

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { filmWorld } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { role } from '../harness/pinpoint_project.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { countingAnswers, crashesEach, random, randomAnswers, seed, throughCrashes } from './interrupt.js';

const recipes = ['user-personalization', 'similar-items', 'sims', 'popularity-count'];

describe('models under kill -9', () => {
  const world = filmWorld({ users: 600, films: 200, viewsEach: 30 });
  let server;
  let calm;
  let shaken;
  const versions = { calm: {}, shaken: {} };

  const start = async (group, name) => {
    const { solutionArn } = await group.call('CreateSolution', {
      name: `${group.name}-${name}`,
      datasetGroupArn: group.arn,
      recipeArn: `arn:aws:personalize:::recipe/aws-${name}`,
      performAutoTraining: false,
    });
    const { solutionVersionArn } = await group.call('CreateSolutionVersion', { solutionArn });
    versions[group.name][name] = solutionVersionArn;
  };

  before(async () => {
    server = await RapportServer.start();
    calm = await PersonalizeGroup.create(server, 'calm');
    shaken = await PersonalizeGroup.create(server, 'shaken');
    for (const group of [calm, shaken]) {
      await group.import('Interactions', world.interactions);
      await group.import('Items', world.items);
    }
    for (const name of recipes) await start(calm, name);
    for (const solutionVersionArn of Object.values(versions.calm))
      await calm.active('DescribeSolutionVersion', { solutionVersionArn });
  });
  after(() => server?.dispose());

  it('trains the same models, and leaves nothing of those that died', async (test) => {
    for (const name of recipes) await start(shaken, name);
    const look = async () => {
      const all = [];
      for (const solutionVersionArn of Object.values(versions.shaken))
        all.push(await shaken.describe('DescribeSolutionVersion', { solutionVersionArn }));
      for (const { status, failureReason } of all) assert.notEqual(status, 'CREATE FAILED', failureReason);
      const states = all.map(({ status }) => status);
      return { over: states.every((status) => status === 'ACTIVE'), state: states.join(', ') };
    };
    await throughCrashes(test, server, {
      moments: randomAnswers(20),
      observe: countingAnswers(look, ({ state }) => state.includes('CREATE IN_PROGRESS')),
    });
    for (const name of recipes) {
      const { metrics } = await shaken.call('GetSolutionMetrics', { solutionVersionArn: versions.shaken[name] });
      const expected = await calm.call('GetSolutionMetrics', { solutionVersionArn: versions.calm[name] });
      assert.deepEqual(metrics, expected.metrics, name);
    }
    const files = await readdir(join(server.directory, 'objects', 'rapport-models'), { recursive: true });
    const models = files.filter((file) => file.startsWith('shaken-') && file.endsWith('.model'));
    assert.equal(models.length, recipes.length, `one model a version: ${models}`);
  });

  it('deploys and changes campaigns whole', async (test) => {
    const shown = async (campaignArn) => {
      const input = { campaignArn, userId: 'u0', numResults: 20 };
      const { itemList } = await shaken.aws.call('personalizeRuntime', 'GetRecommendations', input);
      return itemList.map(({ itemId }) => itemId).join();
    };
    const campaignConfig = { itemExplorationConfig: { explorationWeight: '0' } };
    const of = {
      taste: { solutionVersionArn: versions.shaken['user-personalization'], campaignConfig },
      popular: { solutionVersionArn: versions.shaken['popularity-count'], campaignConfig: {} },
    };
    const lists = {};
    for (const [name, input] of Object.entries(of)) {
      const { campaignArn } = await shaken.call('CreateCampaign', { name, ...input });
      await shaken.active('DescribeCampaign', { campaignArn });
      lists[name] = await shown(campaignArn);
    }
    assert.notEqual(lists.taste, lists.popular);

    for (let crash = 1; crash <= 2 * crashesEach; ++crash) {
      const input = { name: `made-${crash}`, ...of.taste };
      const { campaignArn } = await shaken.call('CreateCampaign', input);
      const answers = Math.floor(4 * random());
      for (let i = 0; i < answers; ++i) await shaken.describe('DescribeCampaign', { campaignArn });
      await server.kill();
      await server.launch();
      await shaken.active('DescribeCampaign', { campaignArn });
      assert.equal(await shown(campaignArn), lists.taste);
    }
    const campaignArn = (await shaken.call('ListCampaigns')).campaigns.find(({ name }) => name === 'made-1').campaignArn;
    for (let crash = 1; crash <= 2 * crashesEach; ++crash) {
      const [wanted, before] = crash % 2 === 1 ? ['popular', 'taste'] : ['taste', 'popular'];
      await shaken.call('UpdateCampaign', { campaignArn, ...of[wanted] });
      const answers = Math.floor(10 * random());
      for (let i = 0; i < answers; ++i) assert.ok([lists[wanted], lists[before]].includes(await shown(campaignArn)));
      await server.kill();
      test.diagnostic(`seed ${seed}: killed after ${answers} answers of a campaign that becomes ${wanted}`);
      await server.launch();
      assert.ok([lists[wanted], lists[before]].includes(await shown(campaignArn)), 'one whole model or the other');
      await eventually('the update is over', async () => {
        const now = await shaken.describe('DescribeCampaign', { campaignArn });
        assert.notEqual(now.latestCampaignUpdate.status, 'CREATE FAILED', now.latestCampaignUpdate.failureReason);
        return now.latestCampaignUpdate.status === 'ACTIVE';
      });
      await eventually('it shows what was wanted', async () => (await shown(campaignArn)) === lists[wanted]);
    }
  });

  it('answers every question of a batch once', async (test) => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${JSON.stringify({ userId: `u${i % world.users}` })}\n`);
    const startBatch = async (group) => {
      await group.aws.put(group.bucket, 'questions.json', lines.join(''));
      return group.call('CreateBatchInferenceJob', {
        jobName: group.name,
        solutionVersionArn: versions[group.name]['user-personalization'],
        numResults: 5,
        jobInput: { s3DataSource: { path: `s3://${group.bucket}/questions.json` } },
        jobOutput: { s3DataDestination: { path: `s3://${group.bucket}/answers/` } },
        batchInferenceJobConfig: { itemExplorationConfig: { explorationWeight: '0' } },
        roleArn: role,
      });
    };
    const calmJob = await startBatch(calm);
    await calm.active('DescribeBatchInferenceJob', calmJob);
    const job = await startBatch(shaken);
    const look = async () => {
      const { status, failureReason } = await shaken.describe('DescribeBatchInferenceJob', job);
      assert.notEqual(status, 'CREATE FAILED', failureReason);
      return { over: status === 'ACTIVE', state: status };
    };
    await throughCrashes(test, server, {
      moments: randomAnswers(20),
      observe: countingAnswers(look, ({ state }) => state === 'CREATE IN_PROGRESS'),
    });
    const answers = (group) => group.aws.get(group.bucket, 'answers/questions.json.out');
    assert.equal(await answers(shaken), await answers(calm));
  });
});
