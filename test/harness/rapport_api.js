// The operations of Rapport's own (api/rapport.json), signed as the AWS SDKs sign.

import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

/**
 * `call('POST', '/rapport/v1/apps/ID/predictive-segments', {...})`: the parsed answer, or the text of one that is not
 * JSON. Bytes (a Uint8Array) are sent as they are. Rejects with `name`, `message` and `status` for an error.
 */
export function rapportApi(server) {
  const { credentials, region } = server;
  const signer = new SignatureV4({ credentials, region, service: 'rapport', sha256: Sha256 });
  return async (method, target, document) => {
    const url = new URL(target, server.endpoint);
    const isBytes = document instanceof Uint8Array;
    const body = document === undefined || isBytes ? document : JSON.stringify(document);
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query: Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)])),
      headers: { host: url.host, 'content-type': isBytes ? 'application/octet-stream' : 'application/json' },
      body,
    });
    const answer = await fetch(url, { method, headers: signed.headers, body });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    if (answer.ok && !isJson && text !== '') return text;
    const parsed = text === '' ? {} : JSON.parse(text);
    if (answer.ok) return parsed;
    const error = new Error(parsed.Message ?? parsed.message ?? text);
    error.name = answer.headers.get('x-amzn-errortype');
    error.status = answer.status;
    throw error;
  };
}
