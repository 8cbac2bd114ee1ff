// Every recipe of items, from a solution to recommendations: training, metrics, tuning, reports, updates and schedules.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { filmWorld, schemas } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer } from '../harness/rapport_server.js';

const arnOf = (recipe) => `arn:aws:personalize:::recipe/${recipe}`;
const keys = [
  'coverage',
  'mean_reciprocal_rank_at_25',
  ...[5, 10, 25].flatMap((k) => [`normalized_discounted_cumulative_gain_at_${k}`, `precision_at_${k}`]),
].sort();

describe('the recipes of items', () => {
  const world = filmWorld();
  let server;
  let group;
  let rapport;

  const solution = async (name, recipe, more = {}) => {
    const { solutionArn } = await group.call('CreateSolution', {
      name,
      datasetGroupArn: group.arn,
      recipeArn: recipe && arnOf(recipe),
      performAutoTraining: false,
      ...more,
    });
    return solutionArn;
  };
  const version = async (solutionArn, more = {}) => {
    const { solutionVersionArn } = await group.call('CreateSolutionVersion', { solutionArn, ...more });
    await group.active('DescribeSolutionVersion', { solutionVersionArn });
    return solutionVersionArn;
  };
  const refused = (input, message) =>
    assert.rejects(solution('refused', input.recipe, input), { name: 'InvalidInputException', message });

  before(async () => {
    server = await RapportServer.start();
    rapport = rapportApi(server);
    group = await PersonalizeGroup.create(server, 'films');
    await group.import('INTERACTIONS', world.interactions);
    const price = { name: 'PRICE', type: 'float' };
    const priced = world.items
      .trim()
      .split('\n')
      .map((row, place) => `${row},${place === 0 ? 'PRICE' : (place * 37) % 101}\n`);
    await group.import('ITEMS', priced.join(''), { ...schemas.items, fields: [...schemas.items.fields, price] });
  });
  after(() => server?.stop());

  for (const recipe of [
    'aws-user-personalization-v2',
    'aws-user-personalization',
    'aws-personalized-ranking-v2',
    'aws-personalized-ranking',
    'aws-similar-items',
    'aws-sims',
    'aws-popularity-count',
    'aws-trending-now',
  ]) {
    it(`trains ${recipe}, measures and reports`, async () => {
      const solutionVersionArn = await version(await solution(recipe, recipe));
      const { metrics } = await group.call('GetSolutionMetrics', { solutionVersionArn });
      const own = recipe === 'aws-trending-now' ? ['trend_prediction_accuracy'] : [];
      assert.deepEqual(Object.keys(metrics).sort(), [...keys, ...own].sort());
      for (const value of Object.values(metrics)) assert.equal(value, Number(value.toFixed(4)));
      const progress = await rapport(
        'GET',
        `/rapport/v1/training-progress?solution-version-arn=${encodeURIComponent(solutionVersionArn)}`,
      );
      assert.deepEqual(progress, { SolutionVersionArn: solutionVersionArn, Status: 'ACTIVE' });
      const unknown = 'arn:aws:personalize:us-east-1:000000000000:solution/none/00000000';
      await assert.rejects(rapport('GET', `/rapport/v1/training-progress?solution-version-arn=${unknown}`), {
        name: 'NotFoundException',
      });
      const path = `/rapport/v1/model-report?solution-version-arn=${encodeURIComponent(solutionVersionArn)}`;
      const report = await rapport('GET', path);
      assert.deepEqual(report.Metrics, metrics);
      assert.equal(JSON.parse(report.Content).data.users, world.users);
      const page = await rapport('GET', `${path}&format=HTML`);
      assert.match(page.Content, /^<!doctype html>[\s\S]*<svg/);
      assert.doesNotMatch(page.Content, /(src|href)=/);
    });
  }

  it('tunes hyperparameters within their ranges', async () => {
    const solutionArn = await solution('tuned', 'aws-sims', {
      performHPO: true,
      solutionConfig: {
        hpoConfig: {
          hpoResourceConfig: { maxNumberOfTrainingJobs: '4', maxParallelTrainingJobs: '1' },
          algorithmHyperParameterRanges: {
            continuousHyperParameterRanges: [{ name: 'popularity_discount_factor', minValue: 0.6, maxValue: 0.9 }],
          },
        },
      },
    });
    const solutionVersionArn = await version(solutionArn);
    const { tunedHPOParams } = await group.describe('DescribeSolutionVersion', { solutionVersionArn });
    const chosen = Number(tunedHPOParams.algorithmHyperParameters.popularity_discount_factor);
    assert.ok(chosen >= 0.6 && chosen <= 0.9, `${chosen}`);
  });

  it('chooses a recipe, and shows which', async () => {
    const solutionArn = await solution('automatic', undefined, { performAutoML: true });
    await version(solutionArn);
    const { autoMLResult } = await group.describe('DescribeSolution', { solutionArn });
    assert.match(autoMLResult.bestRecipeArn, /^arn:aws:personalize:::recipe\/aws-(user-personalization-v2|popularity-count)$/);
  });

  it('updates a version with the items that came since', async () => {
    const solutionArn = await solution('updated', 'aws-user-personalization');
    await assert.rejects(group.call('CreateSolutionVersion', { solutionArn, trainingMode: 'UPDATE' }), {
      name: 'InvalidInputException',
    });
    await version(solutionArn);
    const solutionVersionArn = await version(solutionArn, { trainingMode: 'UPDATE' });
    const updated = await group.describe('DescribeSolutionVersion', { solutionVersionArn });
    assert.equal(updated.trainingMode, 'UPDATE');
    assert.equal(updated.trainingType, 'MANUAL');
  });

  it('weighs an objective against relevance', async () => {
    const optimizationObjective = { itemAttribute: 'PRICE', objectiveSensitivity: 'HIGH' };
    const solutionArn = await solution('dear', 'aws-user-personalization', { solutionConfig: { optimizationObjective } });
    const { solution: made } = await group.call('DescribeSolution', { solutionArn });
    assert.deepEqual(made.solutionConfig.optimizationObjective, optimizationObjective);
    const solutionVersionArn = await version(solutionArn);
    const { metrics } = await group.call('GetSolutionMetrics', { solutionVersionArn });
    assert.ok(metrics.average_rewards_at_k > 0 && metrics.average_rewards_at_k <= 1, JSON.stringify(metrics));
  });

  it('refuses what a recipe cannot be told', async () => {
    const by = (itemAttribute) => ({ optimizationObjective: { itemAttribute, objectiveSensitivity: 'LOW' } });
    await refused({ recipe: 'aws-user-personalization', solutionConfig: by('GENRES') }, /numeric column/);
    await refused({ recipe: 'aws-user-personalization-v2', solutionConfig: by('PRICE') }, /takes no optimizationObjective/);
    const of = (recipe, solutionConfig, more = {}) => ({ recipe, solutionConfig, ...more });
    await refused(of('aws-sims', { algorithmHyperParameters: { popularity_discount_factor: '1.5' } }), /from 0 to 1/);
    await refused(of('aws-sims', { algorithmHyperParameters: { hidden_dimension: '64' } }), /no hyperparameter/);
    await refused(
      of('aws-trending-now', { featureTransformationParameters: { trend_discovery_frequency: '2 hours' } }),
      /30 minutes/,
    );
    await refused(of('aws-popularity-count', {}, { performHPO: true }), /nothing to tune/);
    await refused(of('aws-sims', { autoTrainingConfig: { schedulingExpression: 'rate(31 days)' } }), /rate\(30 days\)/);
    await refused(of('aws-hrnn', {}), /cannot train/);
  });

  it('fails a training without text with the reason', async () => {
    const solutionArn = await solution('semantic', 'aws-semantic-similarity');
    const { solutionVersionArn } = await group.call('CreateSolutionVersion', { solutionArn });
    await assert.rejects(group.active('DescribeSolutionVersion', { solutionVersionArn }), /textual column/);
  });

  it('describes algorithms with their ranges', async () => {
    const { algorithm } = await group.call('DescribeAlgorithm', {
      algorithmArn: 'arn:aws:personalize:::algorithm/aws-sims',
    });
    assert.equal(algorithm.defaultHyperParameters.min_cointeraction_count, '3');
    await assert.rejects(group.call('DescribeAlgorithm', { algorithmArn: 'arn:aws:personalize:::algorithm/none' }), {
      name: 'ResourceNotFoundException',
    });
  });
});
