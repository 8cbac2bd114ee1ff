// Unmodified AWS tools, bound to one server by nothing but an endpoint URL and keys.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PersonalizeClient } from '@aws-sdk/client-personalize';
import { PersonalizeEventsClient } from '@aws-sdk/client-personalize-events';
import { PersonalizeRuntimeClient } from '@aws-sdk/client-personalize-runtime';
import { PinpointClient } from '@aws-sdk/client-pinpoint';
import { PinpointEmailClient } from '@aws-sdk/client-pinpoint-email';
import { PinpointSMSVoiceClient } from '@aws-sdk/client-pinpoint-sms-voice';
import { S3Client } from '@aws-sdk/client-s3';

const run = promisify(execFile);

/** SDK clients of the server. `overrides` replaces configuration, e.g. credentials. */
export function sdkClients(server, overrides = {}) {
  const { endpoint, region, credentials } = server;
  const configuration = { endpoint, region, credentials, maxAttempts: 1, ...overrides };
  return {
    pinpoint: new PinpointClient(configuration),
    pinpointEmail: new PinpointEmailClient(configuration),
    pinpointSmsVoice: new PinpointSMSVoiceClient(configuration),
    personalize: new PersonalizeClient(configuration),
    personalizeRuntime: new PersonalizeRuntimeClient(configuration),
    personalizeEvents: new PersonalizeEventsClient(configuration),
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
  };
}

/** Makes a client send these bytes, well signed, whatever the command says. */
export function sendRaw(client, body) {
  client.middlewareStack.add(
    (next) => (call) => {
      call.request.body = body;
      call.request.headers['content-length'] = String(Buffer.byteLength(body));
      return next(call);
    },
    { step: 'build', priority: 'low', name: 'sendRaw' },
  );
  return client;
}

/**
 * Runs the AWS CLI: `aws(server, 'pinpoint', 'get-apps')`. Its answer, parsed when it is JSON. Rejects with `stderr` and
 * `code` when the CLI fails.
 */
export async function aws(server, ...words) {
  const { stdout } = await run('/usr/bin/aws', ['--endpoint-url', server.endpoint, '--output', 'json', ...words], {
    env: {
      PATH: process.env.PATH,
      HOME: server.directory,
      AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
      AWS_DEFAULT_REGION: server.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_MAX_ATTEMPTS: '1',
      AWS_PAGER: '',
    },
    maxBuffer: 64 << 20,
  });
  try {
    return JSON.parse(stdout);
  } catch {
    return stdout;
  }
}

const kebab = (name) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/**
 * The same calls by the SDK or by the CLI: `call(service, operation, input)` gives the output; `makeBucket`, `put` and
 * `get` are the object store.
 */
export const drivers = {
  async sdk(server) {
    const clients = sdkClients(server);
    const commands = {
      pinpoint: await import('@aws-sdk/client-pinpoint'),
      personalize: await import('@aws-sdk/client-personalize'),
      personalizeRuntime: await import('@aws-sdk/client-personalize-runtime'),
      personalizeEvents: await import('@aws-sdk/client-personalize-events'),
    };
    const { CreateBucketCommand, GetObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
    return {
      call: (service, operation, input) => clients[service].send(new commands[service][`${operation}Command`](input)),
      makeBucket: (Bucket) => clients.s3.send(new CreateBucketCommand({ Bucket })),
      put: (Bucket, Key, Body) => clients.s3.send(new PutObjectCommand({ Bucket, Key, Body })),
      get: async (Bucket, Key) =>
        (await clients.s3.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString(),
    };
  },
  async cli(server) {
    return {
      call: (service, operation, input) =>
        aws(server, service, kebab(operation), '--cli-input-json', JSON.stringify(input)),
      makeBucket: (bucket) => aws(server, 's3', 'mb', `s3://${bucket}`),
      async put(bucket, key, body) {
        const file = join(server.directory, 'upload.tmp');
        await writeFile(file, body);
        await aws(server, 's3', 'cp', file, `s3://${bucket}/${key}`);
      },
      async get(bucket, key) {
        const file = join(server.directory, 'download.tmp');
        await aws(server, 's3', 'cp', `s3://${bucket}/${key}`, file);
        return readFile(file, 'utf8');
      },
    };
  },
};
