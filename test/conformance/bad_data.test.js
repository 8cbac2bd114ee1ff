// Data that cannot be meant, through the SDK: each ends in a text that says what is wrong, and changes nothing.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sdkClients } from '../harness/clients.js';
import { filmWorld } from '../harness/film_world.js';
import { PersonalizeGroup } from '../harness/personalize_group.js';
import { role } from '../harness/pinpoint_project.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const column = (name, type, more = {}) => ({ name, type, ...more });
const text = (name) => column(name, 'string');
const maybe = (name, type) => column(name, ['null', type]);
const record = (name, fields) => ({ type: 'record', name, namespace: 'x', fields, version: '1.0' });

const schemas = {
  Interactions: record('Interactions', [
    text('USER_ID'),
    text('ITEM_ID'),
    text('EVENT_TYPE'),
    maybe('EVENT_VALUE', 'float'),
    column('TIMESTAMP', 'long'),
  ]),
  Items: record('Items', [
    text('ITEM_ID'),
    column('GENRES', 'string', { categorical: true }),
    column('YEAR', 'int'),
    maybe('ADULT', 'boolean'),
    column('PLOT', ['null', 'string'], { textual: true }),
    maybe('CREATION_TIMESTAMP', 'long'),
  ]),
  Users: record('Users', [text('USER_ID'), maybe('AGE', 'int')]),
  Actions: record('Actions', [
    text('ACTION_ID'),
    maybe('VALUE', 'long'),
    maybe('REPEAT_FREQUENCY', 'long'),
    maybe('EXPIRATION_TIMESTAMP', 'long'),
  ]),
  Action_Interactions: record('ActionInteractions', [
    text('USER_ID'),
    text('ACTION_ID'),
    text('EVENT_TYPE'),
    column('TIMESTAMP', 'long'),
  ]),
};
// A row of each type that is right, by column.
const right = {
  Interactions: { USER_ID: 'u1', ITEM_ID: 'f1', EVENT_TYPE: 'watch', EVENT_VALUE: '1', TIMESTAMP: '1700000000' },
  Items: { ITEM_ID: 'f1', GENRES: 'Drama', YEAR: '1999', ADULT: 'false', PLOT: 'p', CREATION_TIMESTAMP: '1700000000' },
  Users: { USER_ID: 'u1', AGE: '30' },
  Actions: { ACTION_ID: 'a1', VALUE: '5', REPEAT_FREQUENCY: '7', EXPIRATION_TIMESTAMP: '1900000000' },
  Action_Interactions: { USER_ID: 'u1', ACTION_ID: 'a1', EVENT_TYPE: 'Taken', TIMESTAMP: '1700000000' },
};

// What is wrong with one cell of the second row, and how the import says so.
const badCells = [
  ['Interactions', 'USER_ID', '', /row 3: USER_ID is empty/],
  ['Interactions', 'ITEM_ID', 'i'.repeat(257), /row 3: ITEM_ID is longer than 256 characters/],
  ['Interactions', 'TIMESTAMP', '', /row 3: TIMESTAMP is empty/],
  ['Interactions', 'TIMESTAMP', '2023-11-14', /row 3: TIMESTAMP is not a whole number: 2023-11-14/],
  ['Interactions', 'TIMESTAMP', '1700000000000', /row 3: TIMESTAMP must be in seconds since 1970, not milliseconds: 1700000000000/],
  ['Interactions', 'EVENT_VALUE', 'dear', /row 3: EVENT_VALUE is not a number: dear/],
  ['Items', 'ITEM_ID', '', /row 3: ITEM_ID is empty/],
  ['Items', 'GENRES', 'g'.repeat(1001), /row 3: GENRES is longer than 1000 characters/],
  ['Items', 'YEAR', '19.5', /row 3: YEAR is not a whole number: 19\.5/],
  ['Items', 'YEAR', '', /row 3: YEAR is empty/],
  ['Items', 'ADULT', 'maybe', /row 3: ADULT is not true or false: maybe/],
  ['Items', 'CREATION_TIMESTAMP', '1700000000000', /row 3: CREATION_TIMESTAMP must be in seconds/],
  ['Users', 'USER_ID', '', /row 3: USER_ID is empty/],
  ['Users', 'AGE', '99999999999', /row 3: AGE does not fit an int/],
  ['Actions', 'ACTION_ID', '', /row 3: ACTION_ID is empty/],
  ['Actions', 'VALUE', '0', /row 3: VALUE must be from 1 to 10: 0/],
  ['Actions', 'VALUE', '11', /row 3: VALUE must be from 1 to 10: 11/],
  ['Actions', 'REPEAT_FREQUENCY', '31', /row 3: REPEAT_FREQUENCY must be from 0 to 30: 31/],
  ['Actions', 'EXPIRATION_TIMESTAMP', '1900000000000', /row 3: EXPIRATION_TIMESTAMP must be in seconds/],
  ['Action_Interactions', 'EVENT_TYPE', 'Clicked', /row 3: EVENT_TYPE must be Taken, Not taken or Viewed: Clicked/],
  ['Action_Interactions', 'EVENT_TYPE', '', /row 3: EVENT_TYPE must be|row 3: EVENT_TYPE is empty/],
  ['Action_Interactions', 'TIMESTAMP', '1700000000000', /row 3: TIMESTAMP must be in seconds/],
];

