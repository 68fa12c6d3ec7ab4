import { type Address, NONE } from '../../../engine/engine.ts';
import type { Tape } from '../../tape.ts';
import type { Tensor } from '../../tensor.ts';
import { gather } from '../rows.ts';
import { takeLast } from '../sequence.ts';
import { reshape } from '../shape.ts';
import type { FusedResult, Layout, SkipConnection } from './contract.ts';

/** `[T+1, B, H]` with the initial state in row 0; before it, with a skip, `delay − 1` rows of older ones. */
export function states(
  { tape, T, B, H, delay }: Layout,
  initial: Tensor,
  inputs: readonly Tensor[],
  skip?: SkipConnection,
): Tensor {
  const before = skip ? delay - 1 : 0;
  const all = tape.output([before + T + 1, B, H], inputs);
  if (skip) tape.engine.toTimeMajor(all.address, skip.past.address, NONE, B, before, H);
  tape.engine.copy(all.address + before * B * H, initial.address, B * H);
  return all;
}

/** Each row's states before its last one, side by side, oldest first: `[B, (d−1)·H]`. */
export function pastOf({ T, B, H, lengths, delay }: Layout, all: Tensor): Tensor {
  const count = delay - 1;
  const values = Int32Array.from({ length: B * count }, (_, i) => {
    const [b, j] = [Math.floor(i / count), i % count];
    return ((lengths?.[b] ?? T) + j) * B + b;
  });
  return reshape(gather(reshape(all, [all.size / H, H]), { values, shape: [B, count] }), [B, count * H]);
}

/** The gradient of the states before the first one, from that of all of them. */
export function addToPast({ tape, B, H, skip, delay }: Layout, dall: Address): void {
  const d = skip ? tape.gradientOf(skip.past) : NONE;
  if (d !== NONE) tape.engine.toBatchFirst(d, dall, NONE, B, delay - 1, H, true);
}

/** Outputs are a view of the states. */
export function finish({ tape, T, B, H, lengths }: Layout, hidden: Tensor, lastCell: Tensor): FusedResult {
  return { outputs: tape.view(hidden, [T, B, H], B * H), last: takeLast(hidden, lengths), lastCell };
}

/** Adds to the gradient of a first state, where that is wanted. */
export function addTo(tape: Tape, initial: Tensor, gradient: Address): void {
  const d = tape.gradientOf(initial);
  if (d !== NONE) tape.engine.axpy(d, gradient, initial.size, 1);
}
