// A server with the console's users, over a data directory and over PostgreSQL: what the tests of its way in begin with.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { ConsoleSession, administratorOf } from './console_session.js';
import { startPostgres } from './postgres.js';
import { RapportServer } from './rapport_server.js';

export const password = 'correct horse battery';
export const api = '/rapport/v1';

class ConsoleWorld {
  server;
  administrator;
  app;

  /** A new user of this role, logged in. */
  userOf = async (role, name = `${role.toLowerCase()}@example.org`) => {
    const invited = await this.administrator.call('POST', `${api}/users`, { UserName: name, Role: role });
    assert.equal(invited.status, 201, JSON.stringify(invited.body));
    const session = new ConsoleSession(this.server);
    assert.equal((await session.accept(invited.body.Token, password)).status, 201);
    session.id = invited.body.User.Id;
    return session;
  };

  /** The newest entries of the audit log that fit the query. */
  entries = async (query = '') => (await this.administrator.call('GET', `${api}/audit-entries?${query}`)).body.Item;
}

/** Describes `title` over both stores. With `administrator` there is one, and an application. */
export function describeConsole(title, { administrator }, suite) {
  for (const inPostgres of [false, true]) {
    describe(`${title}, over ${inPostgres ? 'PostgreSQL' : 'a data directory'}`, () => {
      const world = new ConsoleWorld();
      let postgres;
      before(async () => {
        postgres = inPostgres ? await startPostgres() : undefined;
        world.server = await RapportServer.start(postgres ? { environment: { RAPPORT_DATABASE_URL: postgres.url } } : {});
        if (!administrator) return;
        world.administrator = await administratorOf(world.server);
        world.app = (await world.administrator.call('POST', '/v1/apps', { Name: 'film club' })).body.Id;
      });
      after(async () => {
        await world.server?.dispose();
        await postgres?.dispose();
      });
      suite(world, inPostgres);
    });
  }
}
