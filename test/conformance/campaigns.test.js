// The eight campaign operations through the SDK: what they answer, how they refuse, and what becomes of a campaign.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { startPostgres } from '../harness/postgres.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';
import { refusal } from '../harness/refusal.js';

const none = '0'.repeat(32);
const runs = [
  ['files', false],
  ['PostgreSQL', true],
];

for (const [title, inPostgres] of runs) {
  describe(`campaigns through the SDK over ${title}`, () => {
    let postgres;
    let server;
    let aws;
    let app;
    let segment;
    let campaign;

    const call = (operation, input = {}) => aws.call('pinpoint', operation, { ApplicationId: app, ...input });
    const refused = (operation, input) => refusal(call(operation, input));
    const request = (more = {}) => ({
      Name: 'news',
      SegmentId: segment,
      Schedule: { StartTime: 'IMMEDIATE' },
      MessageConfiguration: { EmailMessage: { Title: 'Hi', Body: 'Dear {{Id}}', FromAddress: 'news@example.org' } },
      ...more,
    });
    const create = async (more) =>
      (await call('CreateCampaign', { WriteCampaignRequest: request(more) })).CampaignResponse;
    const get = async (id) => (await call('GetCampaign', { CampaignId: id })).CampaignResponse;
    const activities = async (id) =>
      (await call('GetCampaignActivities', { CampaignId: id })).ActivitiesResponse.Item;
    const inState = (id, status) =>
      eventually(`${id} is ${status}`, async () => (await get(id)).State.CampaignStatus === status);
    const later = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
      aws = await drivers.sdk(server);
      app = (await aws.call('pinpoint', 'CreateApp', { CreateApplicationRequest: { Name: 'campaigns' } }))
        .ApplicationResponse.Id;
      for (const id of ['a', 'b']) {
        const EndpointRequest = { Address: `${id}@example.org`, ChannelType: 'EMAIL' };
        await call('UpdateEndpoint', { EndpointId: id, EndpointRequest });
      }
      segment = (await call('CreateSegment', { WriteSegmentRequest: { Name: 'all' } })).SegmentResponse.Id;
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    it('creates one that sends at once, with every member that clients read', async () => {
      campaign = await create({ tags: { Stage: 'Test' } });
      assert.match(campaign.Id, /^[0-9a-f]{32}$/);
      assert.match(campaign.Arn, new RegExp(`:apps/${app}/campaigns/${campaign.Id}$`));
      assert.equal(campaign.Version, 1);
      assert.equal(campaign.SegmentVersion, 1);
      assert.deepEqual(campaign.tags, { Stage: 'Test' });
      assert.deepEqual(campaign.AdditionalTreatments, []);
      assert.equal(campaign.HoldoutPercent, 0);
      assert.equal(campaign.IsPaused, false);
      assert.equal((await activities(campaign.Id)).length, 1);
      await inState(campaign.Id, 'COMPLETED');
      const [run] = await activities(campaign.Id);
      assert.equal(run.State, 'COMPLETED');
      assert.equal(run.Result, 'SUCCESS');
      assert.equal(run.TreatmentId, '0');
      assert.equal(run.SuccessfulEndpointCount, 2);
      assert.equal(run.ExecutionMetrics.ENDPOINT_PRODUCED, '2');
      assert.equal(run.ExecutionMetrics.TREATMENT_HOLDOUT, '0');
    });

    it('refuses what cannot run, with the member', async () => {
      const cases = [
        [{ SegmentId: none }, 'NotFoundException', /[Ss]egment/],
        [{ Schedule: { StartTime: 'soon' } }, 'BadRequestException', /Schedule\.StartTime/],
        [{ Schedule: { StartTime: 'IMMEDIATE', Timezone: 'Mars' } }, 'BadRequestException', /Timezone/],
        [{ Schedule: { StartTime: 'IMMEDIATE', Frequency: 'EVENT' } }, 'BadRequestException', /EventFilter/],
        [{ MessageConfiguration: undefined }, 'BadRequestException', /MessageConfiguration/],
        [{ Limits: { MaximumDuration: 59 } }, 'BadRequestException', /MaximumDuration/],
        [{ AdditionalTreatments: [{ SizePercent: 101 }] }, 'BadRequestException', /SizePercent/],
        [{ IsPaused: true }, 'BadRequestException', /IsPaused/],
      ];
      for (const [more, name, text] of cases) {
        const wrong = await refused('CreateCampaign', { WriteCampaignRequest: request(more) });
        assert.equal(wrong.name, name, JSON.stringify(more));
        assert.match(wrong.message, text);
      }
      const elsewhere = await refused('CreateCampaign', { ApplicationId: none, WriteCampaignRequest: request() });
      assert.equal(elsewhere.name, 'NotFoundException');
    });

    it('repeats, pauses, resumes and keeps its versions', async () => {
      const Schedule = { StartTime: 'IMMEDIATE', Frequency: 'HOURLY', EndTime: later(7200) };
      const hourly = await create({ Schedule });
      await inState(hourly.Id, 'PENDING_NEXT_RUN');
      const update = (WriteCampaignRequest) => call('UpdateCampaign', { CampaignId: hourly.Id, WriteCampaignRequest });
      const { CampaignResponse: paused } = await update({ IsPaused: true });
      assert.equal(paused.Version, 2);
      assert.equal(paused.State.CampaignStatus, 'PAUSED');
      const { CampaignResponse: resumed } = await update({ IsPaused: false, Description: 'again' });
      assert.equal(resumed.State.CampaignStatus, 'PENDING_NEXT_RUN');
      assert.deepEqual(resumed.Schedule, Schedule);
      const { CampaignsResponse: versions } = await call('GetCampaignVersions', { CampaignId: hourly.Id });
      assert.deepEqual(versions.Item.map((version) => version.Version), [3, 2, 1]);
      const { CampaignResponse: second } = await call('GetCampaignVersion', { CampaignId: hourly.Id, Version: '2' });
      assert.equal(second.IsPaused, true);
      assert.equal(second.Description, undefined);
      assert.equal((await refused('GetCampaignVersion', { CampaignId: hourly.Id, Version: '9' })).name, 'NotFoundException');
      assert.equal((await refused('GetCampaignVersions', { CampaignId: none })).name, 'NotFoundException');
      assert.equal(
        (await refused('UpdateCampaign', { CampaignId: none, WriteCampaignRequest: {} })).name,
        'NotFoundException',
      );
    });

    it('shows each treatment with its state', async () => {
      const treatment = { SizePercent: 50, Schedule: { StartTime: later(3600) }, TreatmentName: 'late' };
      const test = await create({ AdditionalTreatments: [treatment] });
      await eventually('the default treatment is over', async () => {
        const { DefaultState } = await get(test.Id);
        return DefaultState.CampaignStatus === 'COMPLETED';
      });
      const now = await get(test.Id);
      assert.equal(now.AdditionalTreatments[0].Id, '1');
      assert.equal(now.AdditionalTreatments[0].State.CampaignStatus, 'SCHEDULED');
      assert.equal(now.State.CampaignStatus, 'SCHEDULED');
      assert.deepEqual((await activities(test.Id)).map((run) => run.TreatmentId).sort(), ['0', '1']);
    });

    it('shows in-app messages to endpoints of the segment while the campaign runs', async () => {
      const EventType = { DimensionType: 'INCLUSIVE', Values: ['_session.start'] };
      const EventFilter = { FilterType: 'SYSTEM', Dimensions: { EventType } };
      const InAppMessage = {
        Layout: 'OVERLAYS',
        Content: [{ BodyConfig: { Alignment: 'LEFT', Body: 'Hello', TextColor: '#000000' } }],
      };
      const shown = await create({
        Schedule: { StartTime: 'IMMEDIATE', EndTime: later(3600), Frequency: 'IN_APP_EVENT', EventFilter },
        MessageConfiguration: { InAppMessage },
      });
      const messages = async (EndpointId) =>
        (await call('GetInAppMessages', { EndpointId })).InAppMessagesResponse.InAppMessageCampaigns;
      await eventually('the message is there', async () => (await messages('a')).length === 1);
      const [message] = await messages('a');
      assert.equal(message.CampaignId, shown.Id);
      assert.deepEqual(message.InAppMessage, InAppMessage);
      assert.deepEqual(message.Schedule.EventFilter.Dimensions, { EventType, Attributes: {}, Metrics: {} });
      assert.equal(message.TreatmentId, '0');
      assert.equal((await refused('GetInAppMessages', { EndpointId: 'nobody' })).name, 'NotFoundException');
    });

    it('lists them in pages, and knows no other', async () => {
      const first = (await call('GetCampaigns', { PageSize: '1' })).CampaignsResponse;
      assert.equal(first.Item.length, 1);
      const rest = (await call('GetCampaigns', { Token: first.NextToken })).CampaignsResponse;
      assert.ok(rest.Item.some((item) => item.Id === campaign.Id));
      assert.equal(rest.NextToken, undefined);
      assert.equal((await refused('GetCampaigns', { Token: 'abc' })).name, 'BadRequestException');
      assert.equal((await refused('GetCampaign', { CampaignId: none })).name, 'NotFoundException');
      assert.equal((await refused('GetCampaignActivities', { CampaignId: none })).name, 'NotFoundException');
    });

    it('is DELETED with its segment', async () => {
      const { SegmentResponse: own } = await call('CreateSegment', { WriteSegmentRequest: { Name: 'own' } });
      const waiting = await create({ SegmentId: own.Id, Schedule: { StartTime: later(3600) } });
      assert.equal(waiting.State.CampaignStatus, 'SCHEDULED');
      await call('DeleteSegment', { SegmentId: own.Id });
      assert.equal((await get(waiting.Id)).State.CampaignStatus, 'DELETED');
    });

    it('deletes one and answers what it was', async () => {
      const { CampaignResponse: gone } = await call('DeleteCampaign', { CampaignId: campaign.Id });
      assert.equal(gone.Id, campaign.Id);
      assert.equal(gone.State.CampaignStatus, 'DELETED');
      assert.equal((await refused('GetCampaign', { CampaignId: campaign.Id })).name, 'NotFoundException');
      assert.equal((await refused('DeleteCampaign', { CampaignId: campaign.Id })).name, 'NotFoundException');
    });
  });
}
