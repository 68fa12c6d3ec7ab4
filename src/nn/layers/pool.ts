import {
  expectShape,
  gather,
  multiply,
  reshape,
  selectRunning,
  sum,
  type Tensor,
  toTimeMajor,
} from '../../autograd/index.ts';
import { expectChoice, expectOptions } from '../../options.ts';
import { expectForward } from '../check.ts';
import type { Layer, Pass } from '../layer.ts';

/**
 * All steps of a row as one vector, [B, T, D] to [B, D]: their `mean` or, feature by feature, their `max` (the first of equals).
 * Steps past a row's length do not count; a row of length 0 gives zeros. NaN within a row stays NaN.
 */
export function pool(options: { over: 'mean' | 'max' }): Layer {
  expectOptions('pool', options, { over: true });
  const { over } = options;
  expectChoice('pool', 'over', over, ['mean', 'max']);
  const combine = over === 'mean' ? meanOfSteps : largestOfSteps;
  return {
    config: { kind: 'pool', over },
    parameters: {},
    forward(x, pass) {
      expectForward('pool', x, pass);
      expectShape('pool', 'x', x.shape, ['B', 'T', 'D'], 'it takes a whole sequence');
      return combine(x, pass);
    },
  };
}

function meanOfSteps(x: Tensor, { lengths }: Pass): Tensor {
  const [B, T] = x.shape;
  const shares = Array.from({ length: B }, (_, b) => 1 / Math.max(lengths?.[b] ?? T, 1));
  return multiply(sum(toTimeMajor(x, lengths), 0), x.tape.constant(shares, [B, 1]));
}

function largestOfSteps(x: Tensor, { lengths }: Pass): Tensor {
  const [B, T, D] = x.shape;
  const values = x.values();
  const at = new Int32Array(B * D);
  const largest = new Float64Array(D);
  for (let b = 0; b < B; b++) {
    for (let t = 0; t < Math.max(lengths?.[b] ?? T, 1); t++) {
      const row = (b * T + t) * D;
      for (let d = 0; d < D; d++) {
        const value = values[row + d];
        // NaN is not <= anything, so that the first one is taken; then it stays.
        if (t > 0 && (value <= largest[d] || Number.isNaN(largest[d]))) continue;
        largest[d] = value;
        at[b * D + d] = row + d;
      }
    }
  }
  const chosen = gather(reshape(x, [B * T * D, 1]), { values: at, shape: [B, D] });
  return selectRunning(reshape(chosen, [B, D]), x.tape.zeros([B, D]), lengths, 0);
}
