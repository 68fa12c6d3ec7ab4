import { relu, sigmoid, softplus, type Tensor, tanh } from '../../autograd/index.ts';
import { expectChoice } from '../../options.ts';

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
  expectChoice(who, 'activation', name, Object.keys(ACTIVATIONS), 'the default is tanh');
  return ACTIVATIONS[name];
}
