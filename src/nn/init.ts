import type { Random } from '../random.ts';

/** Writes first values, row-major, into `values`; all randomness comes from `random`. */
export type Initialiser = (values: Float64Array, shape: readonly number[], random: Random) => void;

export const zeros: Initialiser = (values) => {
  values.fill(0);
};

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
