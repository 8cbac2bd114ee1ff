// Segments by what endpoints did: sizes that follow events at once, reasons, and refusals that name the member.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

describe('segments by behaviour', () => {
  let server;
  let project;
  let own;

  before(async () => {
    server = await RapportServer.start();
    own = rapportApi(server);
    project = await PinpointProject.create(server);
    const Item = ['ana', 'bo', 'cy'].map((Id) => ({ Id, ChannelType: 'EMAIL', Address: `${Id}@example.org` }));
    await project.call('UpdateEndpointsBatch', { EndpointBatchRequest: { Item } });
  });
  after(() => server?.dispose());

  const happen = (endpoint, events) =>
    project.call('PutEvents', { EventsRequest: { BatchItem: { [endpoint]: { Endpoint: {}, Events: events } } } });
  const event = (EventType, rest = {}) => ({ EventType, Timestamp: new Date().toISOString(), ...rest });
  const create = async (...Events) =>
    (await project.call('CreateSegment', {
      WriteSegmentRequest: { Name: 'doers', Dimensions: { Behavior: { Events } } },
    })).SegmentResponse.Id;
  const members = async (SegmentId) => {
    const page = await own('GET', `/rapport/v1/apps/${project.app}/segments/${SegmentId}/members?content=IDS`);
    return page.Ids.join(' ');
  };
  const become = (SegmentId, wanted) =>
    eventually(`the members are ${wanted}`, async () => (await members(SegmentId)) === wanted, { intervalMs: 20 });

  it('follow events as they come', async () => {
    const goals = await create({ EventType: 'goal', Attributes: { Team: { Values: ['Reds'] } }, Value: 2 });
    const none = await create({ EventType: 'goal', Did: false });
    assert.equal(await members(goals), '');
    assert.equal(await members(none), 'ana bo cy');
    await happen('ana', { g1: event('goal', { Attributes: { Team: 'Reds' } }) });
    await become(none, 'bo cy');
    assert.equal(await members(goals), '');
    await happen('Ana', { g2: event('goal', { Attributes: { Team: 'Reds' } }) });
    await happen('bo', { g3: event('goal', { Attributes: { Team: 'Blues' } }), g4: event('goal') });
    await become(goals, 'ana');
    await become(none, 'cy');
  });

  it('measure, and look for one thing after another', async () => {
    const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
    const spent = await create({
      EventType: 'buy', Measure: 'SUM', Of: 'Price', ComparisonOperator: 'GREATER_THAN', Value: 10, Within: { Hours: 1 },
    });
    const left = await create({ EventType: 'cart', Then: [{ EventType: 'buy', Within: { Hours: 1 } }] });
    await happen('ana', {
      c1: { EventType: 'cart', Timestamp: minutesAgo(30) }, b1: event('buy', { Metrics: { Price: 6 } }),
    });
    await happen('bo', {
      b2: event('buy', { Metrics: { Price: 6 } }), b3: event('buy', { Metrics: { Price: 6 } }),
      b4: { EventType: 'buy', Timestamp: minutesAgo(120), Metrics: { Price: 60 } },
    });
    await become(left, 'ana');
    await become(spent, 'bo');
  });

  it('are the same after a restart', async () => {
    const goals = await create({ EventType: 'goal', Measure: 'DISTINCT', Of: 'Team', Value: 1 });
    await become(goals, 'ana bo');
    await server.stop();
    await server.launch();
    assert.equal(await members(goals), 'ana bo');
  });

  it('refuse what makes no sense by its path', async () => {
    await assert.rejects(create({ EventType: 'goal' }, { EventType: 'goal', Within: { Weeks: 3 } }), {
      name: 'BadRequestException',
      message: /Behavior\.Events\[1\]\.Within/,
    });
    await assert.rejects(create({ Did: true }), { message: /Behavior\.Events\[0\]\.EventType/ });
  });
});
