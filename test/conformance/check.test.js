// `rapport check` as an operator meets it: clean after traffic, refused beside a server, and over PostgreSQL.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { startPostgres } from '../harness/postgres.js';
import { RapportServer } from '../harness/rapport_server.js';

const people = 300;
const csv = () => {
  const row = (i) => `e${i},EMAIL,e${i % 250}@example.org,u${i % 40},plan${i % 3}`;
  return `Id,ChannelType,Address,User.UserId,Attributes.Plan\n${Array.from({ length: people }, (_, i) => row(i)).join('\n')}\n`;
};

for (const inPostgres of [false, true]) {
  describe(`rapport check over ${inPostgres ? 'PostgreSQL' : 'a data directory'}`, () => {
    let postgres;
    let server;
    before(async () => {
      postgres = inPostgres ? await startPostgres() : undefined;
      server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
      const project = await PinpointProject.create(server);
      await project.segmentOf('people.csv', csv());
      await project.call('DeleteEndpoint', { EndpointId: 'e1' });
      await project.call('DeleteUserEndpoints', { UserId: 'u7' });
    });
    after(async () => {
      await server?.dispose();
      await postgres?.dispose();
    });

    it('runs beside a server only over PostgreSQL', async () => {
      const { code, report } = await server.check();
      assert.equal(code, inPostgres ? 0 : 1, report);
      if (!inPostgres) assert.match(report, /Another server runs on this data directory/);
    });

    it('finds that everything agrees, and counts', async () => {
      await server.stop();
      const { code, report } = await server.check('--repair');
      assert.equal(code, 0, report);
      const gone = 1 + Array.from({ length: people }, (_, i) => i % 40).filter((user) => user === 7).length;
      assert.match(report, new RegExp(`Checked ${people - gone} endpoints, 39 users, \\d+ addresses and ${people} segment members`));
      assert.match(report, /Everything agrees/);
    });
  });
}
