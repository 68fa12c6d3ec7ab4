import { NONE } from '../../../engine/engine.ts';
import type { Tensor } from '../../tensor.ts';
import type { Lengths } from '../sequence.ts';
import type { FusedCell, FusedResult, Layout, RecurrentResult, RecurrentWeights, SequenceOptions } from './contract.ts';
import { inputsOf, layout } from './layout.ts';
import { maskedCell } from './mask.ts';
import { segmentLength, segments } from './segments.ts';
import { finish, states } from './states.ts';
import { stored } from './stored.ts';
import { forwardSteps } from './windows.ts';

/**
 * Whole recurrent layers as single tape nodes. The input's products are one GEMM before the time loop, the weight gradients
 * one GEMM after it; the loop itself runs in the engine.
 *
 * Kept for backward, in slots, x included: LSTM `TB(D + 4H) + 2(T+1)BH`, GRU `TB(D + 4H) + (T+1)BH`, RNN `TB(D + H) + (T+1)BH`.
 * Backward adds `(T+1)BH`, and `TBD` where x needs a gradient; it goes through windows of W steps (windows.ts) and takes the gates' gradients
 * of one, LSTM and GRU `4WBH`, RNN `WBH`. A prediction keeps gates of a window only. With `recompute` everything but `TBD` and, in
 * `…Sequence`, `(T+1)BH` twice (outputs and their gradient) counts for one segment only, and border states are added. docs/memory.md measures it.
 */

/** All outputs; between forward and backward everything is stored ({@link stored}), or only outputs and border states ({@link segments}). */
export function fusedSequence(
  given: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  weights: RecurrentWeights,
  lengths: Lengths,
  options: SequenceOptions = {},
): FusedResult {
  const { recompute, skip, mask } = options;
  const cell = mask ? maskedCell(given, mask) : given;
  const inputs = inputsOf(cell, x, initial, weights, skip);
  const at = layout(cell, inputs, x, initial, weights, lengths, options);
  const { tape, B, H } = at;
  const length = recompute ?? unseen(at, inputs);
  if (length === undefined) return stored(at, cell, x, initial, inputs);
  const hidden = states(at, initial[0], inputs);
  const lastCell = cell.cells ? tape.output([B, H], inputs) : hidden;
  const run = segments(at, cell, x, initial, length, { hidden });
  run.forward(NONE, cell.cells ? lastCell.address : NONE);
  tape.announce?.({ kind: cell.name, hidden, lengths, gates: [], weight: weights.wHh });
  tape.record(
    cell.cells ? [hidden, lastCell] : [hidden],
    () => run.backward(NONE, cell.cells ? tape.gradientOf(lastCell) : NONE),
    cell.name,
  );
  return finish(at, hidden, lastCell);
}

/** Steps of the segments of a call whose gates nobody will ask for; undefined where somebody may, or where one segment would do. */
function unseen(at: Layout, inputs: readonly Tensor[]): number | undefined {
  const { tape, T, skip } = at;
  if (skip || tape.announce || (tape.recording && inputs.some(({ tracked }) => tracked))) return;
  const steps = forwardSteps(at);
  return steps < T ? steps : undefined;
}

/** The last states alone; outputs are not kept. */
export function fusedLast(
  given: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  weights: RecurrentWeights,
  lengths: Lengths,
  { recompute, skip, mask }: SequenceOptions = {},
): Omit<FusedResult, 'outputs'> {
  const cell = mask ? maskedCell(given, mask) : given;
  const inputs = inputsOf(cell, x, initial, weights, skip);
  const steps = recompute ?? segmentLength(x.shape[0]);
  const at = layout(cell, inputs, x, initial, weights, lengths, { recompute: steps, skip });
  const { tape, B, H } = at;
  const last = tape.output([B, H], inputs);
  const lastCell = cell.cells ? tape.output([B, H], inputs) : last;
  const run = segments(at, cell, x, initial, steps, {});
  run.forward(last.address, cell.cells ? lastCell.address : NONE);
  tape.record(
    cell.cells ? [last, lastCell] : [last],
    () => run.backward(tape.gradientOf(last), cell.cells ? tape.gradientOf(lastCell) : NONE),
    cell.name,
  );
  return { last, lastCell };
}

/** For cells whose only state is h. */
export function hiddenOnly({ outputs, last, past }: FusedResult): RecurrentResult {
  return { outputs, last, ...(past && { past }) };
}
