// kill -9 while lists are served: what was served before the last moments is an impression of the events that name it
// afterwards, and after a clean stop everything is.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateEventTrackerCommand } from '@aws-sdk/client-personalize';
import { PutEventsCommand } from '@aws-sdk/client-personalize-events';
import { GetRecommendationsCommand } from '@aws-sdk/client-personalize-runtime';
import { sdkClients } from '../harness/clients.js';
import { filmWorld, schemas } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { crashesEach, random, seed } from './interrupt.js';

const askers = 4;
const eventsAtOnce = 10;

describe('lists that were served, under kill -9', () => {
  let server;
  let group;
  let clients;
  let campaignArn;
  let trackingId;

  before(async () => {
    server = await RapportServer.start();
    clients = sdkClients(server);
    group = await PersonalizeGroup.create(server, 'served');
    const world = filmWorld();
    const interactions = structuredClone(schemas.interactions);
    for (const name of ['IMPRESSION', 'RECOMMENDATION_ID']) {
      interactions.fields.push({ name, type: ['null', 'string'] });
    }
    const more = (line, i) => line + (i === 0 ? ',IMPRESSION,RECOMMENDATION_ID' : ',,');
    const wider = world.interactions.trim().split('\n').map(more);
    await group.import('Interactions', `${wider.join('\n')}\n`, interactions);
    const recipeArn = 'arn:aws:personalize:::recipe/aws-popularity-count';
    const of = { name: 'popular', datasetGroupArn: group.arn, recipeArn, performAutoTraining: false };
    const { solutionArn } = await group.call('CreateSolution', of);
    const { solutionVersionArn } = await group.call('CreateSolutionVersion', { solutionArn });
    await group.active('DescribeSolutionVersion', { solutionVersionArn });
    ({ campaignArn } = await group.call('CreateCampaign', { name: 'popular', solutionVersionArn }));
    await group.active('DescribeCampaign', { campaignArn });
    const tracker = new CreateEventTrackerCommand({ name: 'web', datasetGroupArn: group.arn });
    ({ trackingId } = await clients.personalize.send(tracker));
  });
  after(() => server?.dispose());

  /** Asks for lists until `enough`, and ends the server by `end`. The lists that were answered. */
  async function serve(enough, end) {
    const served = [];
    let stopping = false;
    const ask = async (asker) => {
      for (let number = 0; !stopping; ++number) {
        const numResults = 1 + (number % 5);
        const command = new GetRecommendationsCommand({ campaignArn, userId: `u${asker}`, numResults });
        const answer = await clients.personalizeRuntime.send(command).catch(() => null);
        if (answer === null) assert.ok(stopping, 'the server answers until it is ended');
        else served.push({ id: answer.recommendationId, ids: answer.itemList.map(({ itemId }) => itemId) });
      }
    };
    const asking = Array.from({ length: askers }, (_, asker) => ask(asker));
    await eventually('enough lists were served', () => enough(served.length), { intervalMs: 2 });
    stopping = true;
    await end();
    await Promise.all(asking);
    assert.equal(new Set(served.map(({ id }) => id)).size, served.length, 'every id is given once');
    return served;
  }

  /** Puts an event for each list and reads the impressions of their rows: by recommendation id. */
  async function impressionsOf(served, round) {
    for (let at = 0; at < served.length; at += eventsAtOnce) {
      const eventList = served.slice(at, at + eventsAtOnce).map(({ id }) => ({
        eventType: 'watch',
        eventId: id,
        itemId: 'f0',
        sentAt: new Date(),
        recommendationId: id,
      }));
      await clients.personalizeEvents.send(
        new PutEventsCommand({ trackingId, userId: `v${round}`, sessionId: `s${round}`, eventList }),
      );
    }
    const rows = await group.exported(`round-${round}`);
    return new Map(
      rows.filter((row) => row.USER_ID === `v${round}`).map((row) => [row.RECOMMENDATION_ID, row.IMPRESSION]),
    );
  }

  for (let crash = 1; crash <= crashesEach; ++crash) {
    it(`loses only what was served last by crash ${crash}`, async (test) => {
      const wanted = 200 + Math.floor(500 * random());
      const begun = Date.now();
      const longEnough = 1500; // some were written behind by then
      const served = await serve((count) => count >= wanted && Date.now() - begun > longEnough, () => server.kill());
      await server.launch();
      const impressions = await impressionsOf(served, crash);
      const inOrder = served.sort((one, other) => (one.id < other.id ? -1 : 1));
      const known = inOrder.map(({ id, ids }) => impressions.get(id) === ids.join('|'));
      const lost = known.filter((one) => !one).length;
      test.diagnostic(`seed ${seed}: ${lost} of ${served.length} lists were lost`);
      assert.ok(lost < served.length, 'what was served first is known');
      assert.deepEqual(known, known.map((_, i) => i < served.length - lost), 'those lost are the last ones');
    });
  }

  it('keeps everything over a clean stop', async () => {
    const served = await serve((count) => count >= 300, () => server.stop());
    await server.launch();
    const impressions = await impressionsOf(served, 'clean');
    for (const { id, ids } of served) assert.equal(impressions.get(id), ids.join('|'));
  });
});
