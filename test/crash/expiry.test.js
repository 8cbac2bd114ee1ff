// kill -9 while segments expire: every one that is due goes with its members, and no other.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { rapportApi } from '../harness/rapport_api.js';
import { RapportServer } from '../harness/rapport_server.js';
import { throughCrashes } from './interrupt.js';

const dueCount = 60;
const keptCount = 10;

describe('expiries under kill -9', () => {
  let server;
  let project;
  let own;

  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
    const ask = rapportApi(server);
    own = (method, path, body) => ask(method, `/rapport/v1/apps/${project.app}${path}`, body);
  });
  after(() => server?.dispose());

  const left = async () => (await project.call('GetSegments', { PageSize: '1000' })).SegmentsResponse.Item.map((one) => one.Id);

  it('remove what is due and nothing else', async (test) => {
    const rows = Array.from({ length: 200 }, (_, i) => `e${i},EMAIL,e${i}@example.org`);
    const source = await project.segmentOf('e.csv', ['Id,ChannelType,Address', ...rows, ''].join('\n'));
    const made = [];
    for (let i = 0; i < dueCount + keptCount; ++i) made.push((await own('POST', `/segments/${source}/snapshot`, {})).Id);
    const kept = [source, ...made.slice(dueCount)];
    const ExpirationDate = new Date(Date.now() + 8_000).toISOString();
    const expire = (id, when) => own('PUT', `/segments/${id}/expiry`, when);
    await Promise.all(made.map((id) => expire(id, { ExpirationDate })));
    await Promise.all(made.slice(dueCount).map((id) => expire(id, { TimeToLiveSeconds: 3_600 })));
    const goneNow = async () => dueCount + kept.length - (await left()).length;
    await throughCrashes(test, server, {
      moments: [1, 20, 40],
      async observe(moment) {
        const gone = await goneNow();
        return { over: gone === dueCount, reached: gone >= moment, detail: `${gone} of ${dueCount} gone` };
      },
    });
    assert.deepEqual((await left()).sort(), [...kept].sort());
    for (const id of kept) assert.equal((await own('GET', `/segments/${id}/size`)).EndpointCount, 200);
    assert.ok((await own('GET', `/segments/${kept[1]}/expiry`)).TimeToLiveSeconds > 3_000);
  });
});
