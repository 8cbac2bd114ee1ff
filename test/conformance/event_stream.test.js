// An application's event stream: configured through the SDK, and what reaches the files of its destination.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  CreateAppCommand, DeleteAppCommand, DeleteEventStreamCommand, GetEventStreamCommand, PutEventsCommand,
  PutEventStreamCommand,
} from '@aws-sdk/client-pinpoint';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { sdkClients } from '../harness/clients.js';
import { RapportServer, eventually } from '../harness/rapport_server.js';

const stream = 'arn:aws:kinesis:us-east-1:123456789012:stream/taps';
const role = 'arn:aws:iam::123456789012:role/any';
let server;
let pinpoint;
let s3;

before(async () => {
  server = await RapportServer.start({ environment: { RAPPORT_EVENT_STREAM_FILE_SECONDS: '1' } });
  ({ pinpoint, s3 } = sdkClients(server));
});
after(() => server?.dispose());

const newApp = async () =>
  (await pinpoint.send(new CreateAppCommand({ CreateApplicationRequest: { Name: 'taps' } }))).ApplicationResponse.Id;

const put = (app, arn = stream) =>
  pinpoint.send(new PutEventStreamCommand({
    ApplicationId: app, WriteEventStream: { DestinationStreamArn: arn, RoleArn: role },
  }));

async function records(app) {
  const prefix = `taps/app=${app}/`;
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'rapport-event-streams', Prefix: prefix }))
    .catch(() => ({}));
  const found = [];
  for (const { Key } of listed.Contents ?? []) {
    assert.match(Key, /^taps\/app=[^/]+\/date=\d{4}-\d\d-\d\d\/hour=\d\d\/[^/]+\.json\.gz$/);
    const object = await s3.send(new GetObjectCommand({ Bucket: 'rapport-event-streams', Key }));
    const lines = gunzipSync(Buffer.from(await object.Body.transformToByteArray())).toString().trimEnd().split('\n');
    found.push(...lines.map((line) => JSON.parse(line)));
  }
  return found;
}

test('A stream is put, read and deleted', async () => {
  const ApplicationId = await newApp();
  await assert.rejects(pinpoint.send(new GetEventStreamCommand({ ApplicationId })),
    { name: 'NotFoundException', message: 'Resource not found' });
  const { EventStream } = await put(ApplicationId);
  assert.equal(EventStream.ApplicationId, ApplicationId);
  assert.equal(EventStream.DestinationStreamArn, stream);
  assert.equal(EventStream.RoleArn, role);
  assert.ok(EventStream.LastModifiedDate && EventStream.LastUpdatedBy);
  assert.deepEqual((await pinpoint.send(new GetEventStreamCommand({ ApplicationId }))).EventStream, EventStream);
  const removed = await pinpoint.send(new DeleteEventStreamCommand({ ApplicationId }));
  assert.deepEqual(removed.EventStream, EventStream);
  await assert.rejects(pinpoint.send(new DeleteEventStreamCommand({ ApplicationId })), { name: 'NotFoundException' });
});

test('A bad destination is refused by its member', async () => {
  const ApplicationId = await newApp();
  await assert.rejects(put(ApplicationId, 'arn:aws:sqs:us-east-1:1:taps'),
    { name: 'BadRequestException', message: /DestinationStreamArn/ });
  await assert.rejects(put('0123456789abcdef0123456789abcdef'), { name: 'NotFoundException' });
});

test('Every event reaches the files once, in its record', async () => {
  const ApplicationId = await newApp();
  await put(ApplicationId);
  for (let batch = 0; batch < 5; batch++) {
    const Events = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${batch}-${i}`, {
      EventType: 'goal', Timestamp: '2026-05-01T10:00:00Z', Attributes: { Team: `t${i}` }, Metrics: { Minute: i },
    }]));
    await pinpoint.send(new PutEventsCommand({
      ApplicationId, EventsRequest: { BatchItem: { [`fan-${batch}`]: { Endpoint: {}, Events } } },
    }));
  }
  const found = await eventually('all events are in files', async () => {
    const all = await records(ApplicationId);
    return all.length >= 100 && all;
  });
  assert.equal(found.length, 100);
  assert.deepEqual(new Set(found.map((record) => `${record.client.client_id}/${record.attributes.Team}`)).size, 100);
  const [first] = found;
  assert.equal(first.event_type, 'goal');
  assert.equal(first.event_timestamp, Date.parse('2026-05-01T10:00:00Z'));
  assert.equal(first.application.app_id, ApplicationId);
  assert.deepEqual(first.metrics, { Minute: 0 });
});

test('A deleted application has no stream', async () => {
  const ApplicationId = await newApp();
  await put(ApplicationId);
  await pinpoint.send(new DeleteAppCommand({ ApplicationId }));
  await assert.rejects(pinpoint.send(new GetEventStreamCommand({ ApplicationId })), { name: 'NotFoundException' });
});
