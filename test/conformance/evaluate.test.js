// The commands for data people: training, measuring and recommending from files, without a server.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { filmWorld } from '../harness/film_world.js';
import { buildDirectory } from '../harness/rapport_server.js';

const run = promisify(execFile);

describe('the commands without a server', () => {
  const world = filmWorld();
  let directory;
  let files;

  const rapport = (...flags) => run(join(buildDirectory, 'rapport'), flags);
  const fails = (flags, message) =>
    assert.rejects(rapport(...flags), (error) => {
      assert.match(error.stderr, message);
      return true;
    });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rapport-evaluate-'));
    files = (name) => join(directory, name);
    await writeFile(files('interactions.csv'), world.interactions);
    await writeFile(files('items.csv'), world.items);
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it('trains, prints a table, writes report and model, and recommends from it', async () => {
    const data = ['--interactions', files('interactions.csv'), '--items', files('items.csv')];
    const outputs = ['--report', files('report.json'), '--model', files('films.model')];
    const { stdout } = await rapport('evaluate', '--recipe', 'similar-items', ...data, ...outputs);
    assert.match(stdout, /120 users, 400 items, 3600 interactions/);
    assert.match(stdout, /normalized_discounted_cumulative_gain_at_10 +0\.\d{4} +0\.\d{4} +0\.\d{4}/);
    const report = JSON.parse(await readFile(files('report.json'), 'utf8'));
    assert.ok(report.metrics.precision_at_25 > report.baselines.random.precision_at_25);
    assert.equal(report.learningCurve.length, 4);
    const answer = await rapport('recommend', '--model', files('films.model'), '--item', 'f1', '--count', '6', '--explain');
    const items = answer.stdout.trim().split('\n').map((line) => line.split(' ')[0]);
    assert.equal(items.length, 6);
    const alike = world.genreFilms('Comedy');
    assert.ok(items.filter((item) => alike.has(item)).length >= 5, answer.stdout);
  });

  it('foretells the last item, and writes a page', async () => {
    const data = ['--interactions', files('interactions.csv'), '--protocol', 'leave-one-out'];
    const { stdout } = await rapport('evaluate', '--recipe', 'aws-sims', ...data, '--report', files('report.html'));
    assert.match(stdout, /hit_rate_at_10 +0\.\d{4} +0\.\d{4}/);
    assert.match(await readFile(files('report.html'), 'utf8'), /^<!doctype html>/);
  });

  it('says what is wrong', async () => {
    const data = ['--interactions', files('interactions.csv')];
    await fails(['evaluate', '--recipe', 'sims', '--interactions', files('none.csv')], /Cannot open the file/);
    await fails(['evaluate', '--recipe', 'sims', ...data, '--hyperparameter', 'popularity_discount_factor=2'], /from 0 to 1/);
    await fails(['evaluate', '--recipe', 'unheard-of', ...data], /no such/);
    await fails(['recommend', '--model', files('interactions.csv')], /not a whole model file/);
  });
});
