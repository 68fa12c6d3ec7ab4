import { relu, sigmoid, tanh } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import { kindOf } from '../../options.ts';
import { expectTensor } from '../check.ts';
import type { Layer } from '../layer.ts';

const FUNCTIONS = { tanh, relu, sigmoid };

/** An elementwise function as a layer. */
export function activation(name: keyof typeof FUNCTIONS): Layer {
  if (!Object.hasOwn(FUNCTIONS, name))
    throw new RecurveError(
      'usage',
      `activation: expected one of ${Object.keys(FUNCTIONS).join(', ')}, got ${kindOf(name)}; choose one of them`,
    );
  const forward: Layer['forward'] = (x) => {
    expectTensor('activation', 'x', x);
    return FUNCTIONS[name](x);
  };
  return { config: { kind: 'activation', name }, parameters: {}, forward };
}
