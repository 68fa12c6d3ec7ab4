import { expectShape, gather, reshape, selectRunning } from '../../autograd/index.ts';
import type { Layer } from '../layer.ts';

/** The last valid step of each row: [B, T, D] to [B, D], zeros for a row of length 0. Makes a network many-to-one. */
export function last(): Layer {
  return {
    config: { kind: 'last' },
    parameters: {},
    forward(x, { lengths }) {
      expectShape('last', 'x', x.shape, ['B', 'T', 'D'], 'it takes a whole sequence');
      const [B, T, D] = x.shape;
      const ends = Int32Array.from({ length: B }, (_, b) => b * T + Math.max((lengths?.[b] ?? T) - 1, 0));
      const rows = gather(reshape(x, [B * T, D]), { values: ends, shape: [B] });
      return selectRunning(rows, x.tape.zeros([B, D]), lengths, 0);
    },
  };
}
