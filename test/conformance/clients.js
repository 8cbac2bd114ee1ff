// Unmodified AWS tools, bound to one server by nothing but an endpoint URL and keys.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PersonalizeClient } from '@aws-sdk/client-personalize';
import { PersonalizeEventsClient } from '@aws-sdk/client-personalize-events';
import { PersonalizeRuntimeClient } from '@aws-sdk/client-personalize-runtime';
import { PinpointClient } from '@aws-sdk/client-pinpoint';
import { S3Client } from '@aws-sdk/client-s3';

const run = promisify(execFile);

/** SDK clients of the server. `overrides` replaces configuration, e.g. credentials. */
export function sdkClients(server, overrides = {}) {
  const { endpoint, region, credentials } = server;
  const configuration = { endpoint, region, credentials, maxAttempts: 1, ...overrides };
  return {
    pinpoint: new PinpointClient(configuration),
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
