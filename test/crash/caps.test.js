// kill -9 while campaigns with caps compete for the same users: no cap is exceeded, none holds back more than it must, and
// every member of every audience is accounted for.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readOutbox, recipientOf } from '../harness/outbox.js';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';
import { SmtpSink } from '../harness/smtp_sink.js';
import { crashesEach, randomShares, throughCrashes } from './interrupt.js';

const lastLine = 'This is the last line.';
const email = (Title) => ({ Title, Body: `Hello {{User.UserId}}\n${lastLine}` });

const eventsEach = 5; // of every user, for the event campaign
const totalCap = 2; // of the event campaign
const dailyCap = 3; // of every campaign; demand is the two others and what the event campaign's own cap leaves: 4

const reasons = ['DELIVERED', 'IN_DOUBT', 'PERMANENT_FAILURE', 'TEMPORARY_FAILURE', 'CAMPAIGN_CAP', 'DAILY_CAP'];
const settled = (counts) => reasons.reduce((sum, name) => sum + (counts[name] ?? 0), 0);

class Competition {
  constructor(project, users) {
    this.project = project;
    this.users = users;
    this.demand = users * (2 + eventsEach);
  }

  async start() {
    const lines = Array.from({ length: this.users }, (_, i) => `e${i},EMAIL,e${i}@example.org,u${i}`);
    const file = ['Id,ChannelType,Address,User.UserId', ...lines].join('\n');
    await this.project.enableEmail();
    const segment = await this.project.segmentOf('users.csv', `${file}\n`);
    const Limits = { Daily: dailyCap };
    const Dimensions = { EventType: { DimensionType: 'INCLUSIVE', Values: ['goal'] } };
    const Schedule = {
      StartTime: 'IMMEDIATE',
      EndTime: new Date(Date.now() + 3_600_000).toISOString(),
      Frequency: 'EVENT',
      EventFilter: { FilterType: 'ENDPOINT', Dimensions },
    };
    const request = { Schedule, Limits: { ...Limits, Total: totalCap } };
    this.campaigns = [await this.project.startCampaign(segment, email('Goal'), request)];
    await this.#opened(this.campaigns[0]);
    for (const name of ['One', 'Two']) {
      this.campaigns.push(await this.project.startCampaign(segment, email(name), { Limits }));
    }
  }

  async #opened(campaign) {
    for (;;) {
      const { CampaignResponse } = await this.project.call('GetCampaign', { CampaignId: campaign });
      if (CampaignResponse.State.CampaignStatus === 'EXECUTING') return;
    }
  }

  /** Every event once however often the server dies: a batch is sent again until it is accepted. */
  async feed() {
    const moment = new Date().toISOString();
    const each = 100 / eventsEach;
    for (let first = 0; first < this.users; first += each) {
      const BatchItem = {};
      for (let i = first; i < Math.min(first + each, this.users); ++i) {
        const names = Array.from({ length: eventsEach }, (_, n) => `goal-${i}-${n}`);
        const Events = Object.fromEntries(names.map((name) => [name, { EventType: 'goal', Timestamp: moment }]));
        BatchItem[`e${i}`] = { Endpoint: {}, Events };
      }
      const accepted = () =>
        this.project.call('PutEvents', { EventsRequest: { BatchItem } }).then(
          () => true,
          () => false,
        );
      while (!(await accepted()));
    }
  }

  activities() {
    return Promise.all(this.campaigns.map((campaign) => this.project.activity(campaign)));
  }

  async observe(share) {
    const counts = (await this.activities()).map((activity) => activity.counts);
    const done = counts.reduce((sum, one) => sum + settled(one), 0);
    const reached = done / this.demand >= share;
    return { over: done >= this.demand, reached, detail: `${done} of ${this.demand} members` };
  }
}

/** The activities of all campaigns, after crashes while they ran. */
async function competeThroughCrashes(test, server, users) {
  const competition = new Competition(await PinpointProject.create(server), users);
  await competition.start();
  const fed = competition.feed();
  const observe = (share) => competition.observe(share);
  await throughCrashes(test, server, { moments: randomShares(crashesEach + 2), observe });
  await fed;
  const activities = await competition.activities();
  activities.forEach(({ counts }, index) => {
    test.diagnostic(JSON.stringify(counts));
    const audience = index === 0 ? users * eventsEach : users;
    assert.equal(counts.ENDPOINT_PRODUCED, audience, 'the audience');
    assert.equal(settled(counts), audience, 'sent, skipped by reason and in doubt');
  });
  return activities.map(({ counts }) => counts);
}

const sum = (counts, name) => counts.reduce((total, one) => total + (one[name] ?? 0), 0);

/** How many messages each user got, by subject: a map of maps. */
function received(messages) {
  const users = new Map();
  for (const message of messages) {
    const recipient = recipientOf(message);
    const [, subject] = /^Subject: (.*?)\r?$/m.exec(message);
    if (!users.has(recipient)) users.set(recipient, {});
    const own = users.get(recipient);
    own[subject] = (own[subject] ?? 0) + 1;
  }
  return users;
}

function assertCaps(users) {
  for (const [user, { Goal = 0, One = 0, Two = 0 }] of users) {
    assert.ok(Goal <= totalCap && One <= 1 && Two <= 1, `${user} got ${Goal}, ${One} and ${Two}`);
    assert.ok(Goal + One + Two <= dailyCap, `${user} got ${Goal} + ${One} + ${Two} in a day`);
  }
}

describe('caps to the outbox under kill -9', () => {
  let server;
  before(async () => {
    server = await RapportServer.start();
  });
  after(() => server?.dispose());

  it('lets every user have exactly what the caps allow', async (test) => {
    const users = 1_500;
    const counts = await competeThroughCrashes(test, server, users);
    const { files, read } = await readOutbox(server);
    const messages = [];
    for (const file of files) messages.push(await read(file));
    const byUser = received(messages);
    assertCaps(byUser);
    assert.equal(messages.length, users * dailyCap, 'nobody gets less than the caps allow');
    assert.equal(sum(counts, 'DELIVERED'), messages.length);
    assert.equal(sum(counts, 'IN_DOUBT'), 0, 'an outbox always knows');
  });
});

describe('caps over SMTP under kill -9', () => {
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

  it('exceeds no cap, and counts those in doubt', async (test) => {
    const counts = await competeThroughCrashes(test, server, 1_000);
    const messages = await sink.messages(lastLine);
    assertCaps(received(messages));
    const delivered = sum(counts, 'DELIVERED');
    const most = delivered + sum(counts, 'IN_DOUBT');
    const found = `${messages.length} received, ${delivered} delivered, at most ${most}`;
    assert.ok(messages.length >= delivered && messages.length <= most, found);
  });
});
