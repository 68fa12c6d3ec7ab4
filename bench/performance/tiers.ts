import { TIERS } from 'recurve/engine';
import { type Case, SHAPES } from './cases.ts';
import { type Absent, type Context, figures, type Section } from './context.ts';
import { bundled, type Host } from './hosts.ts';
import type { TierCase } from './tier-program.ts';

export type TierRow = { host: string; tier: string } & (TierCase | Absent);

/** Sizes at which the products decide, and which the slowest tier still finishes in a minute or two. */
const MEASURED = SHAPES.filter(({ H }) => H >= 256 && H <= 512);

/** For each case, the bare product included. */
const SECONDS = 8;

export const tiers: Section = {
  says: 'each tier against its own peak: this Node, Node 20, Chromium',
  async run({ options, log }: Context): Promise<TierRow[]> {
    const shapes = options.shapes ?? MEASURED;
    const cases = shapes.flatMap((shape) => options.cells.map((cell): Case => ({ work: 'train', cell, ...shape })));
    const rows: TierRow[] = [];
    const add = async (host: Host | string, name: string, tier: string): Promise<void> => {
      const measured = await attempt(host, tier, cases);
      const named = measured.map((one) => ({ host: name, tier, ...one }));
      for (const row of named) log(lineOf(row));
      rows.push(...named);
    };
    using program = await bundled('tier-program');
    for (const { name } of TIERS.filter((tier) => !options.tier || tier.name === options.tier)) {
      // Each in a process of its own, as the program of a user would be.
      await add(program.node(24), `Node ${process.versions.node}`, name);
    }
    await add(program.node(20), 'Node 20', 'simd');
    for (const tier of ['fma', 'simd']) await add(program.chromium(), 'Chromium', tier);
    return rows;
  },
};

/** Each case in a fresh process or page, so that a case meets no memory or code of those before. */
async function attempt(host: Host | string, tier: string, cases: readonly Case[]): Promise<(TierCase | Absent)[]> {
  if (typeof host === 'string') return [{ absent: host }];
  const rows: TierCase[] = [];
  for (const one of cases) {
    const taken = (await host.call('measureTier', tier, [one], SECONDS)) as TierCase[] | Absent;
    if ('absent' in taken) return [taken];
    rows.push(...taken);
  }
  return rows.map((row) => ({
    ...row,
    ms: figures(row.ms),
    gflops: figures(row.gflops),
    peakGflops: figures(row.peakGflops),
    share: figures(row.share),
  }));
}

function lineOf(row: TierRow): string {
  const name = `${row.host.padEnd(14)}${row.tier.padEnd(10)}`;
  if ('absent' in row) return `${name}absent: ${row.absent}`;
  const { cell, H, gflops, peakGflops, share } = row;
  return `${name}${cell.padEnd(5)}H ${H}  ${gflops.toFixed(1)} of ${peakGflops.toFixed(1)} GFLOP/s: ${(share * 100).toFixed(0)} %`;
}
