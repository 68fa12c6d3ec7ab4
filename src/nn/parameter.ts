import type { Tensor } from '../autograd/index.ts';
import { RecurveError } from '../errors.ts';
import { expectList, expectOptions, kindOf } from '../options.ts';
import type { Initialiser } from './init.ts';

/**
 * A weight of a layer: shape and first values now, a place in the arena once the layer becomes part of a network.
 */
export class Parameter {
  readonly shape: readonly number[];
  readonly initialise: Initialiser;
  /** Whether weight decay applies; biases and gains are spared. */
  readonly decays: boolean;
  #tensor: Tensor | undefined;

  constructor(shape: readonly number[], initialise: Initialiser, options: { decays?: boolean } = {}) {
    expectList('parameter', 'shape', shape, 'give sizes, as in new Parameter([3, 4], zeros)');
    expectOptions('parameter', options, { decays: 'boolean' });
    if (typeof initialise !== 'function') {
      throw new RecurveError(
        'usage',
        `parameter: expected first values as a function, got ${kindOf(initialise)}; give zeros, uniform(0.1), …`,
      );
    }
    this.shape = shape;
    this.initialise = initialise;
    this.decays = options.decays ?? true;
  }

  /** The numbers. An error while the layer belongs to no network. */
  get tensor(): Tensor {
    if (!this.#tensor) {
      throw new RecurveError(
        'usage',
        'layer: expected a layer that belongs to a network, got a free one; pass it to createNetwork first',
      );
    }
    return this.#tensor;
  }

  /** Called by `createNetwork`: the place, or undefined when the network ends. */
  bind(tensor: Tensor | undefined): void {
    this.#tensor = tensor;
  }

  /** Throws unless the layer is free to become part of a network. */
  expectFree(): void {
    if (this.#tensor) {
      throw new RecurveError(
        'usage',
        'layer: expected a layer of one network, got one that already belongs to another; make a second layer',
      );
    }
  }
}
