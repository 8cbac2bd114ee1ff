// kill -9 in the middle of a dataset import, a training and a batch segment job: all finish, and what comes out is what
// comes out of the same data without a crash.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { filmWorld } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { RapportServer } from '../harness/rapport_server.js';
import { countingAnswers, randomAnswers, throughCrashes } from './interrupt.js';

const queries = ['Action', 'Comedy', 'Drama', 'Romance'].map((genre) => `ITEMS.GENRES = "${genre}"`);
const usersEach = 1_000;

describe('learning under kill -9', () => {
  const world = filmWorld({ users: 4_000, films: 400, viewsEach: 60 });
  let server;
  let calm;
  let shaken;
  let calmVersion;
  let version;

  before(async () => {
    server = await RapportServer.start();
    calm = await PersonalizeGroup.create(server, 'calm');
    shaken = await PersonalizeGroup.create(server, 'shaken');
    await calm.import('Interactions', world.interactions);
    await calm.import('Items', world.items);
    calmVersion = await calm.startTraining();
    await calm.active('DescribeSolutionVersion', calmVersion);
    const job = await calm.startSegments(calmVersion.solutionVersionArn, queries, usersEach);
    await calm.active('DescribeBatchSegmentJob', job);
  });
  after(() => server?.dispose());

  /** Kills the server while the described thing is being made, until it is ACTIVE. */
  async function crashing(test, operation, input, answersMax) {
    const look = async () => {
      const { status, failureReason } = await shaken.describe(operation, input);
      assert.notEqual(status, 'CREATE FAILED', failureReason);
      return { over: status === 'ACTIVE', state: status };
    };
    const isInside = ({ state }) => state === 'CREATE IN_PROGRESS';
    await throughCrashes(test, server, {
      moments: randomAnswers(answersMax),
      observe: countingAnswers(look, isInside),
    });
  }

  it('imports every interaction once', async (test) => {
    const job = await shaken.startImport('Interactions', world.interactions);
    await crashing(test, 'DescribeDatasetImportJob', job, 20);
    await shaken.import('Items', world.items);
  });

  it('trains the same model', async (test) => {
    version = await shaken.startTraining();
    await crashing(test, 'DescribeSolutionVersion', version, 60);
    const { metrics } = await shaken.call('GetSolutionMetrics', version);
    const { metrics: expected } = await calm.call('GetSolutionMetrics', calmVersion);
    assert.deepEqual(metrics, expected);
  });

  it('answers the same segments', async (test) => {
    const job = await shaken.startSegments(version.solutionVersionArn, queries, usersEach);
    await crashing(test, 'DescribeBatchSegmentJob', job, 10);
    const lines = await shaken.segments();
    assert.deepEqual(lines.map((line) => line.input.itemAttributes), queries);
    for (const line of lines) assert.equal(new Set(line.output.usersList).size, usersEach);
    assert.deepEqual(lines, await calm.segments());
  });
});
