import { relu, sigmoid, softplus, type Tensor, tanh } from '../../autograd/index.ts';
import { RecurveError } from '../../errors.ts';

/** Activations of Elman and leaky cells. */
export type CellActivation = 'tanh' | 'relu' | 'sigmoid' | 'softplus' | 'identity';

const ACTIVATIONS: Record<CellActivation, (x: Tensor) => Tensor> = {
  tanh,
  relu,
  sigmoid,
  softplus,
  identity: (x) => x,
};

export function activationOf(who: string, name: CellActivation): (x: Tensor) => Tensor {
  if (!Object.hasOwn(ACTIVATIONS, name)) {
    throw new RecurveError(
      'usage',
      `${who}: expected activation to be one of ${Object.keys(ACTIVATIONS).join(', ')}, got ${String(name)}; the default is tanh`,
    );
  }
  return ACTIVATIONS[name];
}
