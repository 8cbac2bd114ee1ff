// How a call is refused.

import assert from 'node:assert/strict';

/** The error of a call: its wire name and message, whichever tool it went through. */
export async function refusal(promise) {
  const error = await promise.then(
    (answer) => assert.fail(`was not refused: ${JSON.stringify(answer)}`),
    (reason) => reason,
  );
  if (error.stderr === undefined) return { name: error.name, message: error.message ?? error.Message };
  const [, name, message] = /\((\w+)\)[^:]*: (.*)/s.exec(error.stderr) ?? [, 'unknown', error.stderr];
  return { name, message };
}
