// What people ask about campaigns, from outside: who will get one, what came of it, when which runs, what needs a look.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { startPostgres } from '../harness/postgres.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const people = Array.from({ length: 120 }, (_, i) => `e${i}`);
const absent = '0'.repeat(32);
const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
const excluded = (list) => Object.fromEntries(list.map(({ Reason, EndpointCount }) => [Reason, EndpointCount]));

for (const engine of ['a data directory', 'PostgreSQL']) {
  describe(`insight into campaigns over ${engine}`, () => {
    let postgres;
    let server;
    let project;
    let rapport;
    let segment;
    let write;
    let campaign;
    let preview;

    const path = (rest) => `/rapport/v1/apps/${project.app}/${rest}`;
    const previewOf = (request) => rapport('POST', path('campaign-preview'), request);
    const results = (query = {}) =>
      rapport('GET', path(`campaigns/${campaign}/results?${new URLSearchParams(query)}`));
    const activities = async () =>
      (await project.call('GetCampaignActivities', { CampaignId: campaign })).ActivitiesResponse.Item;

    before(async () => {
      postgres = engine === 'PostgreSQL' ? await startPostgres() : undefined;
      const environment = postgres === undefined ? {} : { RAPPORT_DATABASE_URL: postgres.url };
      server = await RapportServer.start({ environment });
      project = await PinpointProject.create(server);
      rapport = rapportApi(server);
      await project.enableEmail();
      const row = (id, i) => `${id},${i % 20 === 3 ? 'SMS' : 'EMAIL'},${id}@example.org,${i % 10 === 0 ? 'ALL' : 'NONE'}`;
      segment = await project.segmentOf('e.csv', `Id,ChannelType,Address,OptOut\n${people.map(row).join('\n')}\n`);
      write = {
        Name: 'Spring',
        SegmentId: segment,
        HoldoutPercent: 30,
        TreatmentName: 'plain',
        Schedule: { StartTime: 'IMMEDIATE' },
        MessageConfiguration: { EmailMessage: { Title: 'plain', Body: 'b' } },
        AdditionalTreatments: [
          {
            SizePercent: 30,
            TreatmentName: 'bold',
            Schedule: { StartTime: 'IMMEDIATE' },
            MessageConfiguration: { EmailMessage: { Title: 'bold', Body: 'b' } },
          },
        ],
      };
      preview = await previewOf({ WriteCampaignRequest: write });
      const made = await project.call('CreateCampaign', { WriteCampaignRequest: write });
      campaign = made.CampaignResponse.Id;
      await eventually('both runs end', async () => {
        const runs = await activities();
        return runs.length === 2 && runs.every(({ State }) => State === 'COMPLETED');
      });
      const shoppers = people.slice(0, 60);
      await project.call('PutEvents', {
        EventsRequest: {
          BatchItem: Object.fromEntries(
            shoppers.map((id) => [
              id,
              { Endpoint: {}, Events: { x: { EventType: 'buy', Timestamp: new Date(Date.now() + 1000).toISOString() } } },
            ]),
          ),
        },
      });
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    it('the preview told who would get a message, and why others would not', async () => {
      assert.equal(preview.EndpointCount, 120);
      assert.equal(preview.IsEstimate, false);
      const byTreatment = Object.fromEntries((await activities()).map((run) => [run.TreatmentId, run]));
      for (const treatment of preview.Treatments) {
        assert.equal(treatment.MessageCount, byTreatment[treatment.TreatmentId].TotalEndpointCount);
      }
      assert.deepEqual(preview.Treatments.map(({ TreatmentName, SizePercent }) => [TreatmentName, SizePercent]), [
        ['plain', 40],
        ['bold', 30],
      ]);
      assert.equal(preview.MessageCount, sum(preview.MessagesByChannel));
      const reasons = excluded(preview.Excluded);
      assert.equal(reasons.ENDPOINT_OPT_OUT, 12);
      assert.equal(preview.MessageCount + sum(reasons), 120);
      assert.ok(preview.HoldoutCount > 0 && preview.HoldoutCount <= reasons.TREATMENT_HOLDOUT);
    });

    it('a preview of a campaign that is there takes changes, and asks as many endpoints as it may', async () => {
      const changed = { CampaignId: campaign, WriteCampaignRequest: { HoldoutPercent: 0 }, EndpointsMaximum: 50 };
      const found = await previewOf(changed);
      assert.equal(found.ExaminedCount, 50);
      assert.equal(found.IsEstimate, true);
      assert.equal(found.HoldoutCount, 0);
    });

    it('a preview refuses what could not be a campaign', async () => {
      await assert.rejects(previewOf({}), { name: 'BadRequestException', message: /CampaignId/ });
      await assert.rejects(previewOf({ CampaignId: absent }), { name: 'NotFoundException', status: 404 });
      const silent = { ...write, MessageConfiguration: undefined };
      await assert.rejects(previewOf({ WriteCampaignRequest: silent }), { name: 'BadRequestException' });
      await assert.rejects(rapport('POST', `/rapport/v1/apps/${absent}/campaign-preview`, { CampaignId: campaign }), {
        status: 404,
      });
    });

    it('the results are a funnel of people, by treatment, channel and day, against the holdout', async () => {
      const found = await results({ 'conversion-event': 'buy', 'window-hours': '24' });
      assert.equal(found.Funnel.TargetedCount, preview.MessageCount);
      assert.equal(found.Funnel.Sent.Count, preview.MessageCount);
      assert.equal(found.Funnel.Delivered.Count, preview.MessageCount);
      assert.equal(found.Holdout.HeldOutCount, preview.HoldoutCount);
      assert.equal(found.Holdout.SizePercent, 30);
      assert.equal(found.MixedCount, 0);
      const targeted = found.Treatments.map(({ Funnel }) => Funnel.TargetedCount);
      assert.equal(targeted[0] + targeted[1], preview.MessageCount);
      const { Count, Of, Rate, LowerBound, UpperBound } = found.Funnel.Converted;
      assert.ok(Count > 0 && Count < Of && Of === preview.MessageCount);
      assert.ok(LowerBound < Rate && Rate < UpperBound);
      assert.ok(Math.abs(Rate - found.Holdout.Converted.Rate - found.Lift.Difference) < 1e-12);
      assert.ok(found.Lift.PValue > 0 && found.Lift.PValue <= 1);
      assert.deepEqual(found.Channels.map(({ ChannelType, Funnel }) => [ChannelType, Funnel.TargetedCount]), [
        ['EMAIL', preview.MessageCount],
      ]);
      assert.equal(found.Days.length, 1);
      assert.equal(found.Days[0].Funnel.Converted.Count, Count);
      assert.equal(excluded(found.Skipped).ENDPOINT_OPT_OUT, 12);
      const without = await results();
      assert.equal(without.Funnel.Converted, undefined);
      assert.equal(without.Lift, undefined);
      assert.equal((await results({ from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' })).Funnel.TargetedCount, 0);
    });

    it('results refuse a time that runs backwards and a campaign there is not', async () => {
      const backwards = { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' };
      await assert.rejects(results(backwards), { name: 'BadRequestException', message: /From/ });
      await assert.rejects(results({ 'window-hours': '0' }), { name: 'BadRequestException' });
      await assert.rejects(rapport('GET', path(`campaigns/${absent}/results`)), { name: 'NotFoundException' });
    });

    it('the calendar shows what ran and what will run', async () => {
      const day = 24 * 3600 * 1000;
      const at = (offset) => new Date(Date.now() + offset).toISOString();
      const { CampaignResponse: daily } = await project.call('CreateCampaign', {
        WriteCampaignRequest: {
          ...write,
          Name: 'Daily',
          AdditionalTreatments: [],
          Schedule: { StartTime: at(day), Frequency: 'DAILY' },
        },
      });
      const calendar = (from, to) => rapport('GET', path(`campaign-calendar?from=${from}&to=${to}`));
      const { Item, IsTruncated } = await calendar(at(-day), at(4.5 * day));
      assert.equal(IsTruncated, false);
      assert.deepEqual(Item.map(({ CampaignName, Kind, State }) => `${CampaignName} ${Kind} ${State}`), [
        'Spring RUN COMPLETED',
        'Spring RUN COMPLETED',
        'Daily RUN PENDING',
        'Daily PLANNED_RUN PENDING',
        'Daily PLANNED_RUN PENDING',
        'Daily PLANNED_RUN PENDING',
      ]);
      assert.equal(Item[0].SentCount + Item[1].SentCount, preview.MessageCount);
      assert.equal(Item[2].Timezone, 'UTC');
      await assert.rejects(calendar(at(day), at(0)), { name: 'BadRequestException', message: /From/ });
      await assert.rejects(calendar(at(0), at(200 * day)), { name: 'BadRequestException', message: /100 days/ });
      await assert.rejects(rapport('GET', path('campaign-calendar')), { name: 'BadRequestException' });
      await project.call('DeleteCampaign', { CampaignId: daily.Id });
    });

    it('the overview shows the last minutes, runs, and what needs attention', async () => {
      const sms = {
        ...write,
        Name: 'Texts',
        AdditionalTreatments: [],
        Schedule: { StartTime: '2099-01-01T00:00:00Z' },
        MessageConfiguration: { SMSMessage: { Body: 'hi' } },
      };
      await project.call('CreateCampaign', { WriteCampaignRequest: sms });
      await project.put('bad/0.csv', 'Id,ChannelType,Address,OptOut\ne0,EMAIL,e0@example.org,ALL\n');
      const failed = await project.startImport('bad/1.csv', 'Id,Colour\n', { S3Url: 's3://project/bad/' });
      await project.ended(failed.Id);
      const overview = await rapport('GET', path('overview?minutes=30'));
      assert.equal(overview.Minutes.length, 30);
      assert.equal(overview.Totals.Sent, preview.MessageCount);
      assert.equal(overview.Totals.Delivered, preview.MessageCount);
      assert.equal(overview.Minutes.reduce((total, { Sent }) => total + Sent, 0), preview.MessageCount);
      assert.ok(overview.Totals.Events >= 60 + preview.MessageCount);
      assert.equal(overview.EndpointCount, 120);
      assert.deepEqual(overview.RunningCampaigns, []);
      assert.deepEqual(overview.UpcomingCampaigns.map(({ Name }) => Name), ['Texts']);
      assert.equal(overview.UpcomingCampaignCount, 1);
      const attention = Object.fromEntries(overview.Attention.map((item) => [item.Kind, item]));
      assert.equal(attention.IMPORT_FAILED?.ResourceId, failed.Id);
      assert.match(attention.CHANNEL_WITHOUT_PROVIDER?.Detail, /^SMS: /);
      assert.equal(attention.CHANNEL_WITHOUT_PROVIDER.Name, 'Texts');
      await assert.rejects(rapport('GET', path('overview?minutes=0')), { name: 'BadRequestException' });
      await assert.rejects(rapport('GET', `/rapport/v1/apps/${absent}/overview`), { name: 'NotFoundException' });
    });

    it('the settings of the server are told without secrets', async () => {
      const settings = await rapport('GET', '/rapport/v1/settings');
      assert.match(settings.Version, /^\d+\.\d+\.\d+$/);
      assert.deepEqual(settings.Channels.find(({ ChannelType }) => ChannelType === 'EMAIL'), {
        ChannelType: 'EMAIL',
        Provider: 'outbox',
      });
      assert.equal(settings.IsTracking, false);
      await assert.rejects(rapport('PUT', '/rapport/v1/settings', {}), { status: 405 });
    });
  });
}
