import { geometricMean } from '../statistics.ts';
import type { PeerResult } from './beside-peer.ts';
import type { Absent } from './context.ts';
import type { Recorded } from './record.ts';
import type { Row, StepRow } from './sequences.ts';
import { markdown, times } from './tables.ts';

/** A peer's time divided by Recurve's, row by row; empty where they were not compared. */
interface Compared {
  peer: string;
  train: number[];
  infer: number[];
  step: number[];
}

/**
 * All peers in one table, for the README: the geometric mean of the ratios in fast mode over cells and sizes, worst and best in brackets.
 * Nothing where no peer was measured.
 */
export function glanceTable(recorded: Recorded): string | undefined {
  const compared = [...pytorch(recorded), ...others(recorded)].filter(
    ({ train, infer, step }) => train.length + infer.length + step.length > 0,
  );
  if (compared.length === 0) return undefined;
  return markdown(
    ['beside', 'training step', 'prediction', 'step of a stream'],
    compared.map(({ peer, train, infer, step }) => [peer, ...[train, infer, step].map(spread)]),
  );
}

function pytorch({ pytorch, train = [], infer = [], step = [] }: Recorded): Compared[] {
  if (!pytorch) return [];
  const rows = [train, infer] as Row[][];
  const steps = fast(step as StepRow[]);
  const wide = rows.map((some) => known(fast(some).map(({ ratio }) => ratio)));
  const narrow = rows.map((some) => known(fast(some).map(({ isaRatio }) => isaRatio)));
  const name = `PyTorch ${pytorch.version.replace(/\+.*/, '')}`;
  const layers = known(steps.map(({ layerRatio }) => layerRatio));
  return [
    { peer: `${name}, ${pytorch.limited?.capability} like Recurve`, train: narrow[0], infer: narrow[1], step: [] },
    { peer: `${name}, ${pytorch.capability}`, train: wide[0], infer: wide[1], step: layers },
  ];
}

function others(recorded: Recorded): Compared[] {
  const ratios = (section: string): number[] => {
    const result = recorded[section] as PeerResult | Absent | undefined;
    return result && 'rows' in result ? fast(result.rows).map(({ ratio }) => ratio) : [];
  };
  const version = (section: string): string => (recorded[section] as PeerResult | undefined)?.version ?? '';
  const none = { train: [], infer: [], step: [] };
  return [
    { ...none, peer: `ONNX Runtime ${version('onnx')}`, infer: ratios('onnx') },
    { ...none, peer: `TensorFlow.js ${version('tfjs')}, WebAssembly`, train: ratios('tfjs') },
    { ...none, peer: `brain.js ${version('brain')}`, train: ratios('brain') },
  ];
}

const fast = <R extends { numerics: string }>(rows: readonly R[]): R[] =>
  rows.filter(({ numerics }) => numerics === 'fast');

const known = (ratios: readonly (number | null)[]): number[] => ratios.filter((ratio) => ratio !== null);

function spread(ratios: readonly number[]): string {
  if (ratios.length === 0) return '';
  const [worst, best] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => times(ratio).slice(2));
  return `**${times(geometricMean(ratios))}** (${worst} to ${best})`;
}
