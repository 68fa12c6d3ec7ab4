import { relu, sigmoid, tanh } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';
import type { Layer } from '../layer.ts';

const FUNCTIONS = { tanh, relu, sigmoid };

/** An elementwise function as a layer. */
export function activation(name: keyof typeof FUNCTIONS): Layer {
  if (!Object.hasOwn(FUNCTIONS, name))
    throw new RecurveError(
      'usage',
      `activation: expected one of ${Object.keys(FUNCTIONS).join(', ')}, got ${name}; choose one of them`,
    );
  return { config: { kind: 'activation', name }, parameters: {}, forward: (x) => FUNCTIONS[name](x) };
}
