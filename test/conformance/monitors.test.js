// Monitors of campaigns' runs, from outside: an alarm is raised once, told by event, e-mail and fail-over campaign.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readOutbox } from '../harness/outbox.js';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const message = (Title) => ({ EmailMessage: { Title, Body: 'b' } });

describe('a monitor of runs', () => {
  let server;
  let project;
  let segment;
  let rapport;
  const monitorOf = (campaign) => `/rapport/v1/apps/${project.app}/campaigns/${campaign}/monitor`;

  before(async () => {
    server = await RapportServer.start();
    project = await PinpointProject.create(server);
    rapport = rapportApi(server);
    await project.enableEmail();
    segment = await project.segmentOf('e.csv', 'Id,ChannelType,Address\ne1,EMAIL,e1@example.org\n');
  });
  after(() => server?.dispose());

  const campaign = async (name, schedule) => {
    const { CampaignResponse } = await project.call('CreateCampaign', {
      WriteCampaignRequest: { Name: name, SegmentId: segment, MessageConfiguration: message(name), ...schedule },
    });
    return CampaignResponse.Id;
  };
  const soon = (seconds) => new Date(Date.now() + 1000 * seconds).toISOString();

  it('raises an alarm about a small audience and starts the fail-over campaign', async () => {
    const failover = await campaign('fail-over', { IsPaused: true, Schedule: { StartTime: soon(1), Frequency: 'ONCE' } });
    const watched = await campaign('watched', { Schedule: { StartTime: soon(2), Frequency: 'ONCE' } });
    const rules = { AudienceMinimum: 100, FailurePercentMaximum: 50, Email: 'ops@example.org', FailoverCampaignId: failover };
    const made = await rapport('PUT', monitorOf(watched), rules);
    assert.deepEqual(made, { ...rules, Alarms: [], ApplicationId: project.app, CampaignId: watched });
    const alarmed = await eventually(
      'the alarm is raised',
      async () => {
        const answer = await rapport('GET', monitorOf(watched));
        return answer.Alarms.length > 0 && answer;
      },
      { timeoutMs: 60_000 },
    );
    assert.deepEqual(alarmed.Alarms.map(({ Rule }) => Rule), ['SMALL_AUDIENCE']);
    const lines = await eventually(
      'everybody is told',
      async () => {
        const { lines } = await readOutbox(server);
        return lines.length >= 3 && lines;
      },
      { timeoutMs: 60_000 },
    );
    assert.deepEqual(lines.map(({ to }) => to).sort(), ['e1@example.org', 'e1@example.org', 'ops@example.org']);
    assert.deepEqual((await rapport('DELETE', monitorOf(watched))).CampaignId, watched);
    const bare = await rapport('GET', monitorOf(watched));
    assert.equal(bare.AudienceMinimum, undefined);
    assert.ok(Array.isArray(bare.Alarms));
    await assert.rejects(rapport('DELETE', monitorOf(watched)), { name: 'NotFoundException', status: 404 });
    await assert.rejects(rapport('GET', monitorOf('0'.repeat(32))), { name: 'NotFoundException', status: 404 });
  });

  it('refuses what cannot be watched', async () => {
    const watched = await campaign('other', { IsPaused: true, Schedule: { StartTime: soon(3600), Frequency: 'ONCE' } });
    await assert.rejects(rapport('PUT', monitorOf(watched), { AudienceMinimum: 0 }), { name: 'BadRequestException' });
    await assert.rejects(rapport('PUT', monitorOf(watched), { FailoverCampaignId: watched }), /its own fail-over/);
    await assert.rejects(rapport('PUT', monitorOf('0'.repeat(32)), {}), { name: 'NotFoundException' });
  });
});
