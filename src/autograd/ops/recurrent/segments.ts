import { type Address, NONE } from '../../../engine/engine.ts';
import { expectWhole } from '../../../options.ts';
import type { Tensor } from '../../tensor.ts';
import { placeLengths } from '../sequence.ts';
import type { FusedCell, Layout, Packed, Window } from './contract.ts';
import { backThrough, targets, untouched } from './gradients.ts';
import { inputPanels, inputProducts } from './input-products.ts';
import { addTo } from './states.ts';
import { placeLengthsFrom } from './windows.ts';

/** The root of T, rounded up: borders and one segment together then take the least memory. Chen et al. 2016. */
export function segmentLength(T: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(T)));
}

/**
 * Both directions in segments of `length` steps. Forward keeps the states at the borders of segments; backward walks the segments
 * last to first, computes each again and goes back through it. Every gradient is added in the order of full storage, so its bits
 * are the same. With `keep.hidden` the states of all steps [T+1, B, H] are kept there, else only those at the borders.
 */
export function segments(
  at: Layout,
  cell: FusedCell,
  x: Tensor,
  initial: readonly Tensor[],
  length: number,
  keep: { hidden?: Tensor },
): {
  forward(last: Address, lastCell: Address): void;
  backward(dlast: Address, dlastCell: Address): void;
} {
  expectWhole(cell.name, 'recompute', length, { next: 'segmentLength(T) takes the least memory' });
  const { tape, T, B, D, H, G, lengths } = at;
  const { engine } = tape;
  const { arena } = engine;
  const n = B * H;
  // Checked at once, though each window writes its own.
  arena.scope(() => placeLengths(tape, lengths, B, T));
  const count = Math.ceil(T / length);
  const border = (initialState: Tensor): Address => {
    const all = arena.take((count + 1) * n);
    engine.copy(all, initialState.address, n);
    return all;
  };
  const hiddenBorders = keep.hidden ? NONE : border(initial[0]);
  const cellBorders = cell.cells ? border(initial[1]) : NONE;

  /** Computes segment k, from its border states. */
  const compute = (k: number, packed: Packed, panels: Address | undefined): Window => {
    const from = k * length;
    const steps = Math.min(length, T - from);
    const started = (borders: Address): Address => {
      const all = arena.take((steps + 1) * n);
      engine.copy(all, borders + k * n, n);
      return all;
    };
    const window: Window = {
      T: steps,
      B,
      H,
      lengths: placeLengthsFrom(at, from, steps),
      gates: arena.take(steps * B * G),
      hidden: keep.hidden ? keep.hidden.address + from * n : started(hiddenBorders),
      cells: cell.cells ? started(cellBorders) : NONE,
      candidate: cell.candidate ? arena.take(steps * n) : NONE,
    };
    inputProducts(at, cell, window.gates, x.address + from * B * D, steps, panels);
    cell.forward(at, window, packed);
    return window;
  };

  /** Visits the rows whose last step lies in segment k: row b, and its place among the window's states. */
  const ends = (k: number, visit: (b: number, place: number) => void): void => {
    const from = k * length;
    for (let b = 0; b < B; b++) {
      const end = (lengths?.[b] ?? T) - from;
      if (end <= Math.min(length, T - from) && (end > 0 || (end === 0 && k === 0))) visit(b, (end * B + b) * H);
    }
  };

  return {
    forward(last, lastCell) {
      if (count === 0 && last !== NONE) engine.copy(last, initial[0].address, n);
      if (count === 0 && lastCell !== NONE) engine.copy(lastCell, initial[1].address, n);
      arena.scope(() => {
        const packed = cell.pack(at, false);
        const panels = inputPanels(at);
        for (let k = 0; k < count; k++) {
          arena.scope(() => {
            const { T: steps, hidden, cells } = compute(k, packed, panels);
            if (hiddenBorders !== NONE) engine.copy(hiddenBorders + (k + 1) * n, hidden + steps * n, n);
            if (cellBorders !== NONE) engine.copy(cellBorders + (k + 1) * n, cells + steps * n, n);
            ends(k, (b, place) => {
              if (last !== NONE) engine.copy(last + b * H, hidden + place, H);
              if (lastCell !== NONE) engine.copy(lastCell + b * H, cells + place, H);
            });
          });
        }
      });
    },
    backward(dlast, dlastCell) {
      const to = targets(at, cell, x);
      const whole = keep.hidden ? tape.gradientOf(keep.hidden) : NONE;
      const carried = keep.hidden ? whole : arena.take(n);
      const dcell = cell.cells ? arena.take(n) : NONE;
      if (cell.cells) engine.copy(dcell, dlastCell, n);
      if (!keep.hidden) {
        // Without a step, the last states are the first ones.
        if (count === 0) engine.copy(carried, dlast, n);
        else engine.fill(carried, n, 0);
      }
      arena.scope(() => {
        const again = cell.pack(at, false);
        const panels = inputPanels(at);
        const packed = cell.pack(at, true);
        for (let k = count - 1; k >= 0; k--) {
          arena.scope(() => {
            const steps = Math.min(length, T - k * length);
            const dhidden = keep.hidden ? whole + k * length * n : arena.take((steps + 1) * n);
            if (!keep.hidden) {
              engine.fill(dhidden, steps * n, 0);
              engine.copy(dhidden + steps * n, carried, n);
              ends(k, (b, place) => engine.axpy(dhidden + place, dlast + b * H, H, 1));
            }
            if (!untouched(at, steps, dhidden, dcell)) {
              const window = { ...compute(k, again, panels), dhidden, dcell };
              backThrough(at, cell, x, k * length, window, packed, to);
            }
            if (!keep.hidden) engine.copy(carried, dhidden, n);
          });
        }
      });
      addTo(tape, initial[0], carried);
      if (cell.cells) addTo(tape, initial[1], dcell);
    },
  };
}
