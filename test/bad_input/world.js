// A server with a little of everything, and a picture of all that it keeps: a refused request must leave it as it was.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { filmWorld, schemas } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { RapportServer } from '../harness/rapport_server.js';
import { send } from '../harness/signed_request.js';

export const kept = 'kept as it was';
export const requestBytesMax = 1 << 20;

export class World {
  static async create() {
    const world = new World();
    world.server = await RapportServer.start({ environment: { RAPPORT_LIMITS_REQUEST_BYTES: String(requestBytesMax) } });
    world.project = await PinpointProject.create(world.server, 'bad input');
    world.app = world.project.app;
    await world.project.put('kept.txt', kept);
    await world.project.put('endpoints.csv', 'Id,ChannelType,Address\ne1,EMAIL,e1@example.org\n');
    await world.project.put('table.json', 'Id,ChannelType,Address\n');
    await world.project.put('empty.csv', '');
    await world.project.put('columns.csv', 'Id,ChannelType,Adress\n');
    world.segment = await world.project.segmentOf('members.csv', 'Id,ChannelType,Address,User.UserId\ne1,EMAIL,e1@example.org,u1\n');
    const everyone = await world.project.call('CreateSegment', { WriteSegmentRequest: { Name: 'everyone' } });
    world.everyone = everyone.SegmentResponse.Id;
    await world.project.enableEmail();
    await world.project.aws.call('pinpoint', 'CreateEmailTemplate', {
      TemplateName: 'welcome',
      EmailTemplateRequest: { Subject: 'Welcome', TextPart: 'Welcome' },
    });
    world.group = await PersonalizeGroup.create(world.server, 'films');
    const films = filmWorld({ users: 40, films: 30, viewsEach: 20 });
    await world.group.import('Interactions', films.interactions);
    await world.group.call('CreateSchema', { name: 'unused', schema: JSON.stringify(schemas.items) });
    return world;
  }

  async #ask(call) {
    const answer = await send(this.server, call);
    if (answer.status !== 200) throw new Error(`${JSON.stringify(call)} gave ${answer.status}: ${answer.body}`);
    return answer.json ?? answer.body;
  }

  #get(target, service = 'mobiletargeting') {
    return this.#ask({ service, target });
  }

  #list(operation) {
    return this.#ask({ service: 'personalize', method: 'POST', operation, body: {} });
  }

  /** Every list that the server can give, and every file below the data directory that is not a database's. */
  async picture() {
    const app = `/v1/apps/${this.app}`;
    const paths = ['/v1/apps', '/v1/templates', `${app}/segments`, `${app}/jobs/import`, `${app}/campaigns`];
    const more = [`${app}/endpoints/e1`, `${app}/users/u1`, `${app}/channels/email`, `${app}/settings`];
    const data = ['DatasetGroups', 'Datasets', 'DatasetImportJobs', 'DatasetExportJobs', 'DataDeletionJobs', 'Schemas', 'Filters'];
    const models = ['Solutions', 'SolutionVersions', 'BatchInferenceJobs', 'BatchSegmentJobs'];
    const lists = [...data, ...models, 'Campaigns', 'Recommenders', 'EventTrackers', 'MetricAttributions'];
    return {
      pinpoint: await Promise.all([...paths, ...more].map((path) => this.#get(path))),
      rapport: await Promise.all(
        ['predictive-segments', `segments/${this.segment}/members`].map((path) =>
          this.#get(`/rapport/v1/apps/${this.app}/${path}`, 'rapport'),
        ),
      ),
      personalize: await Promise.all(lists.map((name) => this.#list(`List${name}`))),
      buckets: (await this.#get('/', 's3')).replace(/<RequestId>[^<]*/g, ''),
      files: await filesOf(this.server.directory),
    };
  }

  dispose() {
    return this.server?.dispose();
  }
}

/** Path and digest of everything below objects and outbox, and the names of what stands beside them. */
async function filesOf(directory) {
  const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
  const files = {};
  for (const place of ['objects', 'outbox']) {
    const entries = await readdir(join(directory, place), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      files[relative(directory, path)] = digest(await readFile(path));
    }
  }
  return { files, beside: await readdir(directory), above: (await readdir(join(directory, '..'))).filter((name) => name.includes('escaped')) };
}
