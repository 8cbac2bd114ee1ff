// kill -9 while events are handed on: the stream's files hold every acknowledged event exactly once.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { streamedRecords } from '../harness/event_stream.js';
import { PinpointProject, role } from '../harness/pinpoint_project.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { crashesEach, random, seed } from './interrupt.js';

const batchEvents = 50;
const DestinationStreamArn = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/lake';

describe('an event stream under kill -9', () => {
  let server;
  let project;
  let made = 0;
  const acknowledged = new Set();
  const inDoubt = new Set();

  before(async () => {
    server = await RapportServer.start({ environment: { RAPPORT_EVENT_STREAM_FILE_SECONDS: '1' } });
    project = await PinpointProject.create(server);
    await project.call('PutEventStream', { WriteEventStream: { DestinationStreamArn, RoleArn: role } });
  });
  after(() => server?.dispose());

  async function put() {
    const names = Array.from({ length: batchEvents }, () => `x${made++}`);
    for (const name of names) inDoubt.add(name);
    const Events = Object.fromEntries(
      names.map((name) => [name, { EventType: 'goal', Timestamp: new Date().toISOString(), Attributes: { name } }]),
    );
    await project.call('PutEvents', { EventsRequest: { BatchItem: { fan: { Endpoint: {}, Events } } } });
    for (const name of names) {
      acknowledged.add(name);
      inDoubt.delete(name);
    }
  }

  const inFiles = async () => (await streamedRecords(server)).map((record) => record.attributes.name);

  for (let crash = 1; crash <= crashesEach; ++crash) {
    it(`hands on every event once through crash ${crash}`, async (test) => {
      // About a file's time and more, so that crashes fall before, while and after files are written.
      const until = Date.now() + 400 + 2500 * random();
      while (Date.now() < until) await put();
      const last = put().catch(() => {});
      await server.kill();
      await last;
      test.diagnostic(`seed ${seed}: killed after ${acknowledged.size} events, ${inDoubt.size} in doubt`);
      await server.launch();
      const found = await eventually('every acknowledged event is in a file', async () => {
        const names = await inFiles();
        const held = new Set(names);
        return [...acknowledged].every((name) => held.has(name)) && names;
      });
      assert.equal(new Set(found).size, found.length, 'an event is in two files');
      for (const name of found) assert.ok(acknowledged.has(name) || inDoubt.has(name), name);
    });
  }
});
