// The sample data: an application to look at, made by one call.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { startPostgres } from '../harness/postgres.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

for (const [title, inPostgres] of [['files', false], ['PostgreSQL', true]]) {
  describe(`sample data over ${title}`, () => {
    let postgres;
    let server;
    let aws;
    let ask;

    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
      aws = await drivers.sdk(server);
      ask = rapportApi(server);
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    const refused = (promise, status, message) =>
      assert.rejects(promise, (error) => {
        assert.equal(error.status, status, error.message);
        assert.match(error.message, message);
        return true;
      });

    it('is made once, whole', async () => {
      await refused(ask('GET', '/rapport/v1/sample'), 404, /No sample/);
      await refused(ask('POST', '/rapport/v1/sample', { Users: 5 }), 400, /Users/);
      await refused(ask('POST', '/rapport/v1/sample', { Name: 'a b' }), 400, /Name/);
      const begun = await ask('POST', '/rapport/v1/sample', { Users: 300 });
      assert.equal(begun.Name, 'Bingewatch');
      const sample = await eventually('the sample is ready', async () => {
        const now = await ask('GET', '/rapport/v1/sample');
        assert.notEqual(now.State, 'FAILED', now.FailureReason);
        return now.State === 'READY' && now;
      }, { timeoutMs: 120_000 });
      assert.equal(sample.Progress, 1);
      assert.equal(sample.Step, 'DONE');
      const again = await ask('POST', '/rapport/v1/sample', { Users: 400 });
      assert.equal(again.ApplicationId, sample.ApplicationId);

      const ApplicationId = sample.ApplicationId;
      const own = (path) => ask('GET', `/rapport/v1/apps/${ApplicationId}${path}`);
      const found = await own('/segment-search?sort=NAME');
      assert.equal(found.TotalCount, 7);
      const sizes = await own(`/segment-sizes?${found.Item.map((one) => `segment-id=${one.Id}`).join('&')}`);
      assert.deepEqual(sizes.Failed, []);
      const size = Object.fromEntries(sizes.Item.map((one) => [found.Item.find((each) => each.Id === one.SegmentId).Name, one.UserCount]));
      assert.equal(size.Everybody, 300);
      for (const [name, count] of Object.entries(size)) {
        assert.ok(count > 0, `${name} has somebody`);
        assert.ok(name === 'Everybody' || count < 300, `${name} has not everybody`);
      }
      const timeline = await own('/users/u1/timeline?page-size=200');
      assert.ok(timeline.Item.some((one) => one.EventType === 'film.watched'));
      const { CampaignsResponse } = await aws.call('pinpoint', 'GetCampaigns', { ApplicationId });
      assert.deepEqual(CampaignsResponse.Item.map((one) => [one.Name, one.State.CampaignStatus]).sort(), [
        ['Action week', 'COMPLETED'],
        ['Films for the weekend', 'COMPLETED'],
      ]);
      const { datasets } = await aws.call('personalize', 'ListDatasets', { datasetGroupArn: sample.DatasetGroupArn });
      assert.equal(datasets.length, 3);
    });
  });
}
