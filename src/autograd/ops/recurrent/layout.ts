import { RecurveError } from '../../../errors.ts';
import { expectShape, type Tensor } from '../../tensor.ts';
import type { Lengths } from '../sequence.ts';
import type { FusedCell, Layout, RecurrentWeights, SequenceOptions, SkipConnection } from './contract.ts';

/** Checks the arguments of a fused operation; `inputs` are all tensors that it reads. */
export function layout(
  cell: FusedCell,
  inputs: readonly Tensor[],
  x: Tensor,
  initial: readonly Tensor[],
  weights: RecurrentWeights,
  lengths: Lengths,
  { recompute, skip }: SequenceOptions,
): Layout {
  const who = cell.name;
  for (const tensor of inputs) x.tape.check(tensor);
  expectShape(who, 'time-major x', x.shape, ['T', 'B', 'D'], 'sequences have three axes');
  const [T, B, D] = x.shape;
  const H = weights.wHh.shape[1];
  const G = cell.gates * H;
  expectShape(who, 'x', x.shape, ['T', 'B', weights.wIh.shape[1]], `build the layer with input: ${D}`);
  expectShape(who, 'w_ih', weights.wIh.shape, [G, D], 'PyTorch keeps gates × hidden rows');
  expectShape(who, 'w_hh', weights.wHh.shape, [G, H], 'PyTorch keeps gates × hidden rows');
  for (const bias of [weights.bIh, weights.bHh]) expectShape(who, 'bias', bias.shape, [G], 'one number per gate row');
  for (const state of initial)
    expectShape(who, 'initial state', state.shape, [B, H], 'one row per sequence of the batch');
  const delay = skip ? skip.past.shape[1] / H + 1 : 1;
  if (skip) {
    expectShape(who, 'w_sk', skip.weight.shape, [G, H], 'gates × hidden rows, as w_hh');
    expectShape(
      who,
      'past',
      skip.past.shape,
      [B, (Math.floor(delay) - 1) * H],
      'd − 1 states side by side, oldest first',
    );
    if (recompute !== undefined || delay < 2 || cell.skips === false) {
      throw new RecurveError(
        'usage',
        `${who}: expected a skip over at least 2 steps without recompute, in a cell that has it, got ${delay} steps${recompute === undefined ? '' : ' and recompute'}; run the cell step by step instead`,
      );
    }
  }
  return { tape: x.tape, T, B, D, H, G, lengths, weights, skip, delay };
}

/** Tensors that a call reads. */
export function inputsOf(
  cell: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  { wIh, bIh, wHh, bHh }: RecurrentWeights,
  skip: SkipConnection | undefined,
): Tensor[] {
  return [x, ...initial, wIh, wHh, bIh, bHh, ...extrasOf(cell, skip)];
}

/** Tensors that a call reads beside x, first states and weights. */
export function extrasOf(cell: FusedCell, skip: SkipConnection | undefined): Tensor[] {
  return [...(cell.extra ?? []), ...(skip ? [skip.weight, skip.past] : [])];
}
