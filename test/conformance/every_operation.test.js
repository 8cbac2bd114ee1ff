// Every operation of every service through the SDK, against a server that answers random documents: the server
// understands exactly the input given, and the SDK reads exactly the output given.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { sdkClients } from '../harness/clients.js';
import { contractOf, sampleInput } from '../harness/contract_samples.js';
import { buildDirectory } from '../harness/rapport_server.js';

const rounds = 3;
const services = [
  ['pinpoint', 'pinpoint'],
  ['personalize', 'personalize'],
  ['personalize-runtime', 'personalizeRuntime'],
  ['personalize-events', 'personalizeEvents'],
  ['pinpoint-email', 'pinpointEmail'],
  ['pinpoint-sms-voice', 'pinpointSmsVoice'],
];

/** A document of the SDK as the server shows it: dates as epoch seconds, bytes as base64, no undefined members. */
function plain(document) {
  if (document instanceof Date) return document.getTime() / 1000;
  if (document instanceof Uint8Array) return Buffer.from(document).toString('base64');
  if (Array.isArray(document)) return document.map(plain);
  if (document === null || typeof document !== 'object') return document;
  const members = Object.entries(document).filter(([name, value]) => name !== '$metadata' && value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, plain(value)]));
}

describe('every operation', () => {
  let child;
  let server;
  before(async () => {
    child = spawn(join(buildDirectory, 'src/contract/contract_sample_server'), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [port] = await once(createInterface({ input: child.stdout }), 'line');
    server = {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'sample', secretAccessKey: 'sample' },
    };
  });
  after(async () => {
    child.stdin.end();
    await once(child, 'exit');
  });

  for (const [service, client] of services) {
    it(`of ${service} is understood both ways`, async () => {
      const contract = contractOf(service);
      const commands = await import(`@aws-sdk/client-${service}`);
      const sender = sdkClients(server)[client];
      for (const operation of Object.keys(contract.operations)) {
        const Command = commands[`${operation}Command`];
        assert.ok(Command, `the SDK has ${operation}`);
        for (let round = 0; round < rounds; ++round) {
          const input = sampleInput(contract, operation);
          const output = await sender.send(new Command(input));
          const last = await (await fetch(`${server.endpoint}/last-call`)).json();
          assert.equal(last.operation, operation);
          assert.deepEqual(last.input, plain(input), operation);
          assert.deepEqual(plain(output), last.output, operation);
        }
      }
    });
  }
});
