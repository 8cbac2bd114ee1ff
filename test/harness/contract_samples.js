// Inputs for SDK commands, made from the contracts: every member filled, as the SDK wants it.

import { readFileSync } from 'node:fs';

const depthMax = 6;

// A text for each pattern that a plain word does not match.
const examples = {
  'arn:aws.*:kms:.*:[0-9]{12}:key/.*': 'arn:aws:kms:us-east-1:000000000000:key/k',
  'arn:([a-z\\d-]+):iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+': 'arn:aws:iam::000000000000:role/r',
  'rate\\(\\d+ days?\\)': 'rate(3 days)',
  'arn:([a-z\\d-]+):personalize:.*:.*:.+': 'arn:aws:personalize:us-east-1:000000000000:solution/none',
  '(s3|http|https)://.+': 's3://none/none',
};

/** The contract of a service, read from api/. */
export function contractOf(service) {
  return JSON.parse(readFileSync(new URL(`../../api/${service}.json`, import.meta.url)));
}

export function sampleInput(contract, operation) {
  const { input } = contract.operations[operation];
  return input ? sampleOf(contract, input, 0) : {};
}

function sampleOf(contract, name, depth) {
  const shape = contract.shapes[name] ?? { type: name };
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(shape.members)
          .filter(([member]) => depth < depthMax || shape.required?.includes(member))
          .map(([member, target]) => [member, sampleOf(contract, target.shape ?? target, depth + 1)]),
      );
    case 'list':
      return [sampleOf(contract, shape.member, depth + 1)];
    case 'map':
      return { [sampleOf(contract, shape.key, depth + 1)]: sampleOf(contract, shape.value, depth + 1) };
    case 'string':
      return shape.enum?.[0] ?? examples[shape.pattern] ?? 'sample';
    case 'boolean':
      return true;
    case 'timestamp':
      return new Date(1_700_000_000_000);
    case 'blob':
      return new Uint8Array([1, 2, 3]);
    default:
      return shape.min ?? Math.min(1, shape.max ?? 1);
  }
}
