import { NONE } from '../../../engine/engine.ts';
import type { Tensor } from '../../tensor.ts';
import { placeLengths } from '../sequence.ts';
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
  const { tape, T, B, H, G } = at;
  const { engine } = tape;
  const window: Window = {
    T,
    B,
    H,
    lengths: placeLengths(tape, at.lengths, B, T),
    gates: inputProducts(at, cell, x.address, T),
    hidden: NONE,
    cells: NONE,
    candidate: cell.candidate ? engine.arena.take(T * B * H) : NONE,
  };
  const all = states(at, initial[0], inputs);
  const hidden = at.skip ? tape.view(all, [T + 1, B, H], (at.delay - 1) * B * H) : all;
  window.hidden = hidden.address;
  if (cell.cells) window.cells = states({ ...at, skip: undefined }, initial[1], inputs).address;
  engine.arena.scope(() => cell.forward(at, window, cell.pack(at, false)));
  const lastCell = cell.cells ? tape.output([B, H], inputs) : hidden;
  if (cell.cells) engine.takeLast(lastCell.address, window.cells, window.lengths, B, T, H);
  const gates = cell.activations.map((gate, q) => ({ ...gate, address: window.gates + q * H, stride: G }));
  tape.announce?.({ kind: cell.name, hidden, lengths: at.lengths, gates, weight: at.weights.wHh });
  tape.record(
    cell.cells ? [all, lastCell] : [all],
    () => {
      const gradients: WindowGradients = {
        dgates: engine.arena.take(T * B * G),
        dcandidate: cell.candidate ? engine.arena.take(T * B * H) : NONE,
        dhidden: tape.gradientOf(hidden),
        dcell: cell.cells ? engine.arena.take(B * H) : NONE,
      };
      if (cell.cells) engine.copy(gradients.dcell, tape.gradientOf(lastCell), B * H);
      const to = targets(at, cell, x);
      engine.arena.scope(() => cell.backward(at, window, gradients, cell.pack(at, true)));
      addTo(tape, initial[0], gradients.dhidden);
      addToPast(at, tape.gradientOf(all));
      if (cell.cells) addTo(tape, initial[1], gradients.dcell);
      engine.arena.scope(() => windowGradients(at, cell, x.address, 0, window, gradients, to));
    },
    cell.name,
  );
  const result = finish(at, hidden, lastCell);
  return at.skip ? { ...result, past: pastOf(at, all) } : result;
}
