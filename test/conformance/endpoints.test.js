// The eight endpoint operations through the SDK and the CLI: what they answer, and how they refuse.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { startPostgres } from '../harness/postgres.js';
import { RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const none = '0'.repeat(32);
const runs = [
  ['the SDK over files', 'sdk', false],
  ['the SDK over PostgreSQL', 'sdk', true],
  ['the CLI', 'cli', false],
];

for (const [title, driver, inPostgres] of runs) {
  describe(`endpoints through ${title}`, () => {
    let postgres;
    let server;
    let aws;
    let app;

    const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
    const refused = (operation, input) => refusal(call(operation, input));
    const update = (EndpointId, EndpointRequest) => call('UpdateEndpoint', { EndpointId, EndpointRequest });
    const get = async (EndpointId) => (await call('GetEndpoint', { EndpointId })).EndpointResponse;
    const idsOf = (answer) => answer.EndpointsResponse.Item.map((endpoint) => endpoint.Id).sort();
    const expectRefused = async (operation, input, name, pattern) => {
      const error = await refused(operation, input);
      assert.equal(error.name, name);
      assert.match(error.message, pattern);
    };

    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
      aws = await drivers[driver](server);
      const made = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'endpoints' } });
      app = made.ApplicationResponse.Id;
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    it('UpdateEndpoint creates, merges, and is read at once', async () => {
      const { MessageBody } = await update('device/One', {
        Address: 'ann@example.org',
        ChannelType: 'EMAIL',
        Attributes: { team: ['red', 'blue'], city: ['Rome'] },
        Demographic: { Make: 'Apple', Model: '8' },
        Location: { Country: 'IT', Latitude: 41.8919 },
        Metrics: { age: 35.5 },
        User: { UserId: 'ann', UserAttributes: { name: ['Ann'] } },
      });
      assert.equal(MessageBody.Message, 'Accepted');
      assert.ok(MessageBody.RequestID);
      await update('DEVICE/one', { Attributes: { team: ['green'], city: [] }, Demographic: { Model: '9' } });
      const endpoint = await get('Device/ONE');
      assert.equal(endpoint.Id, 'device/One');
      assert.equal(endpoint.ApplicationId, app);
      assert.equal(endpoint.Address, 'ann@example.org');
      assert.deepEqual(endpoint.Attributes, { team: ['green'] });
      assert.deepEqual(endpoint.Demographic, { Make: 'Apple', Model: '9' });
      assert.deepEqual(endpoint.Location, { Country: 'IT', Latitude: 41.9 });
      assert.deepEqual(endpoint.Metrics, { age: 35.5 });
      assert.deepEqual(endpoint.User, { UserId: 'ann', UserAttributes: { name: ['Ann'] } });
      assert.equal(endpoint.EndpointStatus, 'ACTIVE');
      assert.equal(endpoint.OptOut, 'NONE');
      assert.match(endpoint.CohortId, /^\d{1,2}$/);
      assert.match(endpoint.CreationDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.ok(endpoint.EffectiveDate >= endpoint.CreationDate);
    });

    it('UpdateEndpoint refuses what is wrong and names it', async () => {
      const wrong = (EndpointRequest, pattern) =>
        expectRefused('UpdateEndpoint', { EndpointId: 'wrong', EndpointRequest }, 'BadRequestException', pattern);
      await wrong({ OptOut: 'MAYBE' }, /OptOut/);
      await wrong({ EffectiveDate: 'yesterday' }, /EffectiveDate/);
      await wrong({ Attributes: { [`n${'n'.repeat(50)}`]: ['x'] } }, /name.*50/);
      await wrong({ Attributes: { long: ['x'.repeat(101)] } }, /value.*100/);
      await wrong({ User: { UserAttributes: { many: Array(51).fill('x') } } }, /50 values/);
      await expectRefused('GetEndpoint', { EndpointId: 'wrong' }, 'NotFoundException', /Endpoint/);
      await expectRefused(
        'UpdateEndpoint',
        { ApplicationId: none, EndpointId: 'e', EndpointRequest: {} },
        'NotFoundException',
        /Application/,
      );
    });

    it('UpdateEndpointsBatch writes all or none', async () => {
      const Item = ['b1', 'b2', 'b3'].map((Id) => ({ Id, ChannelType: 'CUSTOM', Address: Id, User: { UserId: 'bo' } }));
      const { MessageBody } = await call('UpdateEndpointsBatch', { EndpointBatchRequest: { Item } });
      assert.equal(MessageBody.Message, 'Accepted');
      assert.equal((await get('b2')).User.UserId, 'bo');
      const torn = { EndpointBatchRequest: { Item: [{ Id: 'b4' }, { Id: 'b5', OptOut: 'MAYBE' }] } };
      await expectRefused('UpdateEndpointsBatch', torn, 'BadRequestException', /OptOut/);
      await expectRefused('GetEndpoint', { EndpointId: 'b4' }, 'NotFoundException', /Endpoint/);
      const many = { EndpointBatchRequest: { Item: Array.from({ length: 101 }, (_, i) => ({ Id: `m${i}` })) } };
      await expectRefused('UpdateEndpointsBatch', many, 'BadRequestException', /100/);
    });

    it('a write takes its address from every other endpoint', async () => {
      await update('phone-1', { ChannelType: 'SMS', Address: '+390612345678' });
      await update('voice-1', { ChannelType: 'VOICE', Address: '+390612345678' });
      await update('phone-2', { ChannelType: 'SMS', Address: '+390612345678' });
      assert.equal((await get('phone-1')).EndpointStatus, 'INACTIVE');
      assert.equal((await get('voice-1')).EndpointStatus, 'ACTIVE');
      assert.equal((await get('phone-2')).EndpointStatus, 'ACTIVE');
    });

    it('a user has more than fifteen endpoints', async () => {
      const Item = Array.from({ length: 20 }, (_, i) => ({ Id: `f${i}`, ChannelType: 'EMAIL', User: { UserId: 'fan' } }));
      await call('UpdateEndpointsBatch', { EndpointBatchRequest: { Item } });
      assert.equal((await call('GetUserEndpoints', { UserId: 'fan' })).EndpointsResponse.Item.length, 20);
    });

    it('GetUserEndpoints gives all of them with the attributes of the user', async () => {
      await update('b1', { User: { UserAttributes: { tier: ['gold'] } } });
      const answer = await call('GetUserEndpoints', { UserId: 'bo' });
      assert.deepEqual(idsOf(answer), ['b1', 'b2', 'b3']);
      for (const endpoint of answer.EndpointsResponse.Item) {
        assert.deepEqual(endpoint.User.UserAttributes, { tier: ['gold'] });
      }
      await expectRefused('GetUserEndpoints', { UserId: 'Bo' }, 'NotFoundException', /User/);
    });

    it('DeleteEndpoint answers what it was', async () => {
      const { EndpointResponse: gone } = await call('DeleteEndpoint', { EndpointId: 'B3' });
      assert.equal(gone.Id, 'b3');
      assert.deepEqual(idsOf(await call('GetUserEndpoints', { UserId: 'bo' })), ['b1', 'b2']);
      await expectRefused('DeleteEndpoint', { EndpointId: 'b3' }, 'NotFoundException', /Endpoint/);
    });

    it('DeleteUserEndpoints removes them all', async () => {
      assert.deepEqual(idsOf(await call('DeleteUserEndpoints', { UserId: 'bo' })), ['b1', 'b2']);
      await expectRefused('DeleteUserEndpoints', { UserId: 'bo' }, 'NotFoundException', /User/);
      await expectRefused('GetEndpoint', { EndpointId: 'b1' }, 'NotFoundException', /Endpoint/);
    });

    it('RemoveAttributes keeps values and captures no more', async () => {
      const remove = (AttributeType, Blacklist) =>
        call('RemoveAttributes', { AttributeType, UpdateAttributesRequest: { Blacklist } });
      await update('r', { Attributes: { tmp_a: ['1'], tmp_b: ['2'], plan: ['x'] }, Metrics: { tmp_a: 1 } });
      const { AttributesResource } = await remove('endpoint-custom-attributes', ['tmp_*', 'plan']);
      assert.deepEqual(AttributesResource, {
        ApplicationId: app,
        AttributeType: 'endpoint-custom-attributes',
        Attributes: ['plan', 'tmp_a', 'tmp_b'],
      });
      await update('r', { Attributes: { tmp_a: ['9'], plan: ['y'], team: ['red'] }, Metrics: { tmp_a: 2 } });
      const endpoint = await get('r');
      assert.deepEqual(endpoint.Attributes, { tmp_a: ['1'], tmp_b: ['2'], plan: ['x'], team: ['red'] });
      assert.deepEqual(endpoint.Metrics, { tmp_a: 2 });
      await expectRefused(
        'RemoveAttributes',
        { AttributeType: 'colours', UpdateAttributesRequest: { Blacklist: ['a'] } },
        'BadRequestException',
        /endpoint-custom-attributes/,
      );
      await expectRefused(
        'RemoveAttributes',
        { AttributeType: 'endpoint-user-attributes', UpdateAttributesRequest: { Blacklist: [] } },
        'BadRequestException',
        /attribute/,
      );
    });

    it('GetInAppMessages has none without such campaigns', async () => {
      const { InAppMessagesResponse } = await call('GetInAppMessages', { EndpointId: 'r' });
      assert.deepEqual(InAppMessagesResponse.InAppMessageCampaigns, []);
      await expectRefused('GetInAppMessages', { EndpointId: 'nobody' }, 'NotFoundException', /Endpoint/);
    });
  });
}
