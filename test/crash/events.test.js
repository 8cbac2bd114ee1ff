// kill -9 in the middle of PutEvents traffic, and the store's file lost once: what was acknowledged is counted, once, and
// what was sent again changes nothing.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { crashesEach, random, seed } from './interrupt.js';

const writers = 4;
const batchEvents = 20;

describe('PutEvents under kill -9', () => {
  let server;
  let project;
  const acknowledged = []; // batches
  const inDoubt = new Set();
  let made = 0;

  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
  });
  after(() => server?.dispose());

  const newBatch = () => {
    const BatchItem = {};
    for (let i = 0; i < batchEvents; ++i) {
      const event = { EventType: '_email.send', Timestamp: new Date().toISOString() };
      BatchItem[`e${made % 50}`] ??= { Endpoint: {}, Events: {} };
      BatchItem[`e${made % 50}`].Events[`x${made++}`] = event;
    }
    return BatchItem;
  };
  const send = (BatchItem) => project.call('PutEvents', { EventsRequest: { BatchItem } });

  async function write(stopped) {
    while (!stopped()) {
      const batch = newBatch();
      inDoubt.add(batch);
      try {
        const { EventsResponse } = await send(batch);
        for (const { EventsItemResponse } of Object.values(EventsResponse.Results)) {
          for (const { Message } of Object.values(EventsItemResponse)) assert.equal(Message, 'Accepted');
        }
      } catch (error) {
        if (stopped()) return;
        throw error;
      }
      acknowledged.push(batch);
      inDoubt.delete(batch);
    }
  }

  const counted = async () => {
    const { ApplicationDateRangeKpiResponse } = await project.call('GetApplicationDateRangeKpi', {
      KpiName: 'txn-emails-sent',
    });
    return Number(ApplicationDateRangeKpiResponse.KpiResult.Rows[0].Values[0].Value);
  };

  for (let crash = 1; crash <= crashesEach; ++crash) {
    it(`keeps every event through crash ${crash}`, async (test) => {
      let stopping = false;
      const before = acknowledged.length;
      const wanted = 5 + Math.floor(random() * 60);
      const running = Array.from({ length: writers }, () => write(() => stopping));
      await eventually('batches are acknowledged', () => acknowledged.length - before >= wanted, { intervalMs: 2 });
      stopping = true;
      await server.kill();
      await Promise.all(running);
      test.diagnostic(`seed ${seed}: killed after ${acknowledged.length - before} batches`);
      if (crash === 2) await rm(join(server.directory, 'events', 'store.duckdb'), { force: true });
      await server.launch();
      const kept = () => counted().then((count) => count >= acknowledged.length * batchEvents && count);
      const found = await eventually('what was acknowledged is stored', kept);
      assert.ok(found <= (acknowledged.length + inDoubt.size) * batchEvents, `${found} are too many`);
      for (const batch of [...inDoubt, ...acknowledged.slice(-10)]) await send(batch);
      acknowledged.push(...inDoubt);
      inDoubt.clear();
      await eventually('what was in doubt is stored', kept);
      assert.equal(await counted(), acknowledged.length * batchEvents);
      assert.doesNotMatch(await server.log(), /CHECK failed|terminate called|Segmentation/);
    });
  }
});
