// Sample data under kill -9 at several moments: it is made once and whole, and nothing happened twice.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { drivers } from '../harness/clients.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer } from '../harness/rapport_server.js';
import { randomShares, throughCrashes } from './interrupt.js';

describe('sample data under kill -9', () => {
  let server;
  before(async () => {
    server = await RapportServer.start();
  });
  after(() => server?.dispose());

  it('goes on where it was', async (test) => {
    const ask = rapportApi(server);
    const look = () => ask('GET', '/rapport/v1/sample');
    await ask('POST', '/rapport/v1/sample', { Users: 3000 });
    await throughCrashes(test, server, {
      moments: randomShares(),
      async observe(share) {
        const { State, Step, Progress } = await look();
        return { over: ['READY', 'FAILED'].includes(State), reached: Progress >= share, detail: `${Step}, ${Progress}` };
      },
    });
    const sample = await look();
    assert.equal(sample.State, 'READY', sample.FailureReason);
    const aws = await drivers.sdk(server);
    const { ApplicationsResponse } = await aws.call('pinpoint', 'GetApps', {});
    assert.deepEqual(ApplicationsResponse.Item.map((one) => one.Id), [sample.ApplicationId]);
    const { CampaignsResponse } = await aws.call('pinpoint', 'GetCampaigns', { ApplicationId: sample.ApplicationId });
    assert.equal(CampaignsResponse.Item.length, 2);
    const own = (path) => ask('GET', `/rapport/v1/apps/${sample.ApplicationId}${path}`);
    assert.equal((await own('/segment-search')).TotalCount, 7);
    for (const user of ['u1', 'u1000', 'u3000']) {
      const { Item } = await own(`/users/${user}/timeline?page-size=1000`);
      assert.ok(Item.length > 0);
      assert.equal(new Set(Item.map((one) => `${one.EventType}/${one.Id}`)).size, Item.length, `${user} did everything once`);
    }
  });
});
