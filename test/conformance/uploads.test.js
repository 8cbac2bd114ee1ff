// Files that people bring: in parts, looked at, imported with their columns mapped, and the rows that were refused and
// the files of exports to keep.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PinpointProject } from '../harness/pinpoint_project.js';
import { rapportApi } from '../harness/rapport_api.js';
import { eventually, RapportServer } from '../harness/rapport_server.js';

const none = '0'.repeat(32);
const bytes = (text) => new TextEncoder().encode(text);

describe('files that people bring', () => {
  let server;
  let project;
  let ask;

  before(async () => {
    server = await RapportServer.start();
    ask = rapportApi(server);
    project = await PinpointProject.create(server);
  });
  after(() => server?.dispose());

  const own = (method, path, body) => ask(method, `/rapport/v1/apps/${project.app}${path}`, body);
  const refused = (promise, status, message) =>
    assert.rejects(promise, (error) => {
      assert.equal(error.status, status, error.message);
      assert.match(error.message, message);
      return true;
    });
  /** An upload of the text, complete. */
  const bring = async (FileName, text) => {
    const { Id, PartBytes } = await ask('POST', '/rapport/v1/uploads', { FileName });
    const all = bytes(text);
    for (let number = 1; (number - 1) * PartBytes < all.length; ++number) {
      const part = all.slice((number - 1) * PartBytes, number * PartBytes);
      await ask('PUT', `/rapport/v1/uploads/${Id}/parts/${number}`, part);
    }
    return ask('POST', `/rapport/v1/uploads/${Id}/completion`, {});
  };
  const imported = (id) =>
    eventually('the import ends', async () => {
      const { ImportJobResponse: job } = await project.call('GetImportJob', { JobId: id });
      return ['COMPLETED', 'FAILED'].includes(job.JobStatus) && job;
    });

  it('come in parts and go again', async () => {
    const large = `mail;name\n${'someone@film.example;Somebody\n'.repeat(250_000)}`;
    const whole = await bring('large list.csv', large);
    assert.equal(whole.State, 'COMPLETED');
    assert.equal(whole.ReceivedBytes, large.length);
    assert.equal(whole.ReceivedParts, 2);
    assert.equal(whole.S3Url, `s3://rapport-uploads/${whole.Id}/large list.csv`);
    assert.equal(Date.parse(whole.ExpirationDate) - Date.parse(whole.CreationDate), 7 * 86_400_000);
    assert.deepEqual(await ask('GET', `/rapport/v1/uploads/${whole.Id}`), whole);
    await refused(ask('PUT', `/rapport/v1/uploads/${whole.Id}/parts/3`, bytes('x')), 409, /complete/);
    const preview = await ask('GET', `/rapport/v1/uploads/${whole.Id}/preview?rows=2`);
    assert.ok(preview.EstimatedRowCount > 200_000 && preview.EstimatedRowCount < 300_000, String(preview.EstimatedRowCount));
    await ask('DELETE', `/rapport/v1/uploads/${whole.Id}`);
    await refused(ask('GET', `/rapport/v1/uploads/${whole.Id}`), 404, /Upload not found/);
    await refused(ask('DELETE', `/rapport/v1/uploads/${whole.Id}`), 404, /Upload not found/);
  });

  it('are refused when they cannot be', async () => {
    await refused(ask('POST', '/rapport/v1/uploads', { FileName: '../keys' }), 400, /FileName|file/);
    await refused(ask('PUT', `/rapport/v1/uploads/${none}/parts/1`, bytes('x')), 404, /Upload not found/);
    const { Id } = await ask('POST', '/rapport/v1/uploads', { FileName: 'a.csv' });
    await refused(ask('PUT', `/rapport/v1/uploads/${Id}/parts/0`, bytes('x')), 400, /PartNumber/);
    await refused(ask('POST', `/rapport/v1/uploads/${Id}/completion`, {}), 400, /no part/);
    await refused(ask('GET', `/rapport/v1/uploads/${Id}/preview`), 409, /not complete/);
    await refused(own('POST', '/upload-imports', { UploadId: Id }), 409, /not complete/);
  });

  it('are looked at and imported with their columns mapped', async () => {
    const rows = ['E-Mail;Customer ID;first name;Films', 'ada@film.example;ada;Ada;12', 'bo@film.example;bo;Bo;many', ';cy;Cy;1'];
    const { Id } = await bring('people.csv', `${rows.join('\n')}\n`);
    const preview = await ask('GET', `/rapport/v1/uploads/${Id}/preview`);
    assert.deepEqual(
      preview.Columns.map((one) => [one.Name, one.SuggestedMember]),
      [['E-Mail', 'Address'], ['Customer ID', 'User.UserId'], ['first name', 'User.UserAttributes.FirstName'], ['Films', 'User.UserAttributes.Films']],
    );
    assert.deepEqual(preview.SuggestedConstants, { ChannelType: 'EMAIL' });
    assert.equal(preview.Rows.length, 3);
    const made = await own('POST', '/upload-imports', {
      UploadId: Id,
      Columns: [
        { Column: 'E-Mail', Member: 'Address' },
        { Column: 'Customer ID', Member: 'Id' },
        { Column: 'Customer ID', Member: 'User.UserId' },
        { Column: 'first name', Member: 'User.UserAttributes.FirstName' },
        { Column: 'Films', Member: 'Metrics.Films' },
      ],
      Constants: { ChannelType: 'EMAIL' },
      DefineSegment: true,
      RegisterEndpoints: true,
      SegmentName: 'Brought',
    });
    const job = await imported(made.ImportJobId);
    assert.deepEqual([job.JobStatus, job.TotalProcessed, job.TotalFailures], ['COMPLETED', 3, 2]);
    const { EndpointResponse: ada } = await project.call('GetEndpoint', { EndpointId: 'ada' });
    assert.deepEqual([ada.Address, ada.Metrics.Films, ada.User.UserAttributes.FirstName], ['ada@film.example', 12, ['Ada']]);
    const size = await own('GET', `/segments/${made.SegmentId}/size`);
    assert.equal(size.EndpointCount, 1);
    const failed = (await own('GET', `/import-jobs/${made.ImportJobId}/failed-rows`)).trim().split('\n');
    assert.equal(failed.length, 3);
    assert.match(failed[0], /^File,Row,Reason,Address,Id,/);
    assert.match(failed[1], /,3,.*number.*,bo@film.example,bo/);
    await refused(own('POST', '/upload-imports', { UploadId: Id, Columns: [{ Column: 'Age', Member: 'Metrics.Age' }] }), 400, /no such column: Age/);
    await refused(own('GET', `/import-jobs/${none}/failed-rows`), 404, /Import job not found/);
  });

  it('leave nothing to download when every row was good', async () => {
    const { Id } = await bring('good.csv', 'Id,Address,ChannelType\ngood,good@film.example,EMAIL\n');
    const made = await own('POST', '/upload-imports', { UploadId: Id });
    assert.equal((await imported(made.ImportJobId)).JobStatus, 'COMPLETED');
    await refused(own('GET', `/import-jobs/${made.ImportJobId}/failed-rows`), 404, /No row/);
  });

  it('come out of exports', async () => {
    await project.aws.makeBucket('exported');
    const { Id } = await own('POST', '/exports', { S3UrlPrefix: 's3://exported/here' });
    await eventually('the export ends', async () => (await own('GET', `/exports/${Id}`)).JobStatus === 'COMPLETED');
    const { Item } = await own('GET', `/exports/${Id}/files`);
    assert.equal(Item.length, 1);
    assert.equal(Item[0].S3Url, `s3://exported/here/${Item[0].FileName}`);
    const text = await own('GET', `/exports/${Id}/files/${Item[0].FileName}`);
    assert.ok(text.length > 0);
    await refused(own('GET', `/exports/${Id}/files/${Id}-99999.json.gz`), 404, /no file/);
    await refused(own('GET', `/exports/${Id}/files/other.json`), 404, /no file/);
    await refused(own('GET', `/exports/${none}/files`), 404, /Export job not found/);
  });
});
