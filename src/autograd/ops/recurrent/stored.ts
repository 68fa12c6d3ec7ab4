import { type Address, NONE } from '../../../engine/engine.ts';
import type { Tape } from '../../tape.ts';
import type { Tensor } from '../../tensor.ts';
import { lastRows, placeLengths } from '../sequence.ts';
import type { FusedCell, FusedResult, Layout, Window } from './contract.ts';
import { backThrough, targets, untouched } from './gradients.ts';
import { inputPanels, inputProducts } from './input-products.ts';
import { addTo, addToPast, finish, pastOf, states } from './states.ts';
import { backwardSteps, partOf, placeLengthsFrom } from './windows.ts';

/** Forward keeps everything that backward needs, which goes through it window by window. */
export function stored(
  at: Layout,
  cell: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  inputs: readonly Tensor[],
): FusedResult {
  const { tape, T, B, H, G, lengths, skip } = at;
  const { engine } = tape;
  const ends = placeLengths(tape, lengths, B, T);
  const gates = engine.arena.take(T * B * G);
  engine.arena.scope(() => inputProducts(at, cell, gates, x.address, T, inputPanels(at)));
  const candidate = cell.candidate ? engine.arena.take(T * B * H) : NONE;
  const all = states(at, initial[0], inputs, skip);
  const hidden = skip ? tape.view(all, [T + 1, B, H], (at.delay - 1) * B * H) : all;
  const cells = cell.cells ? states(at, initial[1], inputs) : undefined;
  const window: Window = {
    T,
    B,
    H,
    lengths: ends,
    gates,
    hidden: hidden.address,
    cells: cells?.address ?? NONE,
    candidate,
  };
  engine.arena.scope(() => cell.forward(at, window, cell.pack(at, false)));
  const lastCell = cells ? lastRows(cells, lengths, ends) : hidden;
  if (tape.announce) {
    const kept = cell.activations.map((gate, q) => ({ ...gate, address: gates + q * H, stride: G }));
    tape.announce({ kind: cell.name, hidden, lengths, gates: kept, weight: at.weights.wHh });
  }
  tape.record(
    cells ? [all, lastCell] : [all],
    () => {
      const to = targets(at, cell, x);
      const dhidden = tape.gradientOf(hidden);
      const dcell = cells ? gradientCopy(tape, lastCell) : NONE;
      engine.arena.scope(() => {
        const packed = cell.pack(at, true);
        const steps = backwardSteps(at);
        for (let end = T; end > 0; end -= steps) {
          const from = Math.max(0, end - steps);
          const back = dhidden + from * B * H;
          if (untouched(at, end - from, back, dcell)) continue;
          engine.arena.scope(() => {
            const part = partOf(at, window, from, end - from, placeLengthsFrom(at, from, end - from));
            backThrough(at, cell, x, from, { ...part, dhidden: back, dcell }, packed, to);
          });
        }
      });
      addTo(tape, initial[0], dhidden);
      addToPast(at, tape.gradientOf(all));
      if (cells) addTo(tape, initial[1], dcell);
    },
    cell.name,
  );
  const result = finish(at, hidden, lastCell);
  return skip ? { ...result, past: pastOf(at, all) } : result;
}

/** The gradient of the last cell state, in a place that the time loop may write over; zeros where none arrived. */
function gradientCopy({ engine }: Tape, { gradientAddress, size }: Tensor): Address {
  const copy = engine.arena.take(size);
  if (gradientAddress === NONE) engine.fill(copy, size, 0);
  else engine.copy(copy, gradientAddress, size);
  return copy;
}
