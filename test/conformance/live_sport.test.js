// A live-sport rehearsal: a segment of fans and an event campaign for each of a thousand teams, a goal, and a push to exactly
// the fans of the two teams, as the event stream tells; then everything expires. All of it through the API.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { streamedRecords } from '../harness/event_stream.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { rapportApi } from '../harness/rapport_api.js';

const teams = 1000;
const fansOfEach = 3;
const atOnce = 16;

/** Runs `work(i)` for every i below `count`, some at the same time. Their results. */
async function inParallel(count, work) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const i = next++;
      results[i] = await work(i);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

describe('a live-sport rehearsal', () => {
  let server;
  let aws;
  let own;
  let app;
  let segments;
  let campaigns;
  let settings;

  const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
  const later = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
  // Who was sent a push, from the files of the event stream.
  async function pushed() {
    const sends = (await streamedRecords(server)).filter((record) => record.event_type === '_campaign.send');
    for (const { attributes } of sends) {
      assert.equal(attributes.campaign_send_status, 'SUCCESS');
      assert.equal(attributes.delivery_type, 'GCM');
    }
    return sends.map((record) => record.client.client_id).sort();
  }
  const fansOf = (team) => Array.from({ length: fansOfEach }, (_, i) => `fan-${team}-${i}`);

  async function everyCampaign() {
    const all = [];
    let Token;
    do {
      const { CampaignsResponse: page } = await call('GetCampaigns', { PageSize: '500', Token });
      all.push(...page.Item);
      Token = page.NextToken;
    } while (Token !== undefined);
    return all;
  }

  async function goal(match, Timestamp = new Date().toISOString()) {
    const event = { EventType: 'goal', Timestamp, Attributes: { match: String(match) } };
    const answer = await call('PutEvents', {
      EventsRequest: { BatchItem: { stadium: { Endpoint: {}, Events: { [`goal-of-${match}`]: event } } } },
    });
    const { EventsItemResponse: items } = answer.EventsResponse.Results.stadium;
    assert.equal(items[`goal-of-${match}`].StatusCode, 202);
  }

  before(async () => {
    settings = await mkdtemp(join(tmpdir(), 'rapport-sport-'));
    const file = join(settings, 'rapport.toml');
    await writeFile(file, 'event_stream.file_seconds = 1\n[channels.gcm]\nprovider = "null"\n');
    server = await RapportServer.start({ options: ['--config', file] });
    aws = await drivers.sdk(server);
    own = rapportApi(server);
    const made = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'sport' } });
    app = made.ApplicationResponse.Id;
    await call('UpdateGcmChannel', { GCMChannelRequest: { ApiKey: 'key', Enabled: true } });
    await call('PutEventStream', {
      WriteEventStream: {
        DestinationStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/sport',
        RoleArn: 'arn:aws:iam::123456789012:role/any',
      },
    });
    await inParallel((teams * fansOfEach) / 100, (batch) => {
      const Item = Array.from({ length: 100 }, (_, i) => {
        const number = batch * 100 + i;
        const team = number % teams;
        const Id = `fan-${team}-${Math.floor(number / teams)}`;
        return { Id, Address: `token-${Id}`, ChannelType: 'GCM', Attributes: { Team: [`team-${team}`] } };
      });
      return call('UpdateEndpointsBatch', { EndpointBatchRequest: { Item } });
    });
  });
  after(async () => {
    await server?.dispose();
    await rm(settings, { recursive: true, force: true });
  });

  it('makes a thousand segments and event campaigns', async () => {
    segments = await inParallel(teams, async (team) => {
      const Attributes = { Team: { AttributeType: 'INCLUSIVE', Values: [`team-${team}`] } };
      const request = { Name: `fans-${team}`, Dimensions: { Attributes } };
      return (await call('CreateSegment', { WriteSegmentRequest: request })).SegmentResponse.Id;
    });
    campaigns = await inParallel(teams, async (team) => {
      const Dimensions = {
        EventType: { DimensionType: 'INCLUSIVE', Values: ['goal'] },
        Attributes: { match: { AttributeType: 'INCLUSIVE', Values: [String(Math.floor(team / 2))] } },
      };
      const request = {
        Name: `goals-${team}`,
        SegmentId: segments[team],
        Schedule: {
          StartTime: 'IMMEDIATE',
          EndTime: later(3600),
          Frequency: 'EVENT',
          EventFilter: { FilterType: 'SYSTEM', Dimensions },
        },
        MessageConfiguration: { GCMMessage: { Title: 'Goal!', Body: 'Your match has a goal', Action: 'OPEN_APP' } },
      };
      return (await call('CreateCampaign', { WriteCampaignRequest: request })).CampaignResponse.Id;
    });
    await eventually(
      'every campaign waits for goals',
      async () => (await everyCampaign()).every((campaign) => campaign.State.CampaignStatus === 'EXECUTING'),
      { timeoutMs: 120_000, intervalMs: 500 },
    );
  });

  it('reaches exactly the fans of the two teams, once', async () => {
    const moment = new Date().toISOString();
    await goal(123, moment);
    const fans = [...fansOf(246), ...fansOf(247)].sort();
    await eventually('the fans are reached', async () => (await pushed()).length >= fans.length);
    assert.deepEqual(await pushed(), fans);
    await goal(123, moment); // the same event once more
    await goal(7);
    const more = [...fans, ...fansOf(14), ...fansOf(15)].sort();
    await eventually('the other fans are reached', async () => (await pushed()).length >= more.length);
    assert.deepEqual(await pushed(), more);
  });

  it('lets all of it expire', async () => {
    const expire = (kind) => (id) =>
      own('PUT', `/rapport/v1/apps/${app}/${kind}/${id}/expiry`, { TimeToLiveSeconds: 1 });
    await inParallel(teams, (team) => expire('campaigns')(campaigns[team]));
    await inParallel(teams, (team) => expire('segments')(segments[team]));
    await eventually('everything is gone', async () => (await everyCampaign()).length === 0, {
      timeoutMs: 120_000,
      intervalMs: 500,
    });
    const { SegmentsResponse: left } = await call('GetSegments');
    assert.ok(left.Item.length < teams);
    const before = await pushed();
    await goal(11);
    assert.deepEqual(await pushed(), before);
  });
});
