// `npm run bench -- NAME`: long trainings whose figures the documentation quotes. Each prints a table and writes bench/results/NAME.json.

import { RecurveError } from 'recurve';

/** A bench takes seeds, or the words behind its name as they are. */
type Bench = { run(seeds: readonly number[]): Promise<void> } | { main(words: readonly string[]): Promise<void> };

const BENCHES: Record<string, { says: string; load(): Promise<Bench> }> = {
  seattle: { says: "next day's temp_max in Seattle 2015, seeds 1-5", load: () => import('./seattle.ts') },
  picture: { says: 'redraws docs/pictures/seattle.svg with the first seed', load: () => import('./picture.ts') },
  recompute: { says: 'time and memory of recomputation, H = 128', load: () => import('./recompute.ts') },
  memory: {
    says: 'long-memory problems: adding, copy, order, reber, rows, pixels, leaky; [--seed N] [--max-time S]; needs RECURVE_DATA',
    load: () => import('./memory/index.ts'),
  },
  ett: { says: 'ETTh1, OT, 24 hours ahead; needs RECURVE_DATA', load: () => import('./ett.ts') },
};

const [name = '', ...rest] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  console.error(
    `bench: expected one of ${Object.keys(BENCHES).join(', ')}, got "${name}"; e.g. npm run bench -- seattle 1 2 3`,
  );
  for (const [known, { says }] of Object.entries(BENCHES)) console.error(`  ${known.padEnd(10)}${says}`);
  process.exitCode = 2;
} else {
  try {
    const loaded = await bench.load();
    if ('main' in loaded) await loaded.main(rest);
    else await loaded.run(rest.length > 0 ? rest.map(Number) : [1, 2, 3, 4, 5]);
  } catch (error) {
    if (!(error instanceof RecurveError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
