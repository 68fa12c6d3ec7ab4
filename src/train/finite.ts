import { detectAnomaly } from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import type { Network } from '../nn/index.ts';

/** Which step of a training; counted from 1. */
export interface StepPlace {
  step: number;
  epoch: number;
  learningRate: number;
}

/** Refuses a loss or norm that is not finite, and names the gradient nearest to the loss that is not. */
export function expectFinite(network: Network, loss: number, norm: number, at: StepPlace): void {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  throw new RecurveError(
    'numeric',
    `fit: expected a finite loss, got loss ${loss} and gradient norm ${norm} ${placeOf(at)}; lower the learning rate, clip the gradient norm, ` +
      `or look for extreme values in the data (${firstGradient(network)}detectAnomaly, on the command line --detect-anomaly, names the operation)`,
  );
}

/** Runs a step and, where some result or gradient is not finite, names the operation, the layer and the step. */
export function naming<R>(network: Network, at: StepPlace, step: () => R): R {
  const names = new Map(network.entries.map(({ name, parameter }) => [parameter.tensor, name]));
  try {
    return detectAnomaly(network.tape, step, (tensor) => names.get(tensor));
  } catch (error) {
    if (!(error instanceof RecurveError && error.code === 'numeric')) throw error;
    throw new RecurveError('numeric', `${error.message} (${placeOf(at)})`);
  }
}

function placeOf({ step, epoch, learningRate }: StepPlace): string {
  return `at step ${step} (epoch ${epoch}, learning rate ${learningRate})`;
}

/** Gradients flow from the last layer to the first: the last parameter that is not finite was reached first. */
function firstGradient({ entries, engine, gradients }: Network): string {
  const bad = entries.filter(
    ({ offset, size }) => !engine.read(gradients + offset, size).every((g) => Number.isFinite(g)),
  );
  const nearest = bad.at(-1);
  return nearest
    ? `not finite in ${bad.length} of ${entries.length} gradients, nearest to the loss ${nearest.name}; `
    : '';
}
