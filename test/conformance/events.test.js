// PutEvents and the KPIs of an application through the SDK: what they answer, how they refuse, and that what was accepted
// is there after a restart.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { drivers } from '../harness/clients.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const none = '0'.repeat(32);
const day = 24 * 3600 * 1000;
const goal = (overrides = {}) => ({ EventType: 'goal', Timestamp: new Date().toISOString(), ...overrides });

for (const driver of ['sdk', 'cli']) {
  describe(`events through the ${driver.toUpperCase()}`, () => {
    let server;
    let aws;
    let app;

    const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
    const put = async (BatchItem) =>
      (await call('PutEvents', { EventsRequest: { BatchItem } })).EventsResponse.Results;
    const putOne = async (event, Endpoint = {}) => {
      const { e1 } = await put({ e1: { Endpoint, Events: { x1: event } } });
      return e1.EventsItemResponse.x1;
    };
    const kpi = async (KpiName, input = {}) =>
      (await call('GetApplicationDateRangeKpi', { KpiName, ...input })).ApplicationDateRangeKpiResponse;
    const figures = async (name, input) =>
      (await kpi(name, input)).KpiResult.Rows.map(({ GroupedBys, Values }) =>
        [...GroupedBys.map(({ Value }) => Value), Number(Values[0].Value)].join('='),
      );

    before(async () => {
      server = await RapportServer.start();
      aws = await drivers[driver](server);
      const made = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'events' } });
      app = made.ApplicationResponse.Id;
    });
    after(() => server?.dispose());

    it('PutEvents accepts events and updates their endpoints', async () => {
      const session = { Id: 's1', StartTimestamp: new Date().toISOString(), Duration: 1000 };
      const results = await put({
        'device/One': {
          Endpoint: { Address: 'ann@example.org', ChannelType: 'EMAIL', User: { UserId: 'ann' } },
          Events: {
            first: goal({ Attributes: { team: 'home' }, Metrics: { minute: 12.5 }, Session: session, AppTitle: 'Fan' }),
            second: goal({ EventType: '_session.start' }),
          },
        },
        two: { Endpoint: {}, Events: { third: goal() } },
      });
      assert.deepEqual(results['device/One'].EndpointItemResponse, { Message: 'Accepted', StatusCode: 202 });
      for (const [endpoint, event] of [
        ['device/One', 'first'],
        ['device/One', 'second'],
        ['two', 'third'],
      ]) {
        assert.deepEqual(results[endpoint].EventsItemResponse[event], { Message: 'Accepted', StatusCode: 202 });
      }
      const { EndpointResponse } = await call('GetEndpoint', { EndpointId: 'device/One' });
      assert.equal(EndpointResponse.Address, 'ann@example.org');
      assert.equal((await refusal(call('GetEndpoint', { EndpointId: 'two' }))).name, 'NotFoundException');
    });

    it('PutEvents refuses a bad event by itself and names the member', async () => {
      const results = await put({
        e1: { Endpoint: {}, Events: { good: goal(), bad: goal({ Timestamp: 'yesterday' }) } },
      });
      assert.equal(results.e1.EventsItemResponse.good.StatusCode, 202);
      assert.equal(results.e1.EventsItemResponse.bad.StatusCode, 400);
      assert.match(results.e1.EventsItemResponse.bad.Message, /^Timestamp: /);
      assert.match((await putOne(goal({ Attributes: { k: 'v'.repeat(201) } }))).Message, /^Attributes\.k: /);
      assert.match((await putOne(goal({ Attributes: { ['k'.repeat(51)]: 'v' } }))).Message, /^Attributes: /);
      const many = Object.fromEntries([...Array(41).keys()].map((i) => [`k${i}`, i]));
      assert.match((await putOne(goal({ Metrics: many }))).Message, /40/);
      assert.match((await putOne(goal({ EventType: '' }))).Message, /^EventType: /);
      assert.equal((await putOne(goal({ Attributes: { k: 'v'.repeat(200) } }))).Message, 'Accepted');
    });

    it('PutEvents refuses a bad endpoint and keeps its events', async () => {
      const results = await put({ e1: { Endpoint: { EffectiveDate: 'never' }, Events: { x: goal() } } });
      assert.equal(results.e1.EndpointItemResponse.StatusCode, 400);
      assert.match(results.e1.EndpointItemResponse.Message, /^EffectiveDate: /);
      assert.equal(results.e1.EventsItemResponse.x.StatusCode, 202);
    });

    it('PutEvents refuses a bad request whole', async () => {
      const Events = Object.fromEntries([...Array(101).keys()].map((i) => [`x${i}`, goal()]));
      const many = await refusal(put({ e1: { Endpoint: {}, Events } }));
      assert.equal(many.name, 'BadRequestException');
      assert.match(many.message, /100/);
      const unknown = await refusal(call('PutEvents', { ApplicationId: none, EventsRequest: { BatchItem: {} } }));
      assert.equal(unknown.name, 'NotFoundException');
    });

    it('GetApplicationDateRangeKpi counts what was published a moment before, and once', async () => {
      const yesterday = new Date(Math.floor(Date.now() / day) * day - day / 2);
      const mail = (EventType) => ({ EventType: `_email.${EventType}`, Timestamp: yesterday.toISOString() });
      const batch = {
        a: { Endpoint: {}, Events: { 1: mail('send'), 2: mail('delivered'), 3: mail('open'), 4: mail('click') } },
        b: { Endpoint: {}, Events: { 1: mail('send'), 2: mail('hardbounce') } },
      };
      await put(batch);
      await put(batch);
      const date = yesterday.toISOString().slice(0, 10);
      await eventually('both are counted', async () => isDeepStrictEqual(await figures('txn-emails-sent'), ['2']));
      assert.deepEqual(await figures('txn-emails-sent-grouped-by-date'), [`${date}=2`]);
      assert.deepEqual(await figures('txn-emails-delivery-rate'), ['0.5']);
      assert.deepEqual(await figures('txn-emails-unique-clicks'), ['1']);
      assert.deepEqual(await figures('txn-sms-sent'), []);
      const before = { StartTime: new Date('2019-08-01'), EndTime: new Date('2019-08-31T23:59:59Z') };
      const early = driver === 'cli' ? { StartTime: '2019-08-01T00:00:00Z', EndTime: '2019-08-31T23:59:59Z' } : before;
      const answer = await kpi('unique-deliveries', early);
      assert.equal(answer.KpiName, 'unique-deliveries');
      assert.deepEqual(answer.KpiResult.Rows, []);
      assert.equal(new Date(answer.EndTime).toISOString(), '2019-08-31T23:59:59.000Z');
    });

    it('GetApplicationDateRangeKpi refuses names and applications that do not exist', async () => {
      assert.equal((await refusal(kpi('no-such-rate'))).name, 'BadRequestException');
      assert.equal((await refusal(kpi('unique-deliveries', { ApplicationId: none }))).name, 'NotFoundException');
    });

    if (driver === 'sdk') {
      it('what was accepted is there after a crash', async () => {
        const sent = { EventType: '_email.send', Timestamp: new Date().toISOString() };
        await put({ c: { Endpoint: {}, Events: { 1: sent } } });
        await server.kill();
        await server.launch();
        await put({ c: { Endpoint: {}, Events: { 1: sent } } });
        assert.deepEqual(await figures('txn-emails-sent'), ['3']);
      });
    }

    it('DeleteApp takes the events along', async () => {
      await call('DeleteApp');
      assert.equal((await refusal(kpi('unique-deliveries'))).name, 'NotFoundException');
    });
  });
}
