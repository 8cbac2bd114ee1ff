// kill -9 in the middle of a predictive segment's run: it gets ready, its endpoints are in it once, and those who asked
// are told.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { filmWorld } from '../harness/film_world.js';
import { readOutbox } from '../harness/outbox.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';
import { send } from '../harness/signed_request.js';
import { countingAnswers, randomAnswers, throughCrashes } from './interrupt.js';

const states = ['PENDING', 'TRAINING', 'INFERRING', 'IMPORTING', 'NOTIFYING', 'READY'];
const size = 800;
const asked = 'marketing@example.org';

/** A hook that keeps what it is told. */
async function startHook() {
  const told = [];
  const listener = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    told.push(JSON.parse(Buffer.concat(pieces).toString()));
    response.writeHead(200).end();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { told, url: `http://127.0.0.1:${listener.address().port}/told`, close: () => listener.close() };
}

describe('a predictive segment under kill -9', () => {
  const world = filmWorld({ users: 4_000, films: 400, viewsEach: 60 });
  let server;
  let hook;
  let project;
  let group;
  let segment;

  const call = async (method, path, body) => {
    const target = `/rapport/v1/apps/${project.app}/predictive-segments${path}`;
    const answer = await send(server, { service: 'rapport', method, target, body });
    assert.ok(answer.status < 300, answer.body);
    return answer.json;
  };

  before(async () => {
    hook = await startHook();
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
    await project.segmentOf('endpoints.csv', world.endpoints);
    group = await PersonalizeGroup.create(server, 'films');
    await group.import('Interactions', world.interactions);
    await group.import('Items', world.items);
  });
  after(async () => {
    await server?.dispose();
    hook?.close();
  });

  it('gets ready', async (test) => {
    segment = await call('POST', '', {
      Name: 'Action fans',
      DatasetGroupArn: group.arn,
      AttributeQuery: 'ITEMS.GENRES = "Action"',
      Size: size,
      Notify: { Urls: [hook.url], Emails: [asked] },
    });
    const look = async () => {
      const { State: state, FailureReason: reason } = await call('GET', `/${segment.Id}`);
      assert.notEqual(state, 'FAILED', reason);
      return { over: state === 'READY', state };
    };
    // In the training, which is long, after some answers; in what follows, as soon as it is seen.
    const moments = [
      ...randomAnswers(30, 2).map((moment) => ({ ...moment, from: 'TRAINING' })),
      { answers: 1, from: 'INFERRING' },
      { answers: 1, from: 'IMPORTING' },
      { answers: 1, from: 'NOTIFYING' },
    ];
    await throughCrashes(test, server, {
      moments,
      observe: countingAnswers(look, ({ state }, { from }) => states.indexOf(state) >= states.indexOf(from)),
    });
    segment = await call('GET', `/${segment.Id}`);
    assert.equal(segment.State, 'READY');
    assert.equal(segment.UserCount, size);
    assert.equal(segment.EndpointCount, size);
  });

  it('made one run and one segment of the right endpoints', async () => {
    const { Item: runs } = await call('GET', `/${segment.Id}/runs`);
    assert.equal(runs.length, 1);
    assert.equal(runs[0].State, 'READY');
    const { SegmentsResponse: segments } = await project.call('GetSegments', {});
    const learned = segments.Item.filter((one) => one.Name === segment.LatestSegmentName);
    assert.equal(learned.length, 1);
    assert.equal(learned[0].Id, segment.LatestSegmentId);
    assert.equal(learned[0].ImportDefinition.Size, size);
    assert.equal(learned[0].Version, 1);
  });

  it('told those who asked', async () => {
    const { Item: [run] } = await call('GET', `/${segment.Id}/runs`);
    assert.deepEqual(run.Notifications.map(({ Target, Status }) => [Target, Status]), [
      [hook.url, 'DELIVERED'],
      [asked, 'DELIVERED'],
    ]);
    assert.ok(hook.told.length >= 1);
    assert.equal(new Set(hook.told.map((one) => JSON.stringify(one.SegmentId ?? one.Run?.SegmentId))).size, 1);
    const { lines } = await readOutbox(server);
    assert.equal(lines.filter((line) => line.to === asked).length, 1);
  });
});
