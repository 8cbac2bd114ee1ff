// Every wrong request of the tables: the documented error in the service's own wire form, and nothing half-done.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { send, sendPlain } from '../harness/signed_request.js';
import { data, bodies as personalizeBodies, learning, serving } from './personalize_cases.js';
import { bodies, campaigns, endpoints, exports, imports, routes, segments, templates } from './pinpoint_cases.js';
import { links, objects, paths, predictive, signatures, sizes } from './other_cases.js';
import { expiries, making, questions } from './segment_cases.js';
import { World } from './world.js';

const tables = {
  'Pinpoint bodies': bodies,
  'Pinpoint endpoints': endpoints,
  'Pinpoint imports': imports,
  'Pinpoint exports': exports,
  'Pinpoint segments': segments,
  'Pinpoint templates': templates,
  'Pinpoint campaigns': campaigns,
  'Pinpoint routes': routes,
  'Personalize bodies': personalizeBodies,
  'Personalize data': data,
  'Personalize learning': learning,
  'Personalize serving': serving,
  'S3 paths': paths,
  'S3 objects': objects,
  'predictive segments': predictive,
  'questions about segments': questions,
  'segments made of others': making,
  expiries,
  signatures,
  'presigned links': links,
  sizes,
};

const fits = (wanted, value, what) => {
  if (wanted === undefined) return;
  if (wanted instanceof RegExp) assert.match(String(value ?? ''), wanted, what);
  else assert.equal(value, wanted, what);
};

describe('bad input', () => {
  let world;
  let picture;

  before(async () => {
    world = await World.create();
    picture = await world.picture();
  });
  after(() => world?.dispose());

  for (const [title, cases] of Object.entries(tables)) {
    describe(title, () => {
      for (const [name, request, [status, error, message]] of cases) {
        it(name, async () => {
          const call = request(world);
          const answer = await (call.plain ? sendPlain(world.server, call) : send(call.server ?? world.server, call));
          fits(status, answer.status, answer.body);
          fits(error, answer.error, answer.body);
          fits(message, answer.message, answer.body);
        });
      }
      it('leaves everything as it was', async () => {
        assert.deepEqual(await world.picture(), picture);
      });
    });
  }

  it('leaves the server well', async () => {
    const health = await fetch(`${world.server.endpoint}/healthz`);
    assert.equal(health.status, 200);
    assert.equal(await world.server.stop(), 0, 'it was still the first process, and it ends cleanly');
    assert.doesNotMatch(await world.server.log(), /CHECK failed|terminate called|Segmentation|AddressSanitizer/);
  });
});
