import { dropoutMask, threefry2x32 } from '../../random.ts';
import { type CellCase, keyOf, outputWidth, type Problem, type Solution } from './cell.case.ts';

/** Vectors and matrices of the naive forward pass, which shares nothing with the code under test. */
export type Vector = readonly number[];
export type NaiveState = Record<string, Vector>;
/** Rows of a parameter by its name without `_l0`; a bias is one row. */
export type NaiveWeights = Record<string, readonly Vector[]>;

/** What one row's units multiply by in one step of training, by what is dropped. */
export type NaiveNoise = Record<string, Vector>;

/** The naive forward pass over a whole problem, row by row. */
export function solveNaively(cell: CellCase, given: Problem): Pick<Solution, 'outputs' | 'last'> {
  const { B, T, D, layers } = given;
  const P = outputWidth(given);
  const outputs = Array<number>(B * T * P).fill(0);
  const last = given.initial.map((state) =>
    Object.fromEntries(Object.entries(state).map(([name, values]) => [name, [...values]])),
  );
  for (let b = 0; b < B; b++) {
    const length = given.lengths?.[b] ?? T;
    for (let t = 0; t < length; t++) {
      let below: Vector = given.x.slice((b * T + t) * D, (b * T + t + 1) * D);
      for (let k = 0; k < layers; k++) {
        const before = Object.fromEntries(
          Object.entries(last[k]).map(([name, values]) => {
            const width = values.length / B;
            return [name, values.slice(b * width, (b + 1) * width)];
          }),
        );
        const after = cell.naive(naiveWeights(given, k), below, before, naiveNoise(cell, given, k, b, t));
        for (const [name, row] of Object.entries(after)) last[k][name].splice(b * row.length, row.length, ...row);
        below = after.h;
      }
      outputs.splice((b * T + t) * P, P, ...below);
    }
  }
  return { outputs, last };
}

/** Row b's masks of layer k in step t, kept units 1/(1−p), from the generator's definition. */
function naiveNoise(cell: CellCase, given: Problem, k: number, b: number, t: number): NaiveNoise | undefined {
  if (!given.training || !cell.draws) return undefined;
  const { B, D, H } = given;
  const input = k === 0 ? D : outputWidth(given);
  const draws = cell.draws({ input, hidden: H });
  return Object.fromEntries(
    draws.map(({ name, p, width, each }, i) => {
      const { key0, key1, counter } = keyOf(k * draws.length + i);
      const key = each ? threefry2x32(key0, key1, t, 0xc0000000) : ([key0, key1] as const);
      const kept = dropoutMask(key, counter, p, new Uint8Array(B * width)).slice(b * width, (b + 1) * width);
      return [name, Array.from(kept, (one) => one / (1 - p))];
    }),
  );
}

function naiveWeights({ weights }: Problem, layer: number): NaiveWeights {
  const own = Object.entries(weights).filter(([name]) => name.endsWith(`_l${layer}`));
  return Object.fromEntries(
    own.map(([name, { shape, data }]) => {
      const width = shape.at(-1) ?? 1;
      const rows = Array.from({ length: data.length / width }, (_, r) => data.slice(r * width, (r + 1) * width));
      return [name.replace(/_l\d+$/, ''), rows];
    }),
  );
}

/** `Σ_k w[row][k]·x[k] + bias[row]` for rows `gate·H … gate·H + H − 1`. */
export function naiveAffine(w: readonly Vector[], bias: Vector, gate: number, H: number, x: Vector): number[] {
  return Array.from({ length: H }, (_, j) => {
    const row = gate * H + j;
    return w[row].reduce((total, weight, k) => total + weight * x[k], 0) + bias[row];
  });
}

export const naiveSigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
