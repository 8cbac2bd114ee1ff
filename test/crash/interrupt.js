// Crashes at observed moments: the process is killed when what it works on has come so far, and started again.

import assert from 'node:assert/strict';
import { eventually } from '../harness/rapport_server.js';
import { seeded } from '../harness/random.js';

export const seed = Number(process.env.RAPPORT_SEED ?? 2);
export const crashesEach = Number(process.env.RAPPORT_CRASHES ?? 3);
export const random = seeded(seed);

const observationMs = 2;

/** Moments as shares of the whole work, in order. */
export const randomShares = (count = crashesEach) =>
  Array.from({ length: count }, () => 0.02 + 0.85 * random()).sort((one, other) => one - other);

/** Moments as numbers of answers that said "in progress" since the last crash; the first at once, however short the work. */
export const randomAnswers = (most, count = crashesEach) =>
  Array.from({ length: count }, (_, index) => ({ answers: index === 0 ? 1 : 1 + Math.floor(most * random()) }));

/**
 * Kills the server each time `observe` says that the next moment has come, starts it again, and waits until the work is
 * over. `observe(moment)`: `{ over, reached, detail }`; without a moment only `over`
 * counts. Fails when not one crash was in the middle of the work.
 */
export async function throughCrashes(test, server, { moments, observe, timeoutMs = 180_000 }) {
  let hits = 0;
  for (const moment of moments) {
    const seen = await eventually(
      `the moment ${JSON.stringify(moment)}`,
      async () => {
        const now = await observe(moment);
        return (now.over || now.reached) && now;
      },
      { timeoutMs, intervalMs: observationMs },
    );
    test.diagnostic(`seed ${seed}: killed at ${seen.over ? 'the end' : (seen.detail)}`);
    if (!seen.over) ++hits;
    await server.kill();
    await server.launch();
    if (seen.over) break;
  }
  assert.ok(hits > 0, `seed ${seed}: the work was over before the first moment, so nothing was tested`);
  await eventually('the work ends', async () => (await observe()).over, { timeoutMs, intervalMs: 50 });
  assert.doesNotMatch(await server.log(), /CHECK failed|terminate called|Segmentation/);
}

/** An `observe` that counts answers which say that the work goes on: `{ over, state }`, and whether one is `inside`. */
export function countingAnswers(look, inside) {
  let count = 0;
  return async (moment) => {
    const now = await look();
    if (moment === undefined) return now;
    if (inside(now, moment)) ++count;
    const reached = count >= moment.answers;
    if (reached) count = 0;
    return { over: now.over, reached, detail: `${now.state}, answer ${moment.answers}` };
  };
}
