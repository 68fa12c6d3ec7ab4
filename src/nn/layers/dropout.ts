import { dropout as applyDropout } from '../../autograd/index.ts';
import { expectOptions, expectShare } from '../../options.ts';
import { expectForward } from '../check.ts';
import type { Layer } from '../layer.ts';

/** Drops elements with probability p in training and scales the others by 1/(1−p); otherwise passes x on. Srivastava et al. 2014. */
export function dropout(options: { p: number }): Layer {
  expectOptions('dropout', options, { p: 'number' });
  const { p } = options;
  expectShare('dropout', 'dropout', p);
  return {
    config: { kind: 'dropout', p },
    parameters: {},
    forward(x, pass) {
      expectForward('dropout', x, pass);
      return pass.training && p > 0 ? applyDropout(x, p, pass.dropoutKey()) : x;
    },
  };
}
