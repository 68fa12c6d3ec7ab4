import { type Address, NONE } from '../../../engine/engine.ts';
import type { Tape } from '../../tape.ts';
import type { Tensor } from '../../tensor.ts';
import { lastRows, placeLengths } from '../sequence.ts';
import type { FusedCell, FusedResult, Layout, Window, WindowGradients } from './contract.ts';
import { targets, windowGradients } from './gradients.ts';
import { inputProducts } from './input-products.ts';
import { addTo, addToPast, finish, pastOf, states } from './states.ts';

/** Both directions at once: forward keeps everything that backward needs. */
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
  const gates = inputProducts(at, cell, x.address, T);
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
      const back: WindowGradients = {
        ...window,
        dgates: engine.arena.take(T * B * G),
        dcandidate: cell.candidate ? engine.arena.take(T * B * H) : NONE,
        dhidden: tape.gradientOf(hidden),
        dcell: cells ? gradientCopy(tape, lastCell) : NONE,
      };
      const to = targets(at, cell, x);
      engine.arena.scope(() => cell.backward(at, back, cell.pack(at, true)));
      addTo(tape, initial[0], back.dhidden);
      addToPast(at, tape.gradientOf(all));
      if (cells) addTo(tape, initial[1], back.dcell);
      engine.arena.scope(() => windowGradients(at, cell, x.address, 0, back, to));
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
