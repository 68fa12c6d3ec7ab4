import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RecurveError } from 'recurve';
import { writeResults } from '../results.ts';
import type { Outcome } from './learn.ts';
import type { Settings } from './settings.ts';

/** What a bench of this folder returns: the task in numbers and all trainings. */
export interface MemoryResults {
  task: Record<string, number>;
  runs: Outcome[];
}

const PROBLEMS: Record<string, () => Promise<{ run(settings: Settings): Promise<MemoryResults> }>> = {
  adding: () => import('./adding.ts'),
  copy: () => import('./copy.ts'),
  order: () => import('./order.ts'),
  reber: () => import('./reber.ts'),
  rows: () => import('./rows.ts'),
  pixels: () => import('./pixels.ts'),
  leaky: () => import('./leaky.ts'),
};

/**
 * `npm run bench -- memory [NAME …] [--seed N] [--max-time S] [--only LABEL] [--quick]`: the long-memory problems one after the
 * other, then the page docs/memory-problems.md and its pictures. `--only` trains networks with that in their label and keeps the
 * results of the others; `--quick` shows that all runs and writes nothing; the name `page` only writes the page.
 */
export async function main(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      'max-time': { type: 'string', default: '480' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(PROBLEMS);
  const unknown = names.filter((name) => !Object.hasOwn(PROBLEMS, name) && name !== 'page');
  if (unknown.length > 0) {
    throw new RecurveError(
      'usage',
      `bench memory: expected ${Object.keys(PROBLEMS).join(', ')} or page, got ${unknown.join(', ')}; name one`,
    );
  }
  const { only, quick } = values;
  const settings = { seed: Number(values.seed), maxSeconds: Number(values['max-time']), quick, only };
  for (const name of names.filter((one) => one !== 'page')) {
    console.log(`── ${name}`);
    const { task, runs } = await (await PROBLEMS[name]()).run(settings);
    if (!quick) writeResults(`memory-${name}`, { seed: settings.seed, task, runs: only ? joined(name, runs) : runs });
  }
  if (!quick) (await import('./page.ts')).writePage();
}

/** The recorded trainings with the new ones in their places. */
function joined(name: string, runs: readonly Outcome[]): Outcome[] {
  const recorded: MemoryResults = JSON.parse(
    readFileSync(new URL(`../results/memory-${name}.json`, import.meta.url), 'utf8'),
  );
  const same = (a: Outcome, b: Outcome): boolean => a.label === b.label && a.problem === b.problem;
  const kept = recorded.runs.map((old) => runs.find((run) => same(run, old)) ?? old);
  return [...kept, ...runs.filter((run) => !kept.includes(run))];
}
