// What the AWS tools do with buckets and objects, and what they are told when it cannot be done.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { aws, sdkClients } from '../harness/clients.js';
import { RapportServer } from '../harness/rapport_server.js';

const minimumPart = 5 << 20;

describe('buckets and objects by the SDK', () => {
  const Bucket = 'sdk-films';
  let server;
  let s3;
  const send = (command) => s3.send(command);
  const textOf = async (Key, more = {}) =>
    (await send(new GetObjectCommand({ Bucket, Key, ...more }))).Body.transformToString();
  const refused = (command, name, status) =>
    assert.rejects(send(command), (error) => {
      assert.equal(error.name, name);
      assert.equal(error.$metadata.httpStatusCode, status);
      return true;
    });

  before(async () => {
    server = await RapportServer.start();
    s3 = sdkClients(server).s3;
    await send(new CreateBucketCommand({ Bucket }));
  });
  after(() => server?.dispose());

  it('makes, finds and removes buckets', async () => {
    await send(new CreateBucketCommand({ Bucket: 'short-lived' }));
    assert.deepEqual((await send(new ListBucketsCommand({}))).Buckets.map((one) => one.Name), [Bucket, 'short-lived']);
    await send(new HeadBucketCommand({ Bucket: 'short-lived' }));
    await send(new GetBucketLocationCommand({ Bucket: 'short-lived' }));
    await send(new DeleteBucketCommand({ Bucket: 'short-lived' }));
    await refused(new HeadBucketCommand({ Bucket: 'short-lived' }), 'NotFound', 404);
    await refused(new CreateBucketCommand({ Bucket }), 'BucketAlreadyOwnedByYou', 409);
    await refused(new CreateBucketCommand({ Bucket: 'Bad_Name' }), 'InvalidBucketName', 400);
  });

  it('keeps an object with its type, metadata and checksum', async () => {
    const Key = 'in/ü +&.csv';
    const put = await send(
      new PutObjectCommand({ Bucket, Key, Body: 'id\n1\n', ContentType: 'text/csv', Metadata: { source: 'test' } }),
    );
    const got = await send(new GetObjectCommand({ Bucket, Key }));
    assert.equal(await got.Body.transformToString(), 'id\n1\n');
    assert.deepEqual([got.ContentType, got.Metadata, got.ETag], ['text/csv', { source: 'test' }, put.ETag]);
    assert.equal(got.ChecksumCRC32, put.ChecksumCRC32);
    assert.equal((await send(new HeadObjectCommand({ Bucket, Key }))).ContentLength, 5);
    assert.equal(await textOf(Key, { Range: 'bytes=3-3' }), '1');
    assert.equal(await readFile(join(server.directory, 'objects', Bucket, Key), 'utf8'), 'id\n1\n');
    await send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${encodeURIComponent(Key)}` }));
    assert.equal(await textOf('copy'), 'id\n1\n');
  });

  it('takes a stream in chunks', async () => {
    const file = join(server.directory, 'stream');
    await writeFile(file, 'x'.repeat(3_000_000));
    const put = await send(
      new PutObjectCommand({ Bucket, Key: 'stream', Body: createReadStream(file), ContentLength: 3_000_000 }),
    );
    assert.equal(await textOf('stream'), 'x'.repeat(3_000_000));
    const head = await send(new HeadObjectCommand({ Bucket, Key: 'stream', ChecksumMode: 'ENABLED' }));
    assert.ok(put.ChecksumCRC32, 'the checksum came behind the chunks');
    assert.equal(head.ChecksumCRC32, put.ChecksumCRC32);
  });

  it('lists folders and pages', async () => {
    for (const key of ['list/a', 'list/b/1', 'list/b/2', 'list/c']) {
      await send(new PutObjectCommand({ Bucket, Key: key, Body: key }));
    }
    const seen = [];
    let ContinuationToken;
    do {
      const page = await send(
        new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 1, ContinuationToken }),
      );
      seen.push(...(page.Contents ?? []).map((one) => one.Key), ...(page.CommonPrefixes ?? []).map((one) => one.Prefix));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    assert.deepEqual(seen, ['list/a', 'list/b/', 'list/c']);
  });

  it('puts the parts of an upload together', async () => {
    const Key = 'large';
    const { UploadId } = await send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'video/mp4' }));
    const parts = [Buffer.alloc(minimumPart, 'a'), Buffer.from('end')];
    const Parts = [];
    for (const [index, Body] of parts.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      Parts.push({ ETag, PartNumber });
    }
    assert.equal((await send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts.length, 2);
    assert.equal((await send(new ListMultipartUploadsCommand({ Bucket }))).Uploads[0].UploadId, UploadId);
    const finish = (MultipartUpload) => new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload });
    await refused(finish({ Parts: [...Parts].reverse() }), 'InvalidPartOrder', 400);
    await refused(finish({ Parts: [{ ...Parts[0], ETag: '"x"' }] }), 'InvalidPart', 400);
    const done = await send(finish({ Parts }));
    assert.match(done.ETag, /-2"$/);
    assert.equal((await send(new HeadObjectCommand({ Bucket, Key }))).ContentLength, minimumPart + 3);
    assert.equal(await textOf(Key, { Range: 'bytes=-4' }), 'aend');
    await refused(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), 'NoSuchUpload', 404);
  });

  it('says what is wrong', async () => {
    await refused(new GetObjectCommand({ Bucket, Key: 'none' }), 'NoSuchKey', 404);
    await refused(new HeadObjectCommand({ Bucket, Key: 'none' }), 'NotFound', 404);
    await refused(new ListObjectsV2Command({ Bucket: 'no-such-bucket' }), 'NoSuchBucket', 404);
    await refused(new PutObjectCommand({ Bucket: 'no-such-bucket', Key: 'a', Body: 'x' }), 'NoSuchBucket', 404);
    await refused(new PutObjectCommand({ Bucket, Key: 'a//b', Body: 'x' }), 'InvalidArgument', 400);
    await refused(new PutObjectCommand({ Bucket, Key: 'a'.repeat(1025), Body: 'x' }), 'KeyTooLongError', 400);
    await refused(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', ChecksumCRC32: 'AAAAAA==' }), 'BadDigest', 400);
    await send(new PutObjectCommand({ Bucket, Key: 'once', Body: '1', IfNoneMatch: '*' }));
    await refused(new PutObjectCommand({ Bucket, Key: 'once', Body: '2', IfNoneMatch: '*' }), 'PreconditionFailed', 412);
    await refused(new GetObjectCommand({ Bucket, Key: 'once', Range: 'bytes=9-' }), 'InvalidRange', 416);
    await refused(new DeleteBucketCommand({ Bucket }), 'BucketNotEmpty', 409);
  });

  it('deletes one object or many', async () => {
    await send(new DeleteObjectCommand({ Bucket, Key: 'none' }));
    const { Contents } = await send(new ListObjectsV2Command({ Bucket }));
    const { Deleted } = await send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: Contents.map(({ Key }) => ({ Key })) } }),
    );
    assert.equal(Deleted.length, Contents.length);
    await send(new DeleteBucketCommand({ Bucket }));
    assert.deepEqual((await send(new ListBucketsCommand({}))).Buckets ?? [], []);
  });
});

describe('buckets and objects by aws s3', () => {
  let server;
  let tree;
  const s3 = (...words) => aws(server, 's3', ...words);

  before(async () => {
    server = await RapportServer.start();
    tree = join(server.directory, 'tree');
    await mkdir(join(tree, 'sub'), { recursive: true });
    await writeFile(join(tree, 'a.txt'), 'one');
    await writeFile(join(tree, 'sub', 'b c+é.csv'), 'two');
    await s3('mb', 's3://cli-films');
  });
  after(() => server?.dispose());

  it('syncs a tree there and back', async () => {
    await s3('sync', tree, 's3://cli-films/tree');
    assert.equal((await s3('sync', tree, 's3://cli-films/tree')).trim(), '', 'nothing is left to do');
    const back = join(server.directory, 'back');
    await s3('sync', 's3://cli-films/tree', back);
    assert.deepEqual((await readdir(back, { recursive: true })).sort(), ['a.txt', 'sub', join('sub', 'b c+é.csv')]);
    assert.equal(await readFile(join(back, 'sub', 'b c+é.csv'), 'utf8'), 'two');
    assert.match(await s3('ls', 's3://cli-films/'), /PRE tree\//);
    assert.match(await s3('ls', 's3://cli-films', '--recursive'), /tree\/sub\/b c\+é\.csv/);
  });

  it('copies a large file in parts', async () => {
    const large = join(server.directory, 'large');
    await writeFile(large, Buffer.alloc(20_000_000, 'x1y2z'));
    await s3('cp', large, 's3://cli-films/large');
    await s3('cp', 's3://cli-films/large', 's3://cli-films/again');
    await s3('cp', 's3://cli-films/again', `${large}.back`);
    assert.ok((await readFile(large)).equals(await readFile(`${large}.back`)));
  });

  it('presigns a link that works without keys', async () => {
    await s3('cp', join(tree, 'a.txt'), 's3://cli-films/shared/a b.txt');
    const link = (await s3('presign', 's3://cli-films/shared/a b.txt')).trim();
    assert.equal(await (await fetch(link)).text(), 'one');
    const forged = await fetch(link.replace('a%20b', 'c'));
    assert.equal(forged.status, 403);
    assert.match(await forged.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
  });

  it('moves, removes and tidies up', async () => {
    await s3('mv', 's3://cli-films/shared/a b.txt', 's3://cli-films/moved.txt');
    assert.equal(await s3('cp', 's3://cli-films/moved.txt', '-'), 'one');
    await assert.rejects(s3('cp', 's3://cli-films/shared/a b.txt', '-'), /404/);
    await assert.rejects(s3('rb', 's3://cli-films'), /BucketNotEmpty/);
    await s3('rm', 's3://cli-films', '--recursive');
    await s3('rb', 's3://cli-films');
    assert.equal((await s3('ls')).trim(), '');
  });
});
