// A live-sport rehearsal: a segment of fans and an event campaign for each of a thousand teams, a goal, and mails to exactly
// the fans of the two teams; then everything expires. All of it through the API.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { readOutbox } from '../harness/outbox.js';
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

  const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
  const later = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
  const mailed = async () => (await readOutbox(server)).lines.map((line) => line.endpoint).sort();
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
    server = await RapportServer.start();
    aws = await drivers.sdk(server);
    own = rapportApi(server);
    const made = await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'sport' } });
    app = made.ApplicationResponse.Id;
    await inParallel((teams * fansOfEach) / 100, (batch) => {
      const Item = Array.from({ length: 100 }, (_, i) => {
        const number = batch * 100 + i;
        const team = number % teams;
        const Id = `fan-${team}-${Math.floor(number / teams)}`;
        return { Id, Address: `${Id}@example.org`, ChannelType: 'EMAIL', Attributes: { Team: [`team-${team}`] } };
      });
      return call('UpdateEndpointsBatch', { EndpointBatchRequest: { Item } });
    });
  });
  after(() => server?.dispose());

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
        MessageConfiguration: { EmailMessage: { Title: 'Goal!', Body: 'b', FromAddress: 'goals@example.org' } },
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
    await eventually('the fans are reached', async () => (await mailed()).length >= fans.length);
    assert.deepEqual(await mailed(), fans);
    await goal(123, moment); // the same event once more
    await goal(7);
    const more = [...fans, ...fansOf(14), ...fansOf(15)].sort();
    await eventually('the other fans are reached', async () => (await mailed()).length >= more.length);
    assert.deepEqual(await mailed(), more);
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
    const before = await mailed();
    await goal(11);
    assert.deepEqual(await mailed(), before);
  });
});
