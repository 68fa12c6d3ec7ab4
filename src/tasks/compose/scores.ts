import type { Network } from '../../nn/index.ts';
import { type Visit, visitor } from '../../train/event-loop.ts';
import { evaluate } from '../../train/index.ts';
import { visiting } from '../baselines/pieces.ts';
import { KIND_BY_NAME } from './kinds.ts';
import { scoringObjective } from './objective.ts';
import type { ComposeSettings } from './options.ts';

/** How well music is predicted; lower is better. */
export interface ComposeScores {
  /** Mean negative log likelihood; what it is counted over says `measure`. */
  test: { nll: number };
  baselines: Record<string, { nll: number }>;
  /** `nats per step over 88 keys`, … */
  measure: string;
  pieces: number;
}

/** Most pieces read side by side when nothing is learned. */
const BATCH = 16;

/** Measures prepared pieces beside the baselines, which count in the training pieces. */
export async function scorePieces(
  network: Network,
  { settings, architecture }: { settings: ComposeSettings; architecture: unknown },
  test: readonly unknown[],
  train: readonly unknown[],
  visit: Visit = visitor(),
): Promise<ComposeScores> {
  const kind = KIND_BY_NAME[settings.kind];
  const nll = await evaluate(network, scoringObjective(kind, network, architecture, test), BATCH, visit);
  const baselines: Record<string, number> = await visiting(kind.baselines(train, test, architecture), visit);
  return {
    test: { nll },
    baselines: Object.fromEntries(Object.entries(baselines).map(([name, value]) => [name, { nll: value }])),
    measure: kind.measure,
    pieces: test.length,
  };
}
