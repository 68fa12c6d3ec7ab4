import { createEngine } from 'recurve/engine';
import { type Case, operations } from './cases.ts';
import { peakProduct } from './gemm.ts';
import { alternate } from './measure.ts';
import { recurveSide } from './recurve.ts';

/** A case's speed beside the bare product's in the same rounds. */
export interface TierCase {
  cell: string;
  T: number;
  B: number;
  D: number;
  H: number;
  ms: number;
  gflops: number;
  peakGflops: number;
  /** Part of the peak that the whole training step reaches. */
  share: number;
}

/** Runs on every host, Node's and browsers': one text. Times training with one tier. */
export async function measureTier(
  tier: string,
  cases: readonly Case[],
  seconds: number,
): Promise<TierCase[] | { absent: string }> {
  const engine = await createEngine({ tier }).catch((error: Error) => error);
  if (engine instanceof Error) return { absent: engine.message };
  const peak = peakProduct(engine);
  const rows: TierCase[] = [];
  for (const one of cases) {
    using mine = recurveSide(engine, one);
    const milliseconds = (seconds / cases.length) * 1000;
    const [bare, own] = await alternate([peak, mine], { rounds: 15, least: 7, milliseconds });
    const gflops = operations(one) / own.ms / 1e6;
    const peakGflops = peak.operations / bare.ms / 1e6;
    const { cell, T, B, D, H } = one;
    rows.push({ cell, T, B, D, H, ms: own.ms, gflops, peakGflops, share: gflops / peakGflops });
  }
  return rows;
}
