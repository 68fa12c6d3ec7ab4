import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root } from '../../tools/setup.mjs';
import { median } from '../statistics.ts';
import { type Absent, type Context, figures, type Section } from './context.ts';
import { bundled, type Host } from './hosts.ts';

export interface Startup {
  what: string;
  /** Milliseconds that it may take. */
  limit: number | null;
  ms: number;
}

const ROUNDS = 11;

export const startup: Section = {
  says: 'start of the command line, of an engine, and of the first forward pass in Chromium',
  quick: true,
  async run({ log, options }: Context): Promise<(Startup | ({ what: string } & Absent))[]> {
    using program = await bundled('first-forward');
    const node = program.node(24);
    const chromium = options.quick ? 'left out of the quick run' : program.chromium();
    const rows = [
      { what: 'node -e 0, for comparison', limit: null, ms: await timed(() => started(['-e', '0'])) },
      {
        what: 'recurve --help',
        limit: 100,
        ms: await timed(() => started([join(root, 'dist/cli/main.js'), '--help'])),
      },
      await within('engine ready in Node', 50, node, 'engineReady'),
      await within('first forward in Node', null, node, 'firstForward'),
      await within('first forward in Chromium', 150, chromium, 'firstForward'),
    ];
    for (const row of rows) log(`${row.what.padEnd(28)}${'ms' in row ? `${row.ms} ms` : `absent: ${row.absent}`}`);
    return rows;
  },
};

async function within(what: string, limit: number | null, host: Host | string, name: string) {
  if (typeof host === 'string') return { what, absent: host };
  return { what, limit, ms: await timed(async () => Number(await host.call(name))) };
}

/** Median of fresh starts. */
async function timed(once: () => number | Promise<number>): Promise<number> {
  await once();
  const samples: number[] = [];
  for (let k = 0; k < ROUNDS; k++) samples.push(await once());
  return figures(median(samples));
}

/** Milliseconds of a whole process, from its start to its end. */
function started(args: readonly string[]): number {
  const began = performance.now();
  const { status } = spawnSync(nodeBinary(), args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`bench: expected node ${args.join(' ')} to succeed, got exit code ${status}`);
  return performance.now() - began;
}
