// Wrong requests to S3, to Rapport's own API, and wrong signatures.

import { presignedTarget, signedHeaders } from '../harness/signed_request.js';
import { requestBytesMax } from './world.js';

const none = '0'.repeat(32);
const s3 = (method, target, body, headers) => ({ service: 's3', method, target, body, headers });

/** Names that lead out of the bucket or the object directory, as they stand in the path. */
const escapes = [
  '/project/../escaped.txt',
  '/project/../../escaped.txt',
  '/project/a/../../../escaped.txt',
  '/project/%2e%2e/escaped.txt',
  '/project/%2e%2e%2f%2e%2e%2fescaped.txt',
  '/project/..%2f..%2fescaped.txt',
  '/project/a/%2e%2e/%2e%2e/%2e%2e/escaped.txt',
  '/project//etc/escaped.txt',
  '/project/%2fetc%2fescaped.txt',
  '/project/./escaped.txt',
  '/project/escaped.txt%00.csv',
  '/../escaped.txt',
  '/%2e%2e/escaped.txt',
  '/..%2fescaped/escaped.txt',
  '/.rapport/escaped.txt',
  '/project/.rapport-object',
];
const refusedPath = [/^40[0345]$/, /^(InvalidArgument|InvalidBucketName|InvalidURI|InvalidRequest|NoSuchBucket|AccessDenied|MethodNotAllowed|SignatureDoesNotMatch)$/, /./];

export const paths = [
  ...escapes.map((path) => [`a write to ${path}`, () => s3('PUT', path, 'out'), refusedPath]),
  ...escapes.map((path) => [`a read of ${path}`, () => s3('GET', path), [/^40[0345]$/, /./, /./]]),
  ...escapes.map((path) => [`a removal of ${path}`, () => s3('DELETE', path), refusedPath]),
  ['a copy from outside', () => s3('PUT', '/project/copy.txt', '', { 'x-amz-copy-source': '/project/../../keys/secret' }), refusedPath],
  ['an encoded copy from outside', () => s3('PUT', '/project/copy.txt', '', { 'x-amz-copy-source': 'project/%2e%2e/%2e%2e/rapport.db' }), refusedPath],
  ['a multipart upload to outside', () => s3('POST', '/project/%2e%2e/escaped.txt?uploads', ''), refusedPath],
  ['many removals, some outside', () => s3('POST', '/project?delete', '<Delete><Object><Key>../../rapport.db</Key></Object></Delete>'), [/^(200|400)$/, undefined, undefined]],
];

export const objects = [
  ['an unknown bucket', () => s3('GET', '/none-such/a.txt'), [404, 'NoSuchBucket', /none-such/]],
  ['a write into an unknown bucket', () => s3('PUT', '/none-such/a.txt', 'x'), [404, 'NoSuchBucket', /none-such/]],
  ['an unknown key', () => s3('GET', '/project/none.txt'), [404, 'NoSuchKey', /none\.txt/]],
  ['a bucket that is no name', () => s3('PUT', '/Not_A_Name'), [400, 'InvalidBucketName', /Not_A_Name/]],
  ['a bucket that exists', () => s3('PUT', '/project'), [/^(200|409)$/, /^(BucketAlreadyOwnedByYou)?$/, /^|./]],
  ['removing a bucket that is not empty', () => s3('DELETE', '/project'), [409, 'BucketNotEmpty', /not empty/]],
  ['a key of 1025 bytes', () => s3('PUT', `/project/${'k'.repeat(200)}/${'k'.repeat(200)}/${'k'.repeat(200)}/${'k'.repeat(200)}/${'k'.repeat(221)}`, 'x'), [400, 'KeyTooLongError', /./]],
  ['a wrong Content-MD5', () => s3('PUT', '/project/kept.txt', 'other', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }), [400, 'BadDigest', /./]],
  ['a Content-MD5 that is none', () => s3('PUT', '/project/kept.txt', 'other', { 'content-md5': 'nonsense' }), [400, 'InvalidDigest', /./]],
  ['a body other than the signed one', () => s3('PUT', '/project/kept.txt', 'other', { 'x-amz-content-sha256': '0'.repeat(64) }), [/^40[03]$/, 'XAmzContentSHA256Mismatch', /./]],
  ['a range behind the end', () => s3('GET', '/project/kept.txt', '', { range: 'bytes=1000-' }), [416, 'InvalidRange', /./]],
  ['a part of an unknown upload', () => s3('PUT', '/project/a.txt?partNumber=1&uploadId=none', 'x'), [404, 'NoSuchUpload', /./]],
  ['completing an unknown upload', () => s3('POST', '/project/a.txt?uploadId=none', '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>'), [404, 'NoSuchUpload', /./]],
  ['XML that is none', () => s3('POST', '/project?delete', '<Delete><Obj'), [400, 'MalformedXML', /./]],
  ['an entity that grows', () => s3('POST', '/project?delete', '<!DOCTYPE x [<!ENTITY a "&#46;&#46;">]><Delete><Object><Key>&a;/k</Key></Object></Delete>'), [/^(200|400)$/, undefined, undefined]],
  ['a page size that is none', () => s3('GET', '/project?list-type=2&max-keys=many'), [400, 'InvalidArgument', /max-keys/]],
  ['a call that is not here', () => s3('PUT', '/project?versioning', '<VersioningConfiguration/>'), [501, 'NotImplemented', /./]],
];

