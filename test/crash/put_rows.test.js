// kill -9 in the middle of personalize-events traffic: every acknowledged event and item is there afterwards, once.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PutEventsCommand, PutItemsCommand } from '@aws-sdk/client-personalize-events';
import { sdkClients } from '../harness/clients.js';
import { schemas } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { role } from '../harness/pinpoint_project.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { crashesEach, random } from './interrupt.js';

const writers = 4;

describe('rows that are put under kill -9', () => {
  let server;
  let group;
  let clients;
  let trackingId;
  const arns = {};
  const acknowledged = { events: new Set(), items: new Set() };
  let made = 0;

  before(async () => {
    server = await RapportServer.start();
    clients = sdkClients(server);
    group = await PersonalizeGroup.create(server, 'rows');
    for (const type of ['Interactions', 'Items']) {
      const schema = JSON.stringify(schemas[type.toLowerCase()]);
      const { schemaArn } = await group.call('CreateSchema', { name: type, schema });
      const of = { name: type, datasetGroupArn: group.arn, datasetType: type, schemaArn };
      arns[type] = (await group.call('CreateDataset', of)).datasetArn;
    }
    trackingId = (await group.call('CreateEventTracker', { name: 'web', datasetGroupArn: group.arn })).trackingId;
  });
  after(() => server?.dispose());

  async function write(stopped) {
    while (!stopped()) {
      const number = made++;
      const isItem = number % 5 === 0;
      const itemId = `i${number}`;
      const sentAt = new Date(1_700_000_000_000 + number * 1000);
      const event = { eventType: 'watch', itemId, sentAt, eventId: `e${number}` };
      const command = isItem
        ? new PutItemsCommand({ datasetArn: arns.Items, items: [{ itemId, properties: '{"genres":"Drama"}' }] })
        : new PutEventsCommand({ trackingId, userId: `u${number % 7}`, sessionId: 's', eventList: [event] });
      try {
        await clients.personalizeEvents.send(command);
      } catch (error) {
        if (stopped()) return;
        throw error;
      }
      acknowledged[isItem ? 'items' : 'events'].add(itemId);
    }
  }

  /** The items of all rows of a dataset that were put, as an export shows them. */
  async function exported(type, round) {
    const { datasetExportJobArn } = await group.call('CreateDatasetExportJob', {
      jobName: `${type}-${round}`,
      datasetArn: arns[type],
      ingestionMode: 'PUT',
      roleArn: role,
      jobOutput: { s3DataDestination: { path: `s3://${group.bucket}/${type}-${round}/` } },
    });
    await group.active('DescribeDatasetExportJob', { datasetExportJobArn });
    const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
    const listed = await clients.s3.send(new ListObjectsV2Command({ Bucket: group.bucket, Prefix: `${type}-${round}/` }));
    const found = [];
    for (const { Key } of listed.Contents.filter(({ Key: key }) => key.endsWith('.csv'))) {
      const [header, ...lines] = (await group.aws.get(group.bucket, Key)).trim().split('\n');
      const column = header.split(',').indexOf('ITEM_ID');
      found.push(...lines.map((line) => line.split(',')[column]));
    }
    return found;
  }

  for (let crash = 1; crash <= crashesEach; ++crash) {
    it(`keeps what was acknowledged through crash ${crash}`, async () => {
      let stopping = false;
      const before = acknowledged.events.size;
      const wanted = 5 + Math.floor(random() * 200);
      const running = Array.from({ length: writers }, () => write(() => stopping));
      await eventually('events are acknowledged', () => acknowledged.events.size - before >= wanted, { intervalMs: 2 });
      stopping = true;
      await server.kill();
      await Promise.all(running);
      await server.launch();
      for (const [type, sent] of [['Interactions', acknowledged.events], ['Items', acknowledged.items]]) {
        const rows = await exported(type, crash);
        assert.equal(new Set(rows).size, rows.length, 'nothing is there twice');
        const there = new Set(rows);
        assert.deepEqual([...sent].filter((id) => !there.has(id)), [], `every ${type} row is there`);
      }
    });
  }
});