const csvOf = (rows) => {
  const columns = Object.keys(rows[0]);
  return `${[columns, ...rows.map((row) => columns.map((name) => row[name]))].map((cells) => cells.join(',')).join('\n')}\n`;
};
const goodRow = right.Items;
const without = (...names) => Object.fromEntries(Object.entries(goodRow).filter(([name]) => !names.includes(name)));

// Whole files of items.
const badFiles = [
  ['no rows', csvOf([goodRow]).split('\n')[0] + '\n', /^Input CSV has no rows: s3:/],
  ['nothing', '', /./],
  ['missing columns', csvOf([without('GENRES', 'YEAR')]), /^Input CSV is missing the following columns:\[GENRES, YEAR\]\.$/],
  ['another separator', csvOf([goodRow]).replaceAll(',', ';'), /^Input CSV is missing the following columns:\[/],
  ['a short row', `${csvOf([goodRow])}f2,Drama\n`, /row 3: The row must have as many fields as the header/],
  ['bytes that are not UTF-8', Buffer.from(csvOf([{ ...goodRow, GENRES: '\xff' }]), 'latin1'), /row 2: GENRES is not UTF-8/],
  ['many bad rows', csvOf(Array.from({ length: 2000 }, () => ({ ...goodRow, YEAR: 'x' }))), /^Input CSV has at least 1000 bad rows: .*; \.\.\.$/],
];

describe('bad data', () => {
  let server;
  let group;
  let clients;
  const arns = {};
  let imports = 0;

  const refused = (promise, pattern, name = 'InvalidInputException') =>
    assert.rejects(promise, (error) => {
      assert.equal(error.name, name, error.message);
      assert.match(error.message, pattern);
      return true;
    });
  const runImport = async (type, csv, more = {}) => {
    const key = `import-${++imports}.csv`;
    if (csv !== null) await group.aws.put(group.bucket, key, csv);
    const job = await group.call('CreateDatasetImportJob', {
      jobName: `import-${imports}`,
      datasetArn: arns[type],
      dataSource: { dataLocation: `s3://${group.bucket}/${key}` },
      roleArn: role,
      ...more,
    });
    return eventually('the import is over', async () => {
      const now = await group.describe('DescribeDatasetImportJob', job);
      return ['ACTIVE', 'CREATE FAILED'].includes(now.status) && now;
    });
  };
  const fails = async (type, csv, pattern, more = {}) => {
    const { status, failureReason, datasetImportJobArn } = await runImport(type, csv, more);
    assert.equal(status, 'CREATE FAILED');
    assert.match(failureReason, pattern);
    const { datasetImportJobs } = await group.call('ListDatasetImportJobs', {
      datasetArn: more.datasetArn ?? arns[type],
    });
    const listed = datasetImportJobs.find((job) => job.datasetImportJobArn === datasetImportJobArn);
    assert.equal(listed.failureReason, failureReason, 'lists say so too');
  };

  before(async () => {
    server = await RapportServer.start();
    clients = sdkClients(server);
    group = await PersonalizeGroup.create(server, 'bad');
    for (const [type, schema] of Object.entries(schemas)) {
      const { schemaArn } = await group.call('CreateSchema', { name: type, schema: JSON.stringify(schema) });
      const of = { name: type, datasetGroupArn: group.arn, datasetType: type, schemaArn };
      arns[type] = (await group.call('CreateDataset', of)).datasetArn;
      const { status, failureReason } = await runImport(type, csvOf([right[type]]));
      assert.equal(status, 'ACTIVE', `the right row of ${type}: ${failureReason}`);
    }
  });
  after(() => server?.dispose());

  for (const [type, name, value, pattern] of badCells) {
    it(`fails the import of ${type} whose ${name} is "${value.slice(0, 20)}"`, () =>
      fails(type, csvOf([right[type], { ...right[type], [name]: value }]), pattern));
  }
  for (const [what, csv, pattern] of badFiles) {
    it(`fails the import of a file with ${what}`, () => fails('Items', csv, pattern));
  }

  it('fails the import of what is not there', async () => {
    await fails('Items', null, /^Invalid Data location/);
    const dataSource = { dataLocation: `s3://${group.bucket}/nowhere/` };
    await fails('Items', null, /^Invalid Data location/, { dataSource });
    const other = await PersonalizeGroup.create(server, 'empty');
    const { datasetArn } = await other.call('CreateDataset', {
      name: 'items',
      datasetGroupArn: other.arn,
      datasetType: 'Items',
      schemaArn: 'arn:aws:personalize:us-east-1:000000000000:schema/Items',
    });
    await fails('Items', csvOf([goodRow]), /import FULL first/, { datasetArn, importMode: 'INCREMENTAL' });
  });

  it('leaves the dataset as it was', async () => {
    const { datasetExportJobArn } = await group.call('CreateDatasetExportJob', {
      jobName: 'bulk',
      datasetArn: arns.Items,
      ingestionMode: 'BULK',
      roleArn: role,
      jobOutput: { s3DataDestination: { path: `s3://${group.bucket}/out/` } },
    });
    await group.active('DescribeDatasetExportJob', { datasetExportJobArn });
    const rows = (await group.aws.get(group.bucket, 'out/bulk.csv')).trim().split('\n');
    assert.deepEqual(rows, [Object.keys(goodRow).join(','), Object.values(goodRow).join(',')]);
  });

  it('refuses schemas that do not fit', async () => {
    const broken = [
      ['{', /not JSON/],
      [JSON.stringify({ type: 'record', name: 'Items', fields: [] }), /no fields/],
      [JSON.stringify(record('Items', [text('ITEM_ID'), text('ITEM_ID')])), /twice: ITEM_ID/],
      [JSON.stringify(record('Items', [text('ITEM_ID')])), /at least one metadata field/],
      [JSON.stringify(record('Items', [text('GENRES')])), /needs the field ITEM_ID/],
      [JSON.stringify(record('Interactions', [text('USER_ID'), text('ITEM_ID'), text('TIMESTAMP')])), /TIMESTAMP must be of type long/],
      [JSON.stringify(record('Items', [text('ITEM_ID'), column('A', 'decimal')])), /type of field A/],
      [JSON.stringify(record('Items', [text('ITEM_ID'), column('A', 'int', { categorical: true })])), /only string fields/],
    ];
    for (const [schema, pattern] of broken) await refused(group.call('CreateSchema', { name: 'broken', schema }), pattern);
  });

  it('refuses filters over what is not there', async () => {
    const broken = [
      ['INCLUDE ItemID WHERE Items.NOPE = 1', /Could not create filter\. Invalid Expression: .*ITEMS has no column NOPE/],
      ['EXCLUDE ItemID WHERE Items.ADULT IN ("true")', /Could not create filter\. Invalid Expression/],
      ['INCLUDE ItemID WHERE Items.PLOT IN ("p")', /Could not create filter\. Invalid Expression/],
      ['INCLUDE ItemID WHERE Items.GENRES', /Could not create filter\. Invalid Expression/],
      ['INCLUDE ItemID WHERE Nothing.GENRES IN ("Drama")', /Could not create filter\. Invalid Expression/],
      ['INCLUDE ItemID WHERE Items.GENRES IN ("Drama") IF CurrentUser.SHOES = 1', /USERS has no column SHOES/],
      ['INCLUDE UserID WHERE Items.GENRES IN ("Drama")', /Could not create filter\. Invalid Expression/],
    ];
    for (const [filterExpression, pattern] of broken)
      await refused(group.call('CreateFilter', { name: 'f', datasetGroupArn: group.arn, filterExpression }), pattern);
  });

  it('refuses rows that are put', async () => {
    const put = (operation, input) => group.aws.call('personalizeEvents', operation, input);
    const item = (properties) => put('PutItems', { datasetArn: arns.Items, items: [{ itemId: 'x', properties }] });
    await refused(item('{"genres":"a","year":"soon"}'), /YEAR is not a whole number: soon/);
    await refused(item('{"genres":"a"}'), /YEAR is empty/);
    await refused(item('{"genres":"a","year":1999,"shoes":1}'), /no column for the key shoes/);
    await refused(item('[1]'), /must be a JSON object/);
    await refused(item('{"genres":'), /properties are not right/);
    const action = (properties) => put('PutActions', { datasetArn: arns.Actions, actions: [{ actionId: 'x', properties }] });
    await refused(action('{"value":11}'), /VALUE must be from 1 to 10/);
    await refused(action('{"repeatFrequency":31}'), /REPEAT_FREQUENCY must be from 0 to 30/);
    const { trackingId } = await group.call('CreateEventTracker', { name: 'web', datasetGroupArn: group.arn });
    const event = { eventType: 'watch', itemId: 'f1', sentAt: new Date(1_700_000_000_000_000) };
    await refused(put('PutEvents', { trackingId, userId: 'u', sessionId: 's', eventList: [event] }), /sentAt must be a timestamp|sentAt must be in seconds/);
    const { dataset } = await group.call('DescribeDataset', { datasetArn: arns.Action_Interactions });
    const deed = { actionId: 'a1', userId: 'u', sessionId: 's', eventType: 'Clicked', timestamp: new Date() };
    const deeds = (one) => put('PutActionInteractions', { trackingId: dataset.trackingId, actionInteractions: [one] });
    await refused(deeds(deed), /Taken, Not Taken or Viewed, not Clicked/);
    await refused(deeds({ ...deed, eventType: 'Taken', timestamp: event.sentAt }), /timestamp must be a timestamp|timestamp must be in seconds/);
  });

  it('fails trainings on too little data', async () => {
    const training = async (name, recipe, more = {}) => {
      const { solutionArn } = await group.call('CreateSolution', {
        name,
        datasetGroupArn: group.arn,
        recipeArn: `arn:aws:personalize:::recipe/aws-${recipe}`,
        performAutoTraining: false,
        ...more,
      });
      const version = await group.call('CreateSolutionVersion', { solutionArn });
      return eventually('the training is over', async () => {
        const now = await group.describe('DescribeSolutionVersion', version);
        return ['ACTIVE', 'CREATE FAILED'].includes(now.status) && { reason: now.failureReason ?? 'none' };
      });
    };
    const few = /^Create failed\. Dataset has fewer than 25 users with at least 2 interactions each$/;
    for (const recipe of ['user-personalization-v2', 'sims', 'popularity-count', 'item-affinity'])
      assert.match((await training(recipe, recipe)).reason, few);
    const none = /^Create failed\. Dataset has fewer than 1 interactions after filtering by event type: buy$/;
    assert.match((await training('typed', 'sims', { eventType: 'buy' })).reason, none);
    const world = filmWorld();
    const rows = world.interactions.trim().split('\n').slice(1).map((line) => line.split(','));
    const csv = csvOf(rows.map(([user, item, type, time]) => ({ ...right.Interactions, USER_ID: user, ITEM_ID: item, EVENT_TYPE: type, TIMESTAMP: time })));
    assert.equal((await runImport('Interactions', csv)).status, 'ACTIVE');
    assert.equal((await training('enough', 'popularity-count')).reason, 'none');
  });
});
