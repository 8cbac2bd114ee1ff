// What the console asks about the audience: segments and people by a few letters, what somebody did and which segments
// have them, and what can be asked at all.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { startPostgres } from '../harness/postgres.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer } from '../harness/rapport_server.js';

const none = '0'.repeat(32);
const minute = 60_000;

for (const [title, inPostgres] of [['files', false], ['PostgreSQL', true]]) {
  describe(`the audience in the console over ${title}`, () => {
    let postgres;
    let server;
    let aws;
    let ask;
    let app;

    const call = (operation, input) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
    const own = (method, path, body) => ask(method, `/rapport/v1/apps/${app}${path}`, body);
    const refused = (promise, status, message) =>
      assert.rejects(promise, (error) => {
        assert.equal(error.status, status, error.message);
        assert.match(error.message, message);
        return true;
      });
    const create = async (Name, definition = {}) =>
      (await call('CreateSegment', { WriteSegmentRequest: { Name, ...definition } })).SegmentResponse.Id;
    const start = Date.now() - 60 * minute;
    const happened = (EventType, minutes, more = {}) => ({
      EventType,
      Timestamp: new Date(start + minutes * minute).toISOString(),
      ...more,
    });
    /** Every page of a list. */
    const all = async (path) => {
      const items = [];
      let token = '';
      do {
        const page = await own('GET', `${path}${path.includes('?') ? '&' : '?'}page-size=3${token}`);
        assert.ok(page.Item.length <= 3);
        items.push(...page.Item);
        token = page.NextToken ? `&token=${encodeURIComponent(page.NextToken)}` : '';
      } while (token !== '');
      return items;
    };

    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
      aws = await drivers.sdk(server);
      ask = rapportApi(server);
      app = (await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'films' } })).ApplicationResponse.Id;
      const endpoint = (Id, more) => ({ Id, ChannelType: 'EMAIL', Address: `${Id}@film.example`, ...more });
      await call('UpdateEndpointsBatch', {
        EndpointBatchRequest: {
          Item: [
            endpoint('mail-ada', {
              User: { UserId: 'ada', UserAttributes: { Plan: ['Yearly'] } },
              Attributes: { Genre: ['Action', 'Drama'] },
              Metrics: { Films: 12 },
              Location: { Country: 'TW' },
            }),
            endpoint('phone-ada', { ChannelType: 'SMS', Address: '+886912345678', User: { UserId: 'ada' } }),
            endpoint('mail-bo', { User: { UserId: 'bo' }, Attributes: { Genre: ['Action'] }, Metrics: { Films: 2 } }),
            endpoint('lonely', { OptOut: 'ALL' }),
          ],
        },
      });
      await call('PutEvents', {
        EventsRequest: {
          BatchItem: {
            'mail-ada': {
              Endpoint: {},
              Events: Object.fromEntries(
                Array.from({ length: 7 }, (_, i) => [
                  `watched-${i}`,
                  happened('film.watched', Math.floor(i / 3), { Attributes: { genre: i < 5 ? 'Action' : 'Drama' }, Metrics: { minutes: 10 + i } }),
                ]),
              ),
            },
            'phone-ada': { Endpoint: {}, Events: { paid: happened('plan.paid', 30, { Metrics: { price: 9.5 } }) } },
            lonely: { Endpoint: {}, Events: { looked: happened('film.looked', 40) } },
          },
        },
      });
      await call('UpdateEmailChannel', {
        EmailChannelRequest: { FromAddress: 'a@film.example', Identity: 'arn:aws:ses:us-east-1:000000000000:identity/film.example', Enabled: true },
      });
      await call('SendMessages', {
        MessageRequest: {
          Endpoints: { 'mail-ada': {} },
          MessageConfiguration: { EmailMessage: { SimpleEmail: { Subject: { Data: 's' }, TextPart: { Data: 't' } } } },
        },
      });
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    it('finds segments by name and tells their sizes', async () => {
      const ids = {};
      for (const name of ['Action fans', 'ACTION again', 'Drama', 'Überall']) {
        ids[name] = await create(name, { Dimensions: { Attributes: { Genre: { Values: [name.split(' ')[0]], AttributeType: 'INCLUSIVE' } } } });
      }
      const found = await own('GET', '/segment-search?query=action');
      assert.equal(found.TotalCount, 2);
      assert.deepEqual(found.Item.map((one) => one.Name), ['ACTION again', 'Action fans']);
      assert.equal(found.Item[0].SegmentType, 'DIMENSIONAL');
      assert.deepEqual((await own('GET', '/segment-search?query=%C3%BCBER')).Item.map((one) => one.Name), ['Überall']);
      assert.deepEqual((await all('/segment-search?sort=NAME')).map((one) => one.Name), ['ACTION again', 'Action fans', 'Drama', 'Überall']);
      assert.equal((await own('GET', '/segment-search?type=IMPORT')).TotalCount, 0);
      const query = [ids['Action fans'], ids.Drama, none].map((id) => `segment-id=${id}`).join('&');
      const sizes = await own('GET', `/segment-sizes?${query}`);
      assert.deepEqual(sizes.Item.map((one) => [one.SegmentId, one.EndpointCount]), [[ids['Action fans'], 2], [ids.Drama, 1]]);
      assert.deepEqual(sizes.Failed, [{ SegmentId: none, Message: 'Segment not found' }]);
      await refused(own('GET', '/segment-search?sort=SIZE'), 400, /Sort/);
      await refused(own('GET', '/segment-search?token=x'), 400, /token/);
      await refused(own('GET', '/segment-sizes'), 400, /SegmentIds/);
    });

    it('finds people by user, endpoint and address', async () => {
      const shown = async (text) =>
        (await own('GET', `/people?query=${encodeURIComponent(text)}`)).Item.map((one) => [one.UserId, one.MatchedBy, one.Endpoints.length]);
      assert.deepEqual(await shown('ad'), [['ada', 'USER_ID', 2]]);
      assert.deepEqual(await shown('MAIL-B'), [['bo', 'ENDPOINT_ID', 1]]);
      assert.deepEqual(await shown('+886912345678'), [['ada', 'ADDRESS', 2]]);
      assert.deepEqual(await shown('lonely@'), [[undefined, 'ADDRESS', 1]]);
      assert.deepEqual(await shown('nobody'), []);
      const [ada] = (await own('GET', '/people?query=ada')).Item;
      assert.deepEqual(ada.UserAttributes, { Plan: ['Yearly'] });
      assert.equal(ada.Endpoints[0].Address, 'mail-ada@film.example');
      assert.equal((await all('/people')).length, 3);
      await refused(own('GET', '/people?page-size=0'), 400, /page-size/);
      await refused(ask('GET', `/rapport/v1/apps/${none}/people`), 404, /Application not found/);
    });

    it('tells what somebody did, newest first', async () => {
      const events = await all('/users/ada/timeline?kind=EVENT');
      assert.deepEqual(events.map((one) => one.Id).sort(), ['paid', ...Array.from({ length: 7 }, (_, i) => `watched-${i}`)].sort());
      assert.equal(events[0].Id, 'paid');
      assert.deepEqual(events[0].Metrics, { price: 9.5 });
      const times = events.map((one) => one.Time);
      assert.deepEqual(times, [...times].sort().reverse());
      assert.equal((await all('/users/ada/timeline?event-type=plan.paid')).length, 1);
      const until = encodeURIComponent(new Date(start + minute).toISOString());
      assert.equal((await all(`/users/ada/timeline?end-time=${until}&kind=EVENT`)).length, 6);
      assert.deepEqual((await all('/endpoints/LONELY/timeline')).map((one) => one.EventType), ['film.looked']);
      assert.deepEqual(await all('/users/nobody/timeline'), []);
      const [sent] = (await all('/users/ada/timeline?kind=MESSAGE')).filter((one) => one.EventType === '_email.send');
      assert.deepEqual([sent.Kind, sent.ChannelType, sent.EndpointId], ['MESSAGE', 'EMAIL', 'mail-ada']);
      await refused(own('GET', '/users/ada/timeline?start-time=yesterday'), 400, /StartTime/);
      await refused(own('GET', '/endpoints/lonely/timeline?kind=OTHER'), 400, /Kind/);
    });

    it('tells which segments have somebody', async () => {
      const yearly = await create('Yearly', { Dimensions: { UserAttributes: { Plan: { Values: ['Yearly'], AttributeType: 'INCLUSIVE' } } } });
      const listed = (items) => items.map((one) => one.Name).sort();
      const ofAda = await own('GET', '/users/ada/segments');
      assert.ok(listed(ofAda.Item).includes('Yearly'));
      assert.deepEqual(ofAda.Item.find((one) => one.Id === yearly).EndpointIds.sort(), ['mail-ada', 'phone-ada']);
      assert.ok(!listed((await own('GET', '/endpoints/mail-bo/segments')).Item).includes('Yearly'));
      const first = await own('GET', '/users/ada/segments?page-size=1');
      assert.equal(first.ExaminedCount, 1);
      assert.ok(first.NextToken);
      await refused(own('GET', '/users/nobody/segments'), 404, /User not found/);
      await refused(own('GET', '/endpoints/nobody/segments'), 404, /Endpoint not found/);
    });

    it('lists what can be asked', async () => {
      const { Fields, EventTypes } = await own('GET', '/fields?limit=2');
      const field = (name) => Fields.find((one) => one.Field === name);
      assert.deepEqual(field('Attributes.Genre'), {
        Field: 'Attributes.Genre',
        Kind: 'ATTRIBUTE',
        Name: 'Genre',
        EndpointCount: 2,
        Values: [{ Value: 'Action', EndpointCount: 2 }, { Value: 'Drama', EndpointCount: 1 }],
      });
      assert.deepEqual(field('Metrics.Films').Numbers, { EndpointCount: 2, Minimum: 2, Maximum: 12, Mean: 7 });
      assert.equal(field('UserAttributes.Plan').EndpointCount, 2);
      assert.equal(field('Location.Country').Kind, 'LOCATION');
      const watched = EventTypes.find((one) => one.EventType === 'film.watched');
      assert.equal(watched.EventCount, 7);
      assert.deepEqual(watched.Attributes.find((one) => one.Name === 'genre').Values, [
        { Value: 'Action', EventCount: 5 },
        { Value: 'Drama', EventCount: 2 },
      ]);
      assert.deepEqual(watched.Metrics, [{ Name: 'minutes', EventCount: 7, Minimum: 10, Maximum: 16, Mean: 13 }]);
      await refused(own('GET', '/fields?limit=0'), 400, /Limit/);
    });
  });
}
