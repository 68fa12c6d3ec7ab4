import { NONE } from '../engine/engine.ts';
import { RecurveError } from '../errors.ts';
import type { Tape } from './tape.ts';
import { describeShape, type Tensor } from './tensor.ts';

/**
 * Runs `body` and names the first operation, forward or backward, that makes a number that is not finite: a `numeric` error.
 * Each operation's results are read back, so a step takes several times as long. `nameOf` gives parameters their names.
 */
export function detectAnomaly<R>(
  tape: Tape,
  body: () => R,
  nameOf: (tensor: Tensor) => string | undefined = () => undefined,
): R {
  return tape.inspected(new AnomalyDetector(nameOf), body);
}

/** Looks at every result of a step and throws at the first number that is not finite; made by {@link detectAnomaly}. */
export class AnomalyDetector {
  readonly #nameOf: (tensor: Tensor) => string | undefined;
  /** What the running operation reads, and the parameter read last, which tells the layer. */
  #inputs: readonly Tensor[] = [];
  #lastParameter: string | undefined;
  /** Tensors whose gradient the running backward asked for. */
  #touched = new Set<Tensor>();

  constructor(nameOf: (tensor: Tensor) => string | undefined) {
    this.#nameOf = nameOf;
  }

  reads(inputs: readonly Tensor[]): void {
    this.#inputs = inputs;
    for (const input of inputs) this.#lastParameter = this.#nameOf(input) ?? this.#lastParameter;
  }

  touches(tensor: Tensor): void {
    this.#touched.add(tensor);
  }

  /** After an operation: its results. */
  checkOutputs(outputs: readonly Tensor[], operation: string): void {
    for (const output of outputs) {
      const found = firstBad(output.values());
      if (!found) continue;
      const source = this.#inputs.find((input) => firstBad(input.values()));
      throw anomaly(
        `${operation} to give finite numbers, got ${found} in its result ${describeShape(output.shape)}${this.#place()}`,
        source
          ? `its input ${this.#label(source)} was not finite already: check the data given to it`
          : 'its inputs were finite: keep them smaller, lower the learning rate or clip the gradient norm',
      );
    }
  }

  /** After an operation's backward: all gradients it added to. */
  checkGradients(operation: string): void {
    for (const tensor of this.#touched) {
      if (tensor.gradientAddress === NONE) continue;
      const found = firstBad(tensor.gradient());
      if (found) {
        throw anomaly(
          `backward of ${operation} to give finite gradients, got ${found} in that of ${this.#label(tensor)}`,
          'look at what this operation divides by or takes the logarithm or root of, lower the learning rate or clip the gradient norm',
        );
      }
    }
    this.#touched.clear();
  }

  #label(tensor: Tensor): string {
    return `${this.#nameOf(tensor) ?? 'a tensor'} ${describeShape(tensor.shape)}`;
  }

  #place(): string {
    return this.#lastParameter ? ` (parameter read last: ${this.#lastParameter})` : '';
  }
}

/** The first number that is not finite, with its place. */
function firstBad(values: ArrayLike<number>): string | undefined {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return `${values[i]} at ${i}`;
  return undefined;
}

function anomaly(what: string, next: string): RecurveError {
  return new RecurveError('numeric', `anomaly: expected ${what}; ${next}`);
}
