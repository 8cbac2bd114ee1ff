// kill -9 in the middle of a campaign: it finishes, nobody gets two messages, and every member is accounted for.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readOutbox, recipientOf } from '../harness/outbox.js';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';
import { SmtpSink } from '../harness/smtp_sink.js';
import { randomShares, throughCrashes } from './interrupt.js';

const lastLine = 'This is the last line.';
const email = {
  Title: 'For {{User.UserId}}',
  Body: `Hello {{User.UserId}}\n${lastLine}`,
};

/** One endpoint in twenty does not want mail. */
const optedOut = (i) => i % 20 === 0;

function file(members) {
  const lines = ['Id,ChannelType,Address,OptOut,User.UserId'];
  for (let i = 0; i < members; ++i) {
    lines.push(`e${i},EMAIL,e${i}@example.org,${optedOut(i) ? 'ALL' : 'NONE'},u${i}`);
  }
  return `${lines.join('\n')}\n`;
}

const outcomes = ['DELIVERED', 'IN_DOUBT', 'PERMANENT_FAILURE', 'TEMPORARY_FAILURE', 'RENDERING_FAILURE'];
const countOf = (counts, names) => names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
const settled = (counts) => countOf(counts, [...outcomes, 'ENDPOINT_OPT_OUT']);

/** Runs a campaign through crashes. The finished activity. */
async function campaignThroughCrashes(test, server, project, members) {
  const segment = await project.segmentOf('members.csv', file(members));
  const campaign = await project.startCampaign(segment, email);
  await throughCrashes(test, server, {
    moments: randomShares(),
    async observe(share) {
      const { State, counts } = await project.activity(campaign);
      const done = settled(counts);
      return { over: State === 'COMPLETED', reached: done / members >= share, detail: `${done} of ${members} members` };
    },
  });
  const activity = await project.activity(campaign);
  test.diagnostic(JSON.stringify(activity.counts));
  assert.equal(activity.State, 'COMPLETED');
  assert.equal(activity.Result, 'SUCCESS');
  return activity;
}

function assertAccounted({ counts }, members) {
  const out = Array.from({ length: members }, (_, i) => i).filter(optedOut).length;
  assert.equal(counts.ENDPOINT_PRODUCED, members, JSON.stringify(counts));
  assert.equal(counts.ENDPOINT_OPT_OUT, out, JSON.stringify(counts));
  assert.equal(settled(counts), members, JSON.stringify(counts));
}

function assertOnceEach(recipients, members) {
  assert.equal(new Set(recipients).size, recipients.length, 'somebody was written to twice');
  for (const address of recipients) {
    const i = Number(/^e(\d+)@example\.org$/.exec(address)?.[1]);
    assert.ok(i < members && !optedOut(i), address);
  }
}

describe('a campaign to the outbox under kill -9', () => {
  const members = 30_000;
  let server;
  let activity;

  before(async () => {
    server = await RapportServer.start();
  });
  after(() => server?.dispose());

  it('finishes with every member accounted for and nobody in doubt', async (test) => {
    const project = await PinpointProject.create(server);
    await project.enableEmail();
    activity = await campaignThroughCrashes(test, server, project, members);
    assertAccounted(activity, members);
    assert.equal(activity.counts.IN_DOUBT ?? 0, 0, 'an outbox always knows');
    assert.equal(activity.counts.DELIVERED, members - activity.counts.ENDPOINT_OPT_OUT);
  });

  it('wrote to everyone once', async () => {
    const { lines, files, read } = await readOutbox(server);
    const idOf = (path) => path.split('/').at(-1);
    assert.deepEqual(lines.map((line) => idOf(line.path)).sort(), files.map(idOf).sort(), 'the index lists the files');
    assert.equal(files.length, activity.counts.DELIVERED);
    const recipients = [];
    for (const file of files) {
      const message = await read(file);
      const recipient = recipientOf(message);
      assert.match(message, new RegExp(`Hello ${recipient.replace(/e(\d+)@.*/, 'u$1')}\r?\n${lastLine}`));
      recipients.push(recipient);
    }
    assertOnceEach(recipients, members);
    for (const line of lines.filter((one) => !one.recovered)) assert.match(line.to, /^e\d+@example\.org$/);
  });
});

describe('a campaign over SMTP under kill -9', () => {
  const members = 6_000;
  let server;
  let sink;

  before(async () => {
    sink = await SmtpSink.start();
    const environment = { RAPPORT_EMAIL_PROVIDER: 'smtp', RAPPORT_EMAIL_SMTP_URL: sink.url };
    server = await RapportServer.start({ environment });
  });
  after(async () => {
    await server?.dispose();
    await sink?.dispose();
  });

  it('finishes, counts those in doubt, and reaches nobody twice', async (test) => {
    const project = await PinpointProject.create(server);
    await project.enableEmail();
    const activity = await campaignThroughCrashes(test, server, project, members);
    assertAccounted(activity, members);
    const received = await sink.recipients(lastLine);
    test.diagnostic(`${received.length} mails received`);
    assertOnceEach(received, members);
    const { DELIVERED: delivered, IN_DOUBT: inDoubt = 0 } = activity.counts;
    assert.ok(received.length >= delivered, `${received.length} received, ${delivered} counted as delivered`);
    assert.ok(received.length <= delivered + inDoubt, `${received.length} received, ${delivered} + ${inDoubt} in doubt`);
  });
});
