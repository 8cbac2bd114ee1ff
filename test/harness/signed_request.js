// Requests written by hand: signed with AWS Signature Version 4, or deliberately not quite. Nothing is normalised on the
// way, so a path or body arrives as it was written.

import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
const decode = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** `20260102T030405Z`. */
export const amzDate = (date) => date.toISOString().replace(/[-:]|\.\d{3}/g, '');

function canonicalPath(path, service) {
  const encodeEach = (one) => path.split('/').map(one).join('/');
  if (service === 's3') return encodeEach((part) => encode(decode(part)));
  return encodeEach(encode);
}

const canonicalQuery = (query) =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name, value = ''] = pair.split(/=(.*)/s);
      return `${encode(decode(name))}=${encode(decode(value))}`;
    })
    .sort()
    .join('&');

function signatureOf({ method, path, query, headers, payloadHash, secret, scope, date, service }) {
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    canonicalPath(path, service),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce((last, part) => hmac(last, part), `AWS4${secret}`);
  return { names: names.join(';'), signature: hmac(key, toSign).toString('hex') };
}

/**
 * The headers of a signed request. `call`: service, method, target (raw path and query), body, headers (further signed
 * ones), date (a Date). `server`: endpoint, region, credentials.
 */
export function signedHeaders(server, call) {
  const { service, method = 'GET', target, body = '', headers = {}, date = new Date() } = call;
  const [path, query = ''] = target.split(/\?(.*)/s);
  const at = amzDate(date);
  const scope = `${at.slice(0, 8)}/${server.region}/${service}/aws4_request`;
  const payloadHash = headers['x-amz-content-sha256'] ?? sha256(body);
  const signed = { host: new URL(server.endpoint).host, 'x-amz-date': at, 'x-amz-content-sha256': payloadHash, ...headers };
  const secret = server.credentials.secretAccessKey;
  const { names, signature } = signatureOf({ method, path, query, headers: signed, payloadHash, secret, scope, date: at, service });
  const credential = `${server.credentials.accessKeyId}/${scope}`;
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** The target of a presigned request, valid for `expires` seconds from `date` on. */
export function presignedTarget(server, { service, method = 'GET', target, date = new Date(), expires = 300 }) {
  const at = amzDate(date);
  const scope = `${at.slice(0, 8)}/${server.region}/${service}/aws4_request`;
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encode(`${server.credentials.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${at}`,
    `X-Amz-Expires=${expires}`,
    'X-Amz-SignedHeaders=host',
  ].join('&');
  const { signature } = signatureOf({
    method,
    path: target,
    query,
    headers: { host: new URL(server.endpoint).host },
    payloadHash: 'UNSIGNED-PAYLOAD',
    secret: server.credentials.secretAccessKey,
    scope,
    date: at,
    service,
  });
  return `${target}?${query}&X-Amz-Signature=${signature}`;
}

/** The name and text of an error, whichever of the wire forms it has. */
function errorOf(answer) {
  const xml = /<Code>([^<]*)<\/Code>\s*<Message>([^<]*)<\/Message>/.exec(answer.body);
  if (xml) return { error: xml[1], message: xml[2] };
  const header = answer.headers['x-amzn-errortype']?.split(':')[0];
  const type = answer.json?.__type?.split('#').at(-1);
  return { error: type ?? header, message: answer.json?.Message ?? answer.json?.message };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends a request as given: method, target, headers, body. Its status, headers, body, json, error and message. */
export function sendPlain(server, { method = 'GET', target, headers = {}, body = '' }) {
  const { hostname, port } = new URL(server.endpoint);
  return new Promise((resolve, reject) => {
    const length = { 'content-length': Buffer.byteLength(body) };
    const sent = httpRequest({ hostname, port, method, path: target, headers: { ...length, ...headers } }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        const answer = { status: response.statusCode, headers: response.headers, body: text, json: parsed(text) };
        resolve({ ...answer, ...errorOf(answer) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Signs and sends. `body` may be an object: it is sent as JSON. `operation`: of Personalize, by its name. */
export function send(server, call) {
  const { service, method = 'GET', target = '/', operation } = call;
  const body = typeof call.body === 'object' && !Buffer.isBuffer(call.body) ? JSON.stringify(call.body) : (call.body ?? '');
  const json = service === 's3' || body === '' ? {} : { 'content-type': 'application/json' };
  const awsJson = operation
    ? { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonPersonalize.${operation}` }
    : {};
  const headers = { ...json, ...awsJson, ...call.headers };
  const signed = { ...call, service, method, target, body, headers };
  return sendPlain(server, { method, target, body, headers: signedHeaders(server, signed) });
}
