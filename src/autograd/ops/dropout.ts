import type { DropoutKey } from '../../engine/engine.ts';
import { expectShare } from '../../options.ts';
import { expectTensor, type Tensor } from '../tensor.ts';

/**
 * Inverted dropout: zeroes each element with probability `p` and scales the rest by `1/(1−p)`. Srivastava et al. 2014.
 * The mask is a function of the key, drawn again in backward, so nothing is stored.
 */
export function dropout(x: Tensor, p: number, key: DropoutKey): Tensor {
  expectTensor('dropout', 'x', x);
  expectShare('dropout', 'a probability', p);
  if (p === 0) return x;
  const { tape } = x;
  const y = tape.output(x.shape, [x]);
  tape.engine.dropout(y.address, x.address, x.size, p, key);
  tape.record([y], () => tape.engine.dropout(tape.gradientOf(x), tape.gradientOf(y), x.size, p, key, true), 'dropout');
  return y;
}
