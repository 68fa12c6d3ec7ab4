import { expectShape, gather, type Lengths, reshape, selectRunning, type Tensor } from '../../autograd/index.ts';
import { expectForward } from '../check.ts';
import type { Layer } from '../layer.ts';

/**
 * The last valid step of each row: [B, T, D] to [B, D], zeros for a row of length 0. Makes a network many-to-one; a recurrent layer in front
 * does the same by `returns: 'last'`, with less to keep and copy.
 */
export function last(): Layer {
  return {
    config: { kind: 'last' },
    parameters: {},
    forward(x, pass) {
      expectForward('last', x, pass);
      expectShape('last', 'x', x.shape, ['B', 'T', 'D'], 'it takes a whole sequence');
      return lastStep(x, pass.lengths);
    },
  };
}

/** x[B, T, D] at each row's last step, [B, D]; zeros for a row of length 0. */
export function lastStep(x: Tensor, lengths: Lengths): Tensor {
  const [B, T, D] = x.shape;
  if (T === 0) return x.tape.zeros([B, D]);
  const ends = Int32Array.from({ length: B }, (_, b) => b * T + Math.max((lengths?.[b] ?? T) - 1, 0));
  const rows = gather(reshape(x, [B * T, D]), { values: ends, shape: [B] });
  return selectRunning(rows, x.tape.zeros([B, D]), lengths, 0);
}
