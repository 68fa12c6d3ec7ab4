import { reshape, sizeOf, type Tensor, toBatchFirst, toTimeMajor } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { expectForward, expectLayer } from '../check.ts';
import type { Layer } from '../layer.ts';

/**
 * A layer applied to every step by itself: x[B, T, …] to [B, T, …], zeros past each row's length. Inside, steps are rows [T·B, …]
 * without lengths or carried states; steps past a row's end read zeros, so that padding changes neither results nor gradients, and
 * steps come time-major, so that it changes no dropout mask. For layers that act on the last axis alone, like `linear`, it only
 * adds the zeros; layers that read a whole row, like an image's, need it. Keras' `TimeDistributed`.
 */
export function timeDistributed(layer: Layer): Layer {
  expectLayer('timeDistributed', layer);
  return {
    config: { kind: 'timeDistributed', layer: layer.config },
    parameters: {},
    children: { layer },
    forward(x, pass) {
      expectForward('timeDistributed', x, pass);
      if (x.shape.length < 3) {
        throw new RecurveError(
          'shape',
          `timeDistributed: expected x of shape [B, T, …], got [${x.shape.join(', ')}]; it takes a whole sequence`,
        );
      }
      const [B, T, ...rest] = x.shape;
      const { lengths, carry: _carried, fresh: _fresh, ...alone } = pass;
      const steps = toTimeMajor(reshape(x, [B, T, sizeOf(rest)]), lengths);
      const y: Tensor = layer.forward(reshape(steps, [T * B, ...rest]), alone);
      const [, ...made] = y.shape;
      return reshape(toBatchFirst(reshape(y, [T, B, sizeOf(made)]), lengths), [B, T, ...made]);
    },
  };
}
