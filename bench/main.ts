// `npm run bench`: speed beside the peers, bench/performance/. `npm run bench -- NAME`: long trainings whose figures the documentation
// quotes; each prints a table and writes bench/results/NAME.json.

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
  tasks: {
    says: 'figures of the tasks on real data: classify, compose-jsb, compose-nottingham, tag, generate, generate-5min, generate-speed, rhyme; needs RECURVE_DATA',
    load: () => import('./tasks/index.ts'),
  },
  ett: { says: 'ETTh1, OT, 24 hours ahead; needs RECURVE_DATA', load: () => import('./ett.ts') },
};

const [name = '', ...rest] = process.argv.slice(2);
try {
  if (name === '--help' || name === '-h') await help();
  else if (name === '' || name.startsWith('-')) await (await performance()).main(process.argv.slice(2));
  else await named(name, rest);
} catch (error) {
  if (!(error instanceof RecurveError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function performance(): Promise<typeof import('./performance/index.ts')> {
  return import('./performance/index.ts');
}

async function named(known: string, words: readonly string[]): Promise<void> {
  if (!Object.hasOwn(BENCHES, known)) {
    throw new RecurveError(
      'usage',
      `bench: expected no name or one of ${Object.keys(BENCHES).join(', ')}, got "${known}"; see npm run bench -- --help`,
    );
  }
  const bench = await BENCHES[known].load();
  if ('main' in bench) await bench.main(words);
  else await bench.run(words.length > 0 ? words.map(Number) : [1, 2, 3, 4, 5]);
}

async function help(): Promise<void> {
  const { USAGE } = await import('./performance/options.ts');
  const lines = Object.entries(BENCHES).map(([known, { says }]) => `  ${known.padEnd(10)} ${says}`);
  console.log(`${USAGE}\nnpm run bench -- NAME [words]: long trainings whose figures the documentation quotes\n`);
  console.log(`${lines.join('\n')}\n\ne.g. npm run bench -- seattle 1 2 3`);
}
