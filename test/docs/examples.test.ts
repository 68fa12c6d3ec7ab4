import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProject, runSnippet } from '../../tools/run-docs.ts';
import { root } from '../../tools/setup.mjs';

const read = (name: string) => readFileSync(join(root, 'examples', name), 'utf8');

/** What each example must have said: examples/NAME → a check of its output. */
const CHECKS: Readonly<Record<string, (output: string) => void>> = {
  'classify.ts': (output) => {
    const [, model, bayes] = /^accuracy ([\d.]+) naive Bayes ([\d.]+)$/m.exec(output) ?? [];
    expect(Number(model)).toBeGreaterThan(Number(bayes) + 0.2);
    expect(output).toMatch(/^praise [\d.]+\nblame [\d.]+\nfor blame the -?[\d.]+, film /m);
  },
  'compose.ts': (output) => {
    const nll = (name: string) => Number(new RegExp(`^${name} +([\\d.]+) nats`, 'm').exec(output)?.[1]);
    expect(nll('model')).toBeLessThan(0.8 * nll('markov'));
    expect(output).toMatch(/^tune\.mid: G4( [A-G]♯?\d)+$/m);
  },
  'forecast.ts': (output) => {
    const rmse = (name: string) => Number(new RegExp(`^${name} +([\\d.]+) MW`, 'm').exec(output)?.[1]);
    expect(rmse('model')).toBeLessThan(0.8 * rmse('persistence'));
    expect(output.match(/^2024-03-11T.*80 %/gm)).toHaveLength(12);
  },
  'generate.ts': (output) => {
    const bits = (name: string) => Number(new RegExp(`^${name} ([\\d.]+) bits`, 'm').exec(output)?.[1]);
    expect(bits('model')).toBeLessThan(0.95 * bits('5-gram'));
    expect(output).toMatch(/^\[[ab]{5}/m);
  },
  'own-cell.ts': (output) => {
    expect(Number(/squared error ([\d.]+);/.exec(output)?.[1])).toBeLessThan(0.01);
  },
  'tag.ts': (output) => {
    const brier = (name: string) => Number(new RegExp(`^${name} +Brier ([\\d.]+)`, 'm').exec(output)?.[1]);
    expect(brier('model')).toBeLessThan(0.9 * brier('markov'));
    expect(output.match(/^after \d\d:\d\d: (yes|no), \d+ %$/gm)).toHaveLength(4);
  },
  'stream.ts': (output) => {
    expect(output.match(/^after \d+: next [\d.]+, came [\d.]+$/gm)).toHaveLength(4);
  },
};

describe('examples/', () => {
  let folder: string;
  beforeAll(() => {
    folder = makeProject();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('holds only examples that are checked here, each under 40 lines', () => {
    const names = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'));
    expect(names.sort()).toEqual(Object.keys(CHECKS).sort());
    for (const name of names) expect(read(name).trimEnd().split('\n').length, name).toBeLessThan(40);
  });

  test.each(Object.entries(CHECKS))(
    '%s runs against the built package and says what it should',
    (name, check) => {
      check(runSnippet({ page: `examples/${name}`, line: 1, language: 'ts', code: read(name) }, folder));
    },
    60_000,
  );
});
