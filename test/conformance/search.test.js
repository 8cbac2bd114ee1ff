// Campaigns, templates and alarms as the console looks for them: by name, state and type, page by page.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { startPostgres } from '../harness/postgres.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer } from '../harness/rapport_server.js';

for (const engine of ['a data directory', 'PostgreSQL']) {
  describe(`search over ${engine}`, () => {
    let postgres;
    let server;
    let project;
    let rapport;
    let segment;

    before(async () => {
      postgres = engine === 'PostgreSQL' ? await startPostgres() : undefined;
      const environment = postgres === undefined ? {} : { RAPPORT_DATABASE_URL: postgres.url };
      server = await RapportServer.start({ environment });
      project = await PinpointProject.create(server);
      rapport = rapportApi(server);
      segment = await project.segmentOf('e.csv', 'Id,ChannelType,Address\ne1,EMAIL,e1@example.org\n');
      for (const [Name, IsPaused] of [['Spring sale', false], ['Autumn', true], ['spring news', true]]) {
        await project.call('CreateCampaign', {
          WriteCampaignRequest: {
            Name,
            IsPaused,
            Description: `about ${Name}`,
            HoldoutPercent: 10,
            SegmentId: segment,
            Schedule: { StartTime: '2099-01-01T00:00:00Z', Frequency: 'DAILY' },
            MessageConfiguration: { EmailMessage: { Title: 't', Body: 'b' } },
          },
        });
      }
      for (const TemplateName of ['Welcome_1', 'welcome-2', 'other']) {
        await project.call('CreateSmsTemplate', { TemplateName, SMSTemplateRequest: { Body: 'hi', TemplateDescription: 'd' } });
      }
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    const campaigns = async (query) =>
      (await rapport('GET', `/rapport/v1/apps/${project.app}/campaign-search?${new URLSearchParams(query)}`)).Item
        .map((campaign) => campaign.Name);
    const templates = (query) => rapport('GET', `/rapport/v1/template-search?${new URLSearchParams(query)}`);

    it('finds campaigns by a part of the name, in either order', async () => {
      assert.deepEqual(await campaigns({ query: 'SPRING' }), ['spring news', 'Spring sale']);
      assert.deepEqual(await campaigns({ sort: 'NAME' }), ['Autumn', 'spring news', 'Spring sale']);
      assert.deepEqual(await campaigns({ state: 'PAUSED', query: 'a' }), ['Autumn']);
      assert.deepEqual(await campaigns({ query: 'winter' }), []);
    });

    it('says of a campaign what a list shows', async () => {
      const found = await rapport('GET', `/rapport/v1/apps/${project.app}/campaign-search?query=sale`);
      assert.equal(found.Total, 1);
      const { Id, CreationDate, LastModifiedDate, ...rest } = found.Item[0];
      assert.match(Id, /^[0-9a-f]{32}$/);
      assert.equal(CreationDate, LastModifiedDate);
      assert.deepEqual(rest, {
        Name: 'Spring sale',
        Description: 'about Spring sale',
        CampaignStatus: 'SCHEDULED',
        Version: 1,
        SegmentId: segment,
        SegmentVersion: 1,
        Frequency: 'DAILY',
        StartTime: '2099-01-01T00:00:00Z',
        IsPaused: false,
        TreatmentCount: 1,
        HoldoutPercent: 10,
      });
    });

    it('pages', async () => {
      const path = `/rapport/v1/apps/${project.app}/campaign-search?page-size=2&sort=NAME`;
      const first = await rapport('GET', path);
      assert.equal(first.Total, 3);
      const second = await rapport('GET', `${path}&token=${encodeURIComponent(first.NextToken)}`);
      assert.deepEqual([...first.Item, ...second.Item].map(({ Name }) => Name), ['Autumn', 'spring news', 'Spring sale']);
      assert.equal(second.NextToken, undefined);
    });

    it('refuses a state or an order there is not, and an application there is not', async () => {
      const path = `/rapport/v1/apps/${project.app}/campaign-search`;
      await assert.rejects(rapport('GET', `${path}?state=ASLEEP`), { name: 'BadRequestException', status: 400 });
      await assert.rejects(rapport('GET', `${path}?sort=SIZE`), { name: 'BadRequestException', message: /Sort/ });
      await assert.rejects(rapport('GET', `${path}?token=x`), { name: 'BadRequestException' });
      await assert.rejects(rapport('GET', '/rapport/v1/apps/none/campaign-search'), { status: 404 });
    });

    it('finds templates of every type or of one', async () => {
      const found = await templates({ query: 'welcome', sort: 'NAME' });
      assert.deepEqual(found.Item.map(({ TemplateName }) => TemplateName), ['Welcome_1', 'welcome-2']);
      assert.equal(found.Total, 2);
      const { CreationDate, LastModifiedDate, ...rest } = found.Item[0];
      assert.equal(CreationDate, LastModifiedDate);
      assert.deepEqual(rest, { TemplateName: 'Welcome_1', TemplateType: 'SMS', Version: '1', TemplateDescription: 'd' });
      assert.equal((await templates({ 'template-type': 'EMAIL' })).Total, 0);
      const newest = await templates({ 'page-size': '1' });
      assert.equal(newest.Item[0].TemplateName, 'other');
      const next = await templates({ 'page-size': '1', token: newest.NextToken });
      assert.equal(next.Item[0].TemplateName, 'welcome-2');
      await assert.rejects(templates({ 'template-type': 'FAX' }), { name: 'BadRequestException', status: 400 });
    });

    it('lists no alarms where none was raised, and refuses where there is no application', async () => {
      assert.deepEqual(await rapport('GET', `/rapport/v1/apps/${project.app}/alarms`), { Item: [] });
      await assert.rejects(rapport('GET', '/rapport/v1/apps/none/alarms'), { status: 404 });
    });
  });
}
