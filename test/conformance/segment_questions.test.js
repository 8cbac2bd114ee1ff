// What can be asked about segments beyond the published API, held against a naive count over a few hundred people; and
// segments made of others, appended to, and expiring.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { belongs, dimensionsByName, meets, people } from '../harness/naive_segments.js';
import { startPostgres } from '../harness/postgres.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const none = '0'.repeat(32);
const seed = 20261122;
const crowd = people(400, seed);
const reachable = (one) => one.OptOut !== 'ALL' && one.EndpointStatus !== 'INACTIVE';
const ids = (endpoints) => endpoints.map((one) => one.Id).sort();
const countBy = (list, key) => list.reduce((counts, one) => ({ ...counts, [key(one)]: (counts[key(one)] ?? 0) + 1 }), {});

for (const [title, inPostgres] of [['files', false], ['PostgreSQL', true]]) {
  describe(`questions about segments over ${title}`, () => {
    let postgres;
    let server;
    let aws;
    let ask;
    let app;
    const made = {}; // name -> { id, definition }

    const call = async (operation, input) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
    const own = (method, path, body) => ask(method, `/rapport/v1/apps/${app}${path}`, body);
    const create = async (name, definition) => {
      const { SegmentResponse } = await call('CreateSegment', { WriteSegmentRequest: { Name: name, ...definition } });
      made[name] = { id: SegmentResponse.Id, definition };
      return SegmentResponse.Id;
    };
    const definitionOf = (id) => Object.values(made).find((one) => one.id === id).definition;
    const isMember = (id, one) => belongs(definitionOf(id), one, isMember);
    const membersOf = (definition) => crowd.filter((one) => belongs(definition, one, isMember));
    const expectSize = (size, members, what) => {
      assert.equal(size.EndpointCount, members.length, what);
      assert.equal(size.UserCount, new Set(members.map((one) => one.User?.UserId).filter(Boolean)).size, what);
      assert.equal(size.ReachableEndpointCount, members.filter(reachable).length, what);
      assert.deepEqual(size.ReachableByChannel, countBy(members.filter(reachable), (one) => one.ChannelType), what);
    };
    const refused = (promise, status, message) =>
      assert.rejects(promise, (error) => {
        assert.equal(error.status, status, error.message);
        assert.match(error.message, message);
        return true;
      });

    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
      aws = await drivers.sdk(server);
      ask = rapportApi(server);
      app = (await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'crowd' } })).ApplicationResponse.Id;
      for (let first = 0; first < crowd.length; first += 100) {
        await call('UpdateEndpointsBatch', { EndpointBatchRequest: { Item: crowd.slice(first, first + 100) } });
      }
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    it('sizes and members of every kind of dimension equal the naive count', async () => {
      for (const [name, Dimensions] of Object.entries(dimensionsByName)) {
        const expected = crowd.filter((one) => meets(Dimensions, one));
        assert.ok(expected.length > 0 && expected.length < crowd.length, `${name} tells people apart`);
        const id = await create(name, { Dimensions });
        const { SegmentId, Version, ...size } = await own('GET', `/segments/${id}/size`);
        assert.deepEqual([SegmentId, Version], [id, 1]);
        expectSize(size, expected, name);
        const page = await own('GET', `/segments/${id}/members?content=IDS&page-size=1000`);
        assert.deepEqual(page.Ids, ids(expected), name);
        expectSize(await own('POST', '/segment-preview', { Dimensions }), expected, `preview of ${name}`);
      }
    });

    it('groups, source segments and their combinations too', async () => {
      const { inclusive, contains, country, GREATER_THAN: score } = dimensionsByName;
      const source = (name) => ({ Id: made[name].id });
      for (const kind of ['ALL', 'ANY', 'NONE']) {
        for (const Include of ['ALL', 'ANY', 'NONE']) {
          const SegmentGroups = {
            Groups: [
              { SourceSegments: [source('make'), source('channel')], SourceType: kind, Dimensions: [inclusive, contains], Type: 'ANY' },
              { Dimensions: [country, score], Type: kind },
            ],
            Include,
          };
          const id = await create(`groups ${kind} ${Include}`, { SegmentGroups });
          expectSize(await own('GET', `/segments/${id}/size`), membersOf({ SegmentGroups }), `${kind} ${Include}`);
          await create(`nested ${kind} ${Include}`, {
            SegmentGroups: { Groups: [{ SourceSegments: [{ Id: id }, source('active')], SourceType: kind }], Include: 'ALL' },
          });
          const nested = made[`nested ${kind} ${Include}`];
          expectSize(await own('GET', `/segments/${nested.id}/size`), membersOf(nested.definition), `nested ${kind} ${Include}`);
        }
      }
    });

    it('pages through members, whole or by id, of a version', async () => {
      const { id } = made.channel;
      const expected = ids(crowd.filter((one) => meets(dimensionsByName.channel, one)));
      const found = [];
      let token = '';
      do {
        const page = await own('GET', `/segments/${id}/members?page-size=37${token && `&token=${encodeURIComponent(token)}`}`);
        assert.ok(page.Item.length <= 37);
        found.push(...page.Item);
        token = page.NextToken ?? '';
      } while (token);
      assert.deepEqual(found.map((one) => one.Id), expected);
      const { EndpointResponse } = await call('GetEndpoint', { EndpointId: expected[0] });
      assert.deepEqual(found[0], JSON.parse(JSON.stringify({ ...EndpointResponse })));
      await call('UpdateSegment', { SegmentId: id, WriteSegmentRequest: { Dimensions: dimensionsByName.make } });
      const old = await own('GET', `/segments/${id}/members?version=1&content=IDS&page-size=1000`);
      assert.deepEqual(old.Ids, expected);
      assert.equal((await own('GET', `/segments/${id}/size`)).Version, 2);
      await call('UpdateSegment', { SegmentId: id, WriteSegmentRequest: { Dimensions: dimensionsByName.channel } });
      await refused(own('GET', `/segments/${none}/members`), 404, /Segment not found/);
      await refused(own('GET', `/segments/${id}/members?version=9`), 404, /Segment not found/);
      await refused(own('GET', `/segments/${id}/members?token=abc`), 400, /token/);
    });

    it('samples the same members for the same seed', async () => {
      const { id } = made.country;
      const all = new Set(ids(crowd.filter((one) => meets(dimensionsByName.country, one))));
      const sample = (query) => own('GET', `/segments/${id}/sample?content=IDS&${query}`);
      const first = await sample('size=25&seed=7');
      assert.equal(new Set(first.Ids).size, 25);
      assert.ok(first.Ids.every((one) => all.has(one)));
      assert.deepEqual(await sample('size=25&seed=7'), first);
      assert.notDeepEqual((await sample('size=25&seed=8')).Ids, first.Ids);
      assert.deepEqual((await sample('size=1000')).Ids.sort(), [...all].sort());
      await refused(sample('size=0'), 400, /Size must be at least 1/);
      await refused(own('GET', `/segments/${none}/sample`), 404, /Segment not found/);
    });

    it('explains why somebody is in or out, node by node', async () => {
      const nested = made['nested ALL ALL'];
      for (const one of crowd.slice(0, 40)) {
        for (const name of ['several', 'point', 'inactive']) {
          const told = await own('GET', `/segments/${made[name].id}/members/${one.Id}/explanation`);
          assert.equal(told.IsMember, meets(dimensionsByName[name], one), `${name} of ${one.Id}`);
          assert.equal(told.Explanation.Matches, told.IsMember);
        }
        const told = await own('GET', `/segments/${nested.id}/members/${one.Id}/explanation`);
        assert.equal(told.IsMember, belongs(nested.definition, one, isMember), one.Id);
      }
      const { Explanation } = await own('GET', `/segments/${made.several.id}/members/p0001/explanation`);
      const leaves = (node) => (node.Parts ? node.Parts.flatMap(leaves) : [node]);
      const told = leaves(Explanation);
      assert.deepEqual(told.map((node) => node.Path).sort(), [
        'Dimensions.Attributes["City"]',
        'Dimensions.Attributes["Team"]',
        'Dimensions.Demographic.Platform',
        'Dimensions.Metrics["spent"]',
      ]);
      for (const { Path, Rule, Matches } of told) assert.ok(Path && Rule && typeof Matches === 'boolean');
      assert.equal(told.every((node) => node.Matches), meets(dimensionsByName.several, crowd[1]));
      const asked = await own('POST', '/segment-preview/explanation', { EndpointId: 'P0001', Dimensions: dimensionsByName.several });
      assert.deepEqual(asked.Explanation, Explanation);
      await refused(own('GET', `/segments/${nested.id}/members/nobody/explanation`), 404, /Endpoint not found/);
      await refused(own('GET', `/segments/${none}/members/p0001/explanation`), 404, /Segment not found/);
      await refused(own('POST', '/segment-preview/explanation', { Dimensions: {} }), 400, /EndpointId is required/);
    });

    it('previews a definition with a sample and facets', async () => {
      const definition = { Dimensions: dimensionsByName.inclusive };
      const members = membersOf(definition);
      const preview = await own('POST', '/segment-preview', {
        ...definition,
        SampleSize: 5,
        FacetFields: ['Location.Country', 'Metrics.score', 'Attributes.Nobody'],
      });
      assert.equal(preview.Sample.length, 5);
      assert.ok(preview.Sample.every((one) => ids(members).includes(one.Id)));
      const countries = countBy(members.filter((one) => one.Location.Country), (one) => one.Location.Country);
      const [country, score, nobody] = preview.Facets;
      assert.deepEqual(Object.fromEntries(country.Values.map((one) => [one.Value, one.EndpointCount])), countries);
      const scores = members.map((one) => one.Metrics.score);
      assert.equal(score.Numbers.EndpointCount, scores.length);
      assert.equal(score.Numbers.Minimum, Math.min(...scores));
      assert.equal(score.Numbers.Maximum, Math.max(...scores));
      assert.ok(Math.abs(score.Numbers.Mean - scores.reduce((sum, one) => sum + one, 0) / scores.length) < 1e-9);
      assert.deepEqual(nobody, { Field: 'Attributes.Nobody', Values: [] });
      const path = 'SegmentGroups.Groups[1].SourceSegments[0].Id';
      const unknown = { SegmentGroups: { Groups: [{}, { SourceSegments: [{ Id: none }] }] } };
      await refused(own('POST', '/segment-preview', unknown), 400, new RegExp(path.replace(/[[\].]/g, '\\$&')));
    });

    it('gives the top values inside a segment', async () => {
      const members = crowd.filter((one) => meets(dimensionsByName.active, one));
      const teams = countBy(members.flatMap((one) => one.Attributes.Team ?? []), (team) => team);
      const expected = Object.entries(teams).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
      const { Facets } = await own('GET', `/segments/${made.active.id}/facets?field=Attributes.Team&field=ChannelType&limit=3`);
      assert.deepEqual(Facets[0].Values.map((one) => [one.Value, one.EndpointCount]), expected.slice(0, 3));
      assert.equal(Facets[1].Field, 'ChannelType');
      await refused(own('GET', `/segments/${made.active.id}/facets?field=Address`), 400, /Facets are of .*not of Address/);
      await refused(own('GET', `/segments/${made.active.id}/facets`), 400, /Fields is required/);
      await refused(own('GET', `/segments/${none}/facets?field=ChannelType`), 404, /Segment not found/);
    });

    it('says how segments overlap', async () => {
      const names = ['inclusive', 'channel', 'active'];
      const sets = names.map((name) => crowd.filter((one) => meets(dimensionsByName[name], one)));
      const overlap = await own('POST', '/segment-overlap', { Segments: names.map((name) => ({ Id: made[name].id })) });
      assert.deepEqual(overlap.Segments.map((one) => one.EndpointCount), sets.map((set) => set.length));
      const common = (...some) => crowd.filter((one) => some.every((set) => set.includes(one))).length;
      assert.deepEqual(
        overlap.Pairs.map((pair) => [pair.First.Id, pair.Second.Id, pair.EndpointCount]),
        [[0, 1], [0, 2], [1, 2]].map(([a, b]) => [made[names[a]].id, made[names[b]].id, common(sets[a], sets[b])]),
      );
      assert.equal(overlap.IntersectionCount, common(...sets));
      assert.equal(overlap.UnionCount, new Set(sets.flat()).size);
      await refused(own('POST', '/segment-overlap', { Segments: [{ Id: made.active.id }] }), 400, /Segments must have at least 2/);
      await refused(own('POST', '/segment-overlap', { Segments: [{ Id: made.active.id }, { Id: none }] }), 404, /Segment not found/);
    });

    it('makes live segments of sets', async () => {
      const [a, b] = ['inclusive', 'channel'].map((name) => crowd.filter((one) => meets(dimensionsByName[name], one)));
      const Segments = ['inclusive', 'channel'].map((name) => ({ Id: made[name].id }));
      const expected = {
        UNION: new Set([...a, ...b]).size,
        INTERSECTION: a.filter((one) => b.includes(one)).length,
        DIFFERENCE: a.filter((one) => !b.includes(one)).length,
      };
      for (const [Operation, size] of Object.entries(expected)) {
        const segment = await own('POST', '/segment-sets', { Name: Operation, Operation, Segments, tags: { made: 'so' } });
        assert.equal(segment.SegmentType, 'DIMENSIONAL');
        assert.deepEqual(segment.tags, { made: 'so' });
        assert.equal((await own('GET', `/segments/${segment.Id}/size`)).EndpointCount, size, Operation);
      }
      await refused(own('POST', '/segment-sets', { Operation: 'PRODUCT', Segments }), 400, /Operation must be one of/);
      const unknown = [Segments[0], { Id: none }];
      await refused(own('POST', '/segment-sets', { Operation: 'UNION', Segments: unknown }), 400, /SourceSegments\[1\]\.Id/);
    });

    it('keeps a moment, and appends to it', async () => {
      const before = ids(crowd.filter((one) => meets(dimensionsByName.contains, one)));
      const kept = await own('POST', `/segments/${made.contains.id}/snapshot`, { Name: 'kept' });
      assert.equal(kept.SegmentType, 'IMPORT');
      assert.equal(kept.ImportDefinition.Size, before.length);
      const membersNow = async () => (await own('GET', `/segments/${kept.Id}/members?content=IDS&page-size=1000`)).Ids;
      assert.deepEqual(await membersNow(), before);
      const outside = crowd.filter((one) => !before.includes(one.Id));
      const joining = outside.find((one) => !one.User);
      const user = outside.find((one) => one.User).User.UserId;
      const path = `/segments/${kept.Id}/members`;
      const appended = await own('POST', path, { EndpointIds: [joining.Id, 'nobody', before[0]], UserIds: [user] });
      assert.deepEqual(appended, { SegmentId: kept.Id, Version: 2, AddedCount: 2, UnknownEndpointIds: ['nobody'] });
      const ofUser = crowd.filter((one) => one.User?.UserId === user).map((one) => one.Id);
      assert.deepEqual(await membersNow(), [...new Set([...before, joining.Id, ...ofUser])].sort());
      assert.equal((await own('GET', `/segments/${kept.Id}/size?version=1`)).EndpointCount, before.length);
      await refused(own('POST', `/segments/${made.active.id}/members`, { UserIds: ['u1'] }), 400, /imported segment/);
      await refused(own('POST', `/segments/${none}/members`, { UserIds: ['u1'] }), 404, /Segment not found/);
      await refused(own('POST', `/segments/${none}/snapshot`, {}), 404, /Segment not found/);
    });

    it('follows what endpoints become', async () => {
      const { id } = made.users;
      const size = async () => (await own('GET', `/segments/${id}/size`)).EndpointCount;
      const was = await size();
      const EndpointRequest = { Address: 'n@example.org', ChannelType: 'EMAIL', User: { UserId: 'new', UserAttributes: { Plan: ['gold'] } } };
      await call('UpdateEndpoint', { EndpointId: 'newcomer', EndpointRequest });
      assert.equal(await size(), was + 1);
      await call('UpdateEndpoint', { EndpointId: 'newcomer', EndpointRequest: { User: { UserId: 'new', UserAttributes: { Plan: ['none'] } } } });
      assert.equal(await size(), was);
      await call('DeleteEndpoint', { EndpointId: 'newcomer' });
      assert.equal(await size(), was);
    });

    it('lets segments and campaigns expire by themselves', async () => {
      const Segments = [{ Id: made.active.id }, { Id: made.country.id }];
      const brief = await own('POST', '/segment-sets', { Operation: 'UNION', Segments, TimeToLiveSeconds: 1 });
      const id = await create('lasting', {});
      await refused(own('GET', `/segments/${id}/expiry`), 404, /no expiry/);
      const ExpirationDate = new Date(Date.now() + 3_600_000).toISOString();
      const expiry = await own('PUT', `/segments/${id}/expiry`, { ExpirationDate });
      assert.deepEqual([expiry.ResourceType, expiry.ResourceId, expiry.ExpirationDate], ['SEGMENT', id, ExpirationDate]);
      assert.ok(expiry.TimeToLiveSeconds > 3_500 && expiry.TimeToLiveSeconds <= 3_600);
      assert.equal((await own('GET', `/segments/${id}/expiry`)).ExpirationDate, ExpirationDate);
      await own('DELETE', `/segments/${id}/expiry`);
      await refused(own('DELETE', `/segments/${id}/expiry`), 404, /no expiry/);
      await refused(own('PUT', `/segments/${id}/expiry`, { ExpirationDate: '2020-01-01' }), 400, /in the future/);
      await refused(own('PUT', `/segments/${none}/expiry`, { TimeToLiveSeconds: 5 }), 404, /Segment not found/);
      await eventually('the segment is gone', () => own('GET', `/segments/${brief.Id}/size`).then(() => false, (error) => error.status === 404));

      const { CampaignResponse } = await call('CreateCampaign', {
        WriteCampaignRequest: {
          Name: 'later',
          SegmentId: id,
          Schedule: { StartTime: ExpirationDate },
          MessageConfiguration: { EmailMessage: { Title: 'x', Body: 'y' } },
        },
      });
      const path = `/campaigns/${CampaignResponse.Id}/expiry`;
      await refused(own('GET', path), 404, /no expiry/);
      assert.equal((await own('PUT', path, { TimeToLiveSeconds: 600 })).ResourceType, 'CAMPAIGN');
      assert.ok((await own('DELETE', path)).TimeToLiveSeconds > 500);
      await own('PUT', path, { TimeToLiveSeconds: 1 });
      const isGone = (error) => error.name === 'NotFoundException';
      await eventually('the campaign is gone', () => call('GetCampaign', { CampaignId: CampaignResponse.Id }).then(() => false, isGone));
      await refused(own('GET', path), 404, /Campaign not found/);
      await refused(own('PUT', path, { TimeToLiveSeconds: 1 }), 404, /Campaign not found/);
      await refused(own('DELETE', path), 404, /Campaign not found/);
    });

    it('is the same after a restart', async () => {
      await server.kill();
      await server.launch();
      for (const name of ['several', 'point', 'groups ANY NONE', 'nested NONE ANY']) {
        const { id, definition } = made[name];
        expectSize(await own('GET', `/segments/${id}/size`), membersOf(definition), name);
      }
    });
  });
}
