import { NONE } from '../../../engine/engine.ts';
import { RecurveError } from '../../../errors.ts';
import { expectShape, type Tensor } from '../../tensor.ts';
import { placeLengths } from '../sequence.ts';
import type { FusedCell, Layout, Window } from './contract.ts';
import { partOf } from './windows.ts';

/**
 * The same cell, its recurrent product reading `h' ⊙ mask`, mask[B, H] (Gal & Ghahramani 2016): the engine is called step by step with
 * the masked state in front, without a node of the tape. For cells whose h' enters the product alone: RNN and LSTM. No gradient reaches the mask.
 */
export function maskedCell(cell: FusedCell, mask: Tensor): FusedCell {
  return {
    ...cell,
    extra: [...(cell.extra ?? []), mask],
    pack(at, transposed) {
      if (!cell.masks || at.skip) {
        throw new RecurveError(
          'usage',
          `${cell.name}: expected a mask in an rnn or lstm without a skip, got one here; run the cell step by step instead`,
        );
      }
      expectShape(cell.name, 'mask', mask.shape, [at.B, at.H], 'one number per unit of each row');
      return cell.pack(at, transposed);
    },
    forward(at, window, packed) {
      const { engine } = at.tape;
      const n = at.B * at.H;
      const pair = engine.arena.take(2 * n);
      eachStep(at, window, forwards, (t, step) => {
        engine.binary('multiply', pair, window.hidden + t * n, mask.address, n);
        cell.forward(at, { ...step, hidden: pair }, packed);
        engine.copy(window.hidden + (t + 1) * n, pair + n, n);
      });
    },
    backward(at, window, packed) {
      const { engine } = at.tape;
      const n = at.B * at.H;
      const pair = engine.arena.take(2 * n);
      eachStep(at, window, backwards, (t, step) => {
        const dhidden = window.dhidden + t * n;
        engine.fill(pair, n, 0);
        engine.copy(pair + n, dhidden + n, n);
        cell.backward(at, { ...step, dgates: window.dgates + t * at.B * at.G, dhidden: pair }, packed);
        engine.binaryBackward('multiply', dhidden, NONE, pair, window.hidden + t * n, mask.address, n);
      });
    },
    recurrentGradients(at, dw, db, window) {
      const { engine } = at.tape;
      const n = at.B * at.H;
      const hidden = engine.arena.take(window.T * n);
      engine.expand(hidden, mask.address, 1, window.T, n);
      engine.binary('multiply', hidden, window.hidden, hidden, window.T * n);
      cell.recurrentGradients(at, dw, db, { ...window, hidden });
    },
  };
}

const forwards = (i: number): number => i;
const backwards = (i: number, T: number): number => T - 1 - i;

/** Visits the steps of a window, each as a window of its own, in which a row that has ended has length 0. */
function eachStep<W extends Window>(
  at: Layout,
  window: W,
  order: (i: number, T: number) => number,
  visit: (t: number, step: W) => void,
): void {
  const { engine } = at.tape;
  const { T, B } = window;
  const ends = window.lengths === NONE ? undefined : engine.readIndices(window.lengths, B);
  for (let i = 0; i < T; i++) {
    const t = order(i, T);
    engine.arena.scope(() => {
      const running = ends && Array.from(ends, (end) => (end > t ? 1 : 0));
      visit(t, partOf(at, window, t, 1, placeLengths(at.tape, running, B, 1)));
    });
  }
}
