import { relu, sigmoid, tanh } from '../../autograd/index.ts';
import { expectChoice } from '../../options.ts';
import { expectTensor } from '../check.ts';
import type { Layer } from '../layer.ts';

const FUNCTIONS = { tanh, relu, sigmoid };

/** An elementwise function as a layer. */
export function activation(name: keyof typeof FUNCTIONS): Layer {
  expectChoice('activation', 'name', name, Object.keys(FUNCTIONS));
  const forward: Layer['forward'] = (x) => {
    expectTensor('activation', 'x', x);
    return FUNCTIONS[name](x);
  };
  return { config: { kind: 'activation', name }, parameters: {}, forward };
}
