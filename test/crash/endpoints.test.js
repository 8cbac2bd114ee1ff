// kill -9 in the middle of UpdateEndpointsBatch traffic: what was acknowledged is there, the records agree with each
// other, and the sizes of segments are what counting the endpoints gives.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { crashesEach, random, seed } from './interrupt.js';

const writers = 4;
const batchItems = 50;
const endpointIds = 3_000; // each writer has its own
const teams = 5;

const segments = {
  red: { Dimensions: { Attributes: { Team: { AttributeType: 'INCLUSIVE', Values: ['team0'] } } } },
  notRed: { Dimensions: { Attributes: { Team: { AttributeType: 'EXCLUSIVE', Values: ['team0', 'team1'] } } } },
  visitors: { Dimensions: { Metrics: { Visits: { ComparisonOperator: 'GREATER_THAN_OR_EQUAL', Value: 50 } } } },
  gold: { Dimensions: { UserAttributes: { Tier: { AttributeType: 'INCLUSIVE', Values: ['gold'] } } } },
};
const inSegment = {
  red: (endpoint) => endpoint.Attributes.Team[0] === 'team0',
  notRed: (endpoint) => !['team0', 'team1'].includes(endpoint.Attributes.Team[0]),
  visitors: (endpoint) => endpoint.Metrics.Visits >= 50,
  gold: (endpoint) => endpoint.User.UserAttributes?.Tier?.[0] === 'gold',
};

describe('UpdateEndpointsBatch under kill -9', () => {
  let server;
  let project;
  const sizes = {};
  // Of each endpoint the last state that was acknowledged, and those that were sent after it.
  const acknowledged = new Map();
  const inDoubt = new Map();
  let answered = 0;

  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
    for (const [name, definition] of Object.entries(segments)) {
      const made = await project.call('CreateSegment', { WriteSegmentRequest: { Name: name, ...definition } });
      sizes[name] = made.SegmentResponse.Id;
    }
  });
  after(() => server?.dispose());

  /** A batch of one writer; addresses are shared with everybody, so that writes put out others' endpoints. */
  function batchOf(writer) {
    const ids = new Set();
    while (ids.size < batchItems) ids.add(`w${writer}-${Math.floor(random() * (endpointIds / writers))}`);
    return [...ids].map((Id) => ({
      Id,
      ChannelType: 'EMAIL',
      Address: `a${Math.floor(random() * endpointIds)}@example.org`,
      Attributes: { Team: [`team${Math.floor(random() * teams)}`] },
      Metrics: { Visits: Math.floor(random() * 100) },
      User: { UserId: `u${Math.floor(random() * (endpointIds / 3))}`, UserAttributes: { Tier: [random() < 0.5 ? 'gold' : 'tin'] } },
    }));
  }

  const stateOf = (item) => JSON.stringify([item.Address, item.Attributes, item.Metrics, item.User.UserId]);

  async function write(writer, stopped) {
    while (!stopped()) {
      const Item = batchOf(writer);
      for (const item of Item) inDoubt.set(item.Id, [...(inDoubt.get(item.Id) ?? []), stateOf(item)]);
      try {
        await project.call('UpdateEndpointsBatch', { EndpointBatchRequest: { Item } });
      } catch (error) {
        if (stopped()) return;
        throw error;
      }
      ++answered;
      for (const item of Item) {
        acknowledged.set(item.Id, stateOf(item));
        inDoubt.delete(item.Id);
      }
    }
  }

  async function crashInTraffic(batches) {
    let isKilled = false;
    answered = 0;
    const traffic = Array.from({ length: writers }, (_, writer) => write(writer, () => isKilled));
    await eventually(`${batches} answers`, () => answered >= batches, { intervalMs: 2 });
    isKilled = true;
    await server.kill();
    await Promise.all(traffic);
  }

  const found = new Map();

  it('loses nothing that was acknowledged', async (test) => {
    for (let crash = 0; crash < crashesEach; ++crash) {
      await crashInTraffic(20 + Math.floor(60 * random()));
      test.diagnostic(`seed ${seed}: killed after ${answered} batches`);
      const checked = await server.check();
      assert.equal(checked.code, 0, checked.report);
      await server.launch();
    }
    const ids = new Set([...acknowledged.keys(), ...inDoubt.keys()]);
    for (const EndpointId of ids) {
      const endpoint = await project.call('GetEndpoint', { EndpointId }).then(
        (answer) => answer.EndpointResponse,
        () => undefined,
      );
      const allowed = [acknowledged.get(EndpointId), ...(inDoubt.get(EndpointId) ?? [])];
      assert.ok(
        allowed.includes(endpoint && stateOf(endpoint)),
        `seed ${seed}: ${EndpointId} is ${endpoint && stateOf(endpoint)}, not one of ${allowed}`,
      );
      if (endpoint) found.set(EndpointId, endpoint);
    }
    assert.ok(found.size > batchItems);
  });

  it('has one active endpoint an address', () => {
    const active = [...found.values()].filter((endpoint) => endpoint.EndpointStatus === 'ACTIVE');
    assert.equal(new Set(active.map((endpoint) => endpoint.Address)).size, active.length);
  });

  it('counts segments as the endpoints say', async () => {
    const api = rapportApi(server);
    for (const [name, segment] of Object.entries(sizes)) {
      const expected = [...found.values()].filter(inSegment[name]).length;
      const answer = await api('GET', `/rapport/v1/apps/${project.app}/segments/${segment}/size`);
      assert.equal(answer.EndpointCount, expected, `seed ${seed}: ${name}`);
    }
  });
});
