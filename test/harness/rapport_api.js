// The operations of Rapport's own (api/rapport.json), signed as the AWS SDKs sign.

import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

/**
 * `call('POST', '/rapport/v1/apps/ID/predictive-segments', {...})`: the parsed answer. Rejects with `name`, `message` and
 * `status` for an error.
 */
export function rapportApi(server) {
  const { credentials, region } = server;
  const signer = new SignatureV4({ credentials, region, service: 'rapport', sha256: Sha256 });
  return async (method, target, document) => {
    const url = new URL(target, server.endpoint);
    const body = document === undefined ? undefined : JSON.stringify(document);
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query: Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)])),
      headers: { host: url.host, 'content-type': 'application/json' },
      body,
    });
    const answer = await fetch(url, { method, headers: signed.headers, body });
    const text = await answer.text();
    const parsed = text === '' ? {} : JSON.parse(text);
    if (answer.ok) return parsed;
    const error = new Error(parsed.Message ?? parsed.message ?? text);
    error.name = answer.headers.get('x-amzn-errortype');
    error.status = answer.status;
    throw error;
  };
}
