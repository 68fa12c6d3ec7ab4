import { RecurveError } from '../errors.ts';
import { log } from '../exact.ts';
import type { Random } from '../random.ts';

/** Writes first values, row-major, into `values`; all randomness comes from `random`. Matrices are [output, input]. */
export type Initialiser = (values: Float64Array, shape: readonly number[], random: Random) => void;

/** All zeros. */
export const zeros: Initialiser = (values) => {
  values.fill(0);
};

/** One value everywhere. */
export function constant(value: number): Initialiser {
  return (values) => {
    values.fill(value);
  };
}

/** Uniform in [−bound, bound). PyTorch's recurrent layers use bound 1/√H, its linear layers 1/√D. */
export function uniform(bound: number): Initialiser {
  return (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) * bound;
  };
}

/** Normal with mean 0. PyTorch's embeddings use deviation 1. */
export function normal(deviation: number): Initialiser {
  return (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation;
  };
}

/** Uniform with bound √(6 / (rows + columns)). Glorot & Bengio 2010. */
export const glorotUniform: Initialiser = (values, shape, random) => {
  uniform(Math.sqrt(6 / (shape[0] + shape[1])))(values, shape, random);
};

/** Normal with deviation √(2 / (rows + columns)). Glorot & Bengio 2010. */
export const glorotNormal: Initialiser = (values, shape, random) => {
  normal(Math.sqrt(2 / (shape[0] + shape[1])))(values, shape, random);
};

/** Uniform with bound √(6 / columns), for relu. He et al. 2015. */
export const heUniform: Initialiser = (values, shape, random) => {
  uniform(Math.sqrt(6 / shape[1]))(values, shape, random);
};

/** Normal with deviation √(2 / columns), for relu. He et al. 2015. */
export const heNormal: Initialiser = (values, shape, random) => {
  normal(Math.sqrt(2 / shape[1]))(values, shape, random);
};

/** `scale` on the diagonal, 0 elsewhere: with relu and zero biases the IRNN of Le, Jaitly & Hinton 2015. */
export function identity(scale = 1): Initialiser {
  return (values, [rows, columns]) => {
    values.fill(0);
    for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = scale;
  };
}

/**
 * `log u` with u uniform in [1, longest − 1]: as the bias of a gate that keeps the past, it spreads what units remember over 1 to
 * `longest` steps. Chrono start, Tallec & Ollivier 2018.
 */
export function chrono(longest: number): Initialiser {
  if (!(longest > 2 && Number.isFinite(longest))) {
    throw new RecurveError(
      'usage',
      `chrono: expected the longest memory in steps, more than 2, got ${longest}; give about the length of the sequences`,
    );
  }
  return (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = log(random.uniformIn(1, longest - 1));
  };
}

/** Gives each of `count` equal blocks of rows first values of its own: gates are matrices of their own. */
export function blocks(count: number, initialise: Initialiser): Initialiser {
  return (values, [rows, ...rest], random) => {
    const size = values.length / count;
    for (let i = 0; i < count; i++) {
      initialise(values.subarray(i * size, (i + 1) * size), [rows / count, ...rest], random);
    }
  };
}
