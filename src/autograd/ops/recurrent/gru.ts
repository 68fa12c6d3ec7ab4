import { type Address, type GruSkip, NONE } from '../../../engine/engine.ts';
import type { Tensor } from '../../tensor.ts';
import type { Lengths } from '../sequence.ts';
import type { FusedCell, Layout, RecurrentResult, RecurrentWeights, SequenceOptions } from './contract.ts';
import { fusedLast, fusedSequence, hiddenOnly } from './sequence.ts';
import { addRecurrentGradients, packed } from './weights.ts';

/** GRU, gates in PyTorch's order r z n, reset after (PyTorch, Keras 3) or before (Cho et al. 2014) the recurrent product. */
export function gruSequence(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  reset: 'after' | 'before',
  lengths?: Lengths,
  options?: SequenceOptions,
): RecurrentResult {
  return hiddenOnly(fusedSequence(GRU[reset], x, [h0], weights, lengths, options));
}

/** The last state [B, H] of {@link gruSequence} alone: memory grows with √T, beside x. */
export function gruLast(
  x: Tensor,
  h0: Tensor,
  weights: RecurrentWeights,
  reset: 'after' | 'before',
  lengths?: Lengths,
  options?: SequenceOptions,
): Tensor {
  return fusedLast(GRU[reset], x, [h0], weights, lengths, options).last;
}

const gru = (reset: 'after' | 'before'): FusedCell => ({
  name: 'gru',
  gates: 3,
  biased: reset === 'after' ? 2 : 3,
  activations: [
    { name: 'r', range: 'sigmoid' },
    { name: 'z', range: 'sigmoid' },
    { name: 'n', range: 'tanh' },
  ],
  cells: false,
  candidate: true,
  skips: reset === 'after',
  pack: (at, transposed) => ({
    wrz: packed(at, 0, 2 * at.H, transposed),
    wn: packed(at, 2 * at.H, at.H, transposed),
  }),
  forward(at, window, { wrz, wn }) {
    const bias = at.weights.bHh.address + 2 * at.H;
    at.tape.engine.gruForward({ ...window, reset, bias, wrz, wn, skip: gruSkipOf(at, false) });
  },
  backward: (at, window, { wrz, wn }) =>
    at.tape.engine.gruBackward({ ...window, reset, wrz, wn, skip: gruSkipOf(at, true) }),
  recurrentGradients(at, dw, db, { T, hidden, candidate, dgates, dcandidate }) {
    const { engine } = at.tape;
    const { B, H } = at;
    if (reset === 'after') {
      // The recurrent side sees dn⊙r, which dcandidate holds, where the input side sees dn.
      const { skip, delay } = at;
      const past: [dw: Address, hidden: Address][] = [[dw, hidden]];
      if (skip) past.push([at.tape.gradientOf(skip.weight), hidden - (delay - 1) * B * H]);
      for (const [target, states] of past) {
        if (target === NONE) continue;
        engine.gemmTn(target, dgates, states, 2 * H, H, T * B, { lda: 3 * H });
        engine.gemmTn(target + 2 * H * H, dcandidate, states, H, H, T * B);
      }
      if (db === NONE) return;
      const sums = engine.arena.take(3 * H);
      engine.copy(sums, db, 3 * H);
      engine.reduce(sums, dgates, 1, T * B, 3 * H, true);
      engine.copy(db, sums, 2 * H);
      engine.reduce(db + 2 * H, dcandidate, 1, T * B, H, true);
      return;
    }
    if (dw !== NONE) {
      engine.gemmTn(dw, dgates, hidden, 2 * H, H, T * B, { lda: 3 * H });
      engine.gemmTn(dw + 2 * H * H, dgates + 2 * H, candidate, H, H, T * B, { lda: 3 * H });
    }
    addRecurrentGradients(at, NONE, db, T, hidden, dgates);
  },
});
const GRU = { after: gru('after'), before: gru('before') };

function gruSkipOf(at: Layout, transposed: boolean): GruSkip | undefined {
  const { skip, delay, H } = at;
  if (!skip) return;
  const [wrz, wn] = [packed(at, 0, 2 * H, transposed, skip.weight), packed(at, 2 * H, H, transposed, skip.weight)];
  return { delay, wrz, wn };
}