const own = (w, method, path, body) => ({ service: 'rapport', method, target: `/rapport/v1/apps/${w.app}/predictive-segments${path}`, body });
const asking = (w, more) => own(w, 'POST', '', { Name: 'fans', DatasetGroupArn: w.group.arn, AttributeQuery: 'ITEMS.GENRES = "Action"', Size: 5, ...more });
const bad = (message) => [400, 'BadRequestException', message];

export const predictive = [
  ['a body that is no JSON', (w) => own(w, 'POST', '', '{'), bad(/Malformed JSON/)],
  ['a missing query', (w) => asking(w, { AttributeQuery: undefined }), bad(/AttributeQuery is required/)],
  ['a query that does not parse', (w) => asking(w, { AttributeQuery: 'genres like Action' }), bad(/AttributeQuery|attribute query/)],
  ['neither size nor score', (w) => asking(w, { Size: undefined }), bad(/Size.*MinimumScore/)],
  ['neither data nor solution', (w) => asking(w, { DatasetGroupArn: undefined }), bad(/DatasetGroupArn|SolutionArn/)],
  ['data and solution at once', (w) => asking(w, { SolutionArn: 'arn:aws:personalize:us-east-1:000000000000:solution/none' }), [/^40[04]$/, /BadRequest|NotFound/, /./]],
  ['an unknown dataset group', (w) => asking(w, { DatasetGroupArn: 'arn:aws:personalize:us-east-1:000000000000:dataset-group/none' }), [/^40[04]$/, /BadRequest|NotFound/, /does not exist/]],
  ['a size of nobody', (w) => asking(w, { Size: 0 }), bad(/Size must be at least 1/)],
  ['a score above one', (w) => asking(w, { MinimumScore: 1.5 }), bad(/MinimumScore must be at most 1/)],
  ['a schedule that is none', (w) => asking(w, { RefreshSchedule: 'daily' }), bad(/RefreshSchedule must match/)],
  ['a hook that is no address', (w) => asking(w, { Notify: { Urls: ['file:///etc/passwd'] } }), bad(/Notify\.Urls/)],
  ['an e-mail address that is none', (w) => asking(w, { Notify: { Emails: ['marketing'] } }), bad(/Notify\.Emails/)],
  ['an unknown application', (w) => asking({ ...w, app: none }, {}), [404, 'NotFoundException', /Application not found/]],
  ['an unknown segment', (w) => own(w, 'GET', `/${none}`), [404, 'NotFoundException', /not found/i]],
  ['refreshing an unknown segment', (w) => own(w, 'POST', `/${none}/refresh`), [404, 'NotFoundException', /not found/i]],
  ['the runs of an unknown segment', (w) => own(w, 'GET', `/${none}/runs`), [404, 'NotFoundException', /not found/i]],
];

const minutes = (count) => new Date(Date.now() + count * 60_000);
const credentials = (w, over) => ({ server: { ...w.server, endpoint: w.server.endpoint, region: w.server.region, credentials: { ...w.server.credentials, ...over } } });
const writes = {
  mobiletargeting: { service: 'mobiletargeting', method: 'POST', target: '/v1/apps', body: '{"Name":"unsigned"}' },
  personalize: { service: 'personalize', method: 'POST', target: '/', operation: 'CreateDatasetGroup', body: '{"name":"unsigned"}' },
  s3: { service: 's3', method: 'PUT', target: '/project/kept.txt', body: 'unsigned' },
};
const names = {
  unsigned: { s3: 'AccessDenied', other: /MissingAuthenticationToken/ },
  unknownKey: { s3: 'InvalidAccessKeyId', other: /UnrecognizedClient|InvalidClientTokenId/ },
  wrong: { s3: 'SignatureDoesNotMatch', other: /InvalidSignature/ },
  skewed: { s3: 'RequestTimeTooSkewed', other: /InvalidSignature|RequestExpired/ },
  malformed: { s3: /AuthorizationHeaderMalformed|InvalidArgument|AuthorizationQueryParametersError/, other: /IncompleteSignature/ },
};
const refused = (kind, service, status = 403) => [status, service === 's3' ? names[kind].s3 : names[kind].other, /./];
const plainHeaders = (call) =>
  call.operation ? { 'x-amz-target': `AmazonPersonalize.${call.operation}`, 'content-type': 'application/x-amz-json-1.1' } : {};

