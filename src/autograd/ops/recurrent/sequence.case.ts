import { checkGradients, given } from '../../gradient-check.case.ts';
import type { Tensor } from '../../tensor.ts';
import {
  concat,
  gruLast,
  gruSequence,
  leakySequence,
  lstmLast,
  lstmSequence,
  type RecurrentWeights,
  reshape,
  rnnLast,
  rnnSequence,
  sigmoid,
} from '../index.ts';

const T = 4;
const B = 3;
const D = 2;
const H = 3;
const LENGTHS = [2, 0, 4];

/** A fused sequence: x, weights and first states give all its results. */
interface SequenceCase {
  name: string;
  gates: number;
  states: number;
  run(x: Tensor, weights: RecurrentWeights, initial: Tensor[]): Tensor[];
}

const rnnCase = (activation: 'tanh' | 'relu'): SequenceCase => ({
  name: `rnnSequence ${activation}`,
  gates: 1,
  states: 1,
  run: (x, w, [h]) => Object.values(rnnSequence(x, h, w, activation, LENGTHS)),
});

const gruCase = (reset: 'after' | 'before'): SequenceCase => ({
  name: `gruSequence reset ${reset}`,
  gates: 3,
  states: 1,
  run: (x, w, [h]) => Object.values(gruSequence(x, h, w, reset, LENGTHS)),
});

export const SEQUENCES: readonly SequenceCase[] = [
  rnnCase('tanh'),
  rnnCase('relu'),
  {
    name: 'lstmSequence',
    gates: 4,
    states: 2,
    run: (x, w, [h, c]) => Object.values(lstmSequence(x, h, c, w, LENGTHS)),
  },
  gruCase('after'),
  gruCase('before'),
  ...(['tanh', 'relu'] as const).map(
    (activation): SequenceCase => ({
      name: `leakySequence ${activation}`,
      gates: 1,
      states: 1,
      // The leak is given by a weight, so that its gradient is checked as well.
      run: (x, w, [h]) => Object.values(leakySequence(x, h, w, { share: sigmoid(w.bHh) }, activation, LENGTHS)),
    }),
  ),
  {
    name: 'leakySequence by logits',
    gates: 1,
    states: 1,
    run: (x, w, [h]) => Object.values(leakySequence(x, h, w, { logit: w.bHh }, 'tanh', LENGTHS)),
  },
  ...[1, 3].flatMap((recompute): SequenceCase[] => [
    {
      name: `rnnSequence in segments of ${recompute}`,
      gates: 1,
      states: 1,
      run: (x, w, [h]) => Object.values(rnnSequence(x, h, w, 'tanh', LENGTHS, { recompute })),
    },
    {
      name: `lstmSequence in segments of ${recompute}`,
      gates: 4,
      states: 2,
      run: (x, w, [h, c]) => Object.values(lstmSequence(x, h, c, w, LENGTHS, { recompute })),
    },
    {
      name: `gruSequence in segments of ${recompute}`,
      gates: 3,
      states: 1,
      run: (x, w, [h]) => Object.values(gruSequence(x, h, w, 'before', LENGTHS, { recompute })),
    },
    {
      name: `rnnLast in segments of ${recompute}`,
      gates: 1,
      states: 1,
      run: (x, w, [h]) => [rnnLast(x, h, w, 'tanh', LENGTHS, { recompute })],
    },
    {
      name: `lstmLast in segments of ${recompute}`,
      gates: 4,
      states: 2,
      run: (x, w, [h, c]) => Object.values(lstmLast(x, h, c, w, LENGTHS, { recompute })),
    },
    {
      name: `gruLast in segments of ${recompute}`,
      gates: 3,
      states: 1,
      run: (x, w, [h]) => [gruLast(x, h, w, 'after', LENGTHS, { recompute })],
    },
  ]),
];

/**
 * Every input's gradient, with the outputs past each row's end weighed too: they are constant zeros, so nothing may flow back from
 * them. Layers never let such gradients through; whoever calls the operation may.
 */
export function checkSequenceGradients({ gates, states, run }: SequenceCase): void {
  const G = gates * H;
  const inputs = [[T, B, D], [G, D], [G, H], [G], [G], ...Array<number[]>(states).fill([B, H])];
  checkGradients(
    ([x, wIh, wHh, bIh, bHh, ...initial]) =>
      concat(run(x, { wIh, wHh, bIh, bHh }, initial).map((result) => reshape(result, [result.size]))),
    inputs.map((shape, i) => given(shape, 60 + i, 0.8)),
  );
}