/** A signed request whose headers were changed afterwards. */
const tampered = (w, call, change) => {
  const headers = signedHeaders(w.server, { ...call, headers: plainHeaders(call) });
  return { ...call, plain: true, headers: { ...headers, ...change(headers) } };
};

export const signatures = Object.values(writes).flatMap((call) => {
  const { service } = call;
  // Nothing tells whom an unsigned request is for but its own form.
  const unsigned = service === 's3' ? [403, /AccessDenied|MissingAuthenticationToken/, /./] : refused('unsigned', service);
  return [
    [`an unsigned request to ${service}`, () => ({ ...call, plain: true, headers: plainHeaders(call) }), unsigned],
    [`a wrong secret for ${service}`, (w) => ({ ...call, ...credentials(w, { secretAccessKey: 'wrong' }) }), refused('wrong', service)],
    [`an unknown key for ${service}`, (w) => ({ ...call, ...credentials(w, { accessKeyId: 'AKIAUNKNOWN' }) }), refused('unknownKey', service)],
    [`a date of an hour ago for ${service}`, () => ({ ...call, date: minutes(-60) }), refused('skewed', service)],
    [`a date in an hour for ${service}`, () => ({ ...call, date: minutes(60) }), refused('skewed', service)],
    [`a body changed after signing for ${service}`, (w) => ({ ...tampered(w, call, () => ({})), body: `${call.body} ` }), [/^40[03]$/, service === 's3' ? 'XAmzContentSHA256Mismatch' : names.wrong.other, /./]],
    [`a path changed after signing for ${service}`, (w) => ({ ...tampered(w, call, () => ({})), target: `${call.target}?x=y` }), refused('wrong', service)],
    [`a signature cut short for ${service}`, (w) => tampered(w, call, (headers) => ({ authorization: headers.authorization.slice(0, -1) })), refused('wrong', service)],
    [`another scheme for ${service}`, (w) => tampered(w, call, () => ({ authorization: 'Basic eDp5' })), [/^40[03]$/, /./, /./]],
    [`a credential of four parts for ${service}`, (w) => tampered(w, call, (headers) => ({ authorization: headers.authorization.replace('/aws4_request', '') })), [/^40[03]$/, /./, /./]],
    [`a host that was not signed for ${service}`, (w) => tampered(w, call, (headers) => ({ authorization: headers.authorization.replace('host;', '') })), [/^40[03]$/, /./, /./]],
  ];
});

const presigned = (w, more) => ({ plain: true, target: presignedTarget(w.server, { service: 's3', target: '/project/kept.txt', ...more }) });

export const links = [
  ['a link that has expired', (w) => presigned(w, { date: minutes(-10), expires: 60 }), [403, 'AccessDenied', /expired/]],
  ['a link from the future', (w) => presigned(w, { date: minutes(60) }), [403, /./, /./]],
  ['a link for longer than a week', (w) => presigned(w, { expires: 604_801 }), [/^40[03]$/, /./, /604800/]],
  ['a link for another method', (w) => ({ ...presigned(w, {}), method: 'DELETE' }), [403, 'SignatureDoesNotMatch', /./]],
  ['a link to another object', (w) => ({ plain: true, target: presigned(w, {}).target.replace('kept.txt', 'endpoints.csv') }), [403, 'SignatureDoesNotMatch', /./]],
  ['a link that was lengthened', (w) => ({ plain: true, target: presigned(w, { date: minutes(-10), expires: 60 }).target.replace('Expires=60', 'Expires=6000') }), [403, 'SignatureDoesNotMatch', /./]],
];

const large = 'x'.repeat(requestBytesMax + 1);

export const sizes = [
  ['a body over the limit', () => ({ service: 'mobiletargeting', method: 'POST', target: '/v1/apps', body: `{"Name":"${large}"}` }), [413, 'PayloadTooLargeException', /./]],
  ['a Personalize body over the limit', () => ({ service: 'personalize', method: 'POST', operation: 'CreateSchema', body: `{"name":"x","schema":"${large}"}` }), [413, /TooLarge/, /./]],
  ['an unsigned body over the limit', () => ({ plain: true, method: 'POST', target: '/v1/apps', body: large }), [413, /TooLarge/, /./]],
  ['headers without end', () => ({ plain: true, target: '/healthz', headers: { 'x-filler': 'y'.repeat(100_000) } }), [/^(400|431)$/, undefined, undefined]],
];
