// The program of the child process: `node trial.js TIER` runs the tier and the plain one on the same numbers, compares every bit of
// their arrays after each work, then their speeds, and prints a TrialResult. It may crash: that is what a child process is for.
import { Random } from '../../random.ts';
import { createEngine } from '../create.ts';
import { type Address, type Engine, NONE, UNARY_OPS } from '../engine.ts';
import { hostProcess } from '../host.ts';
import { findTier } from '../tiers.ts';
import type { TrialResult } from './prove.ts';

/** Gives the address of n random numbers, the same on every engine. */
type Take = (n: number) => Address;

/** A kernel, or a forward and its backward. */
type Work = (engine: Engine, take: Take) => void;

/** No size is a multiple of a tile, so every tail is met; all are small, so that the trial is short. */
const [M, N, K] = [67, 45, 131];
const [T, B, H] = [5, 13, 37];

const WORKS: Readonly<Record<string, Work>> = {
  gemmNt: (engine, take) => engine.gemmNt(take(M * N), take(M * K), take(N * K), M, N, K),
  gemmNn: (engine, take) => engine.gemmNn(take(M * N), take(M * K), take(K * N), M, N, K, { accumulate: false }),
  gemmTn: (engine, take) => engine.gemmTn(take(M * N), take(K * M), take(K * N), M, N, K),
  'gemmNt of one row': (engine, take) => engine.gemmNt(take(N), take(K), take(N * K), 1, N, K),
  gemmPacked: (engine, take) => engine.gemmPacked(take(M * N), take(M * K), packed(engine, take, N, K), M, N, K),
  unary(engine, take) {
    for (const op of UNARY_OPS) {
      // Squares, so that no logarithm or root is NaN.
      const x = take(M);
      engine.binary('multiply', x, x, x, M);
      engine.unary(op, take(M), x, M);
    }
  },
  softmax: (engine, take) => engine.softmax(take(M * N), take(M * N), M, N),
  layerNorm: (engine, take) =>
    engine.layerNorm(take(M * N), take(M), take(M), take(M * N), take(N), take(N), M, N, 1e-5),
  reduce: (engine, take) => engine.reduce(take(N), take(M * N), 1, M, N),
  sgd: (engine, take) =>
    engine.sgd(take(M), take(M), take(M), M, { rate: 0.1, scale: 0.7, momentum: 0.9, nesterov: true, l2: 0.01 }),
  rnn(engine, take) {
    const shape = { T, B, H, lengths: NONE, activation: 'tanh' } as const;
    const hidden = take((T + 1) * B * H);
    engine.rnnForward({ ...shape, hidden, gates: take(T * B * H), w: packed(engine, take, H, H) });
    const [dgates, dhidden] = [take(T * B * H), take((T + 1) * B * H)];
    engine.rnnBackward({ ...shape, hidden, dgates, dhidden, w: packed(engine, take, H, H, true) });
  },
  lstm: (engine, take) => lstm(engine, take, T, B, H),
  gru(engine, take) {
    const [gates, hidden, candidate] = [take(T * B * 3 * H), take((T + 1) * B * H), take(T * B * H)];
    const shared = { T, B, H, lengths: NONE, gates, hidden, candidate, reset: 'after' } as const;
    const weights = (transposed: boolean) => ({
      wrz: packed(engine, take, 2 * H, H, transposed),
      wn: packed(engine, take, H, H, transposed),
    });
    engine.gruForward({ ...shared, ...weights(false), bias: take(H) });
    const [dgates, dcandidate, dhidden] = [take(T * B * 3 * H), take(T * B * H), take((T + 1) * B * H)];
    engine.gruBackward({ ...shared, ...weights(true), dgates, dcandidate, dhidden });
  },
};

function lstm(engine: Engine, take: Take, T: number, B: number, H: number): void {
  const [gates, hidden, cells] = [take(T * B * 4 * H), take((T + 1) * B * H), take((T + 1) * B * H)];
  const shared = { T, B, H, lengths: NONE, gates, hidden, cells };
  engine.lstmForward({ ...shared, w: packed(engine, take, 4 * H, H) });
  const [dgates, dhidden, dcell] = [take(T * B * 4 * H), take((T + 1) * B * H), take(B * H)];
  engine.lstmBackward({ ...shared, dgates, dhidden, dcell, w: packed(engine, take, 4 * H, H, true) });
}

/** Packed random weights W[N,K]; transposed, those of Wᵀ. Not among the arrays compared: their layout is the tier's own. */
function packed(engine: Engine, take: Take, N: number, K: number, transposed = false): Address {
  const [rows, columns] = transposed ? [K, N] : [N, K];
  const address = engine.arena.take(engine.packedSize(rows, columns));
  engine.pack(address, take(N * K), rows, columns, transposed);
  return address;
}

/** The first work whose arrays are not equal to the bit on both engines; undefined when there is none. */
export function firstDifference(a: Engine, b: Engine): string | undefined {
  return Object.keys(WORKS).find((name) => {
    const [x, y] = [bitsAfter(a, WORKS[name]), bitsAfter(b, WORKS[name])];
    return x.length !== y.length || x.some((bits, i) => bits !== y[i]);
  });
}

/** All arrays of a work when it is done, as integers. */
function bitsAfter(engine: Engine, work: Work): Int32Array {
  return engine.arena.scope(() => {
    const random = new Random(7);
    const arrays: [address: Address, n: number][] = [];
    work(engine, (n) => {
      const address = engine.arena.take(n);
      engine.write(
        address,
        Float32Array.from({ length: n }, () => random.uniformIn(-1, 1)),
      );
      arrays.push([address, n]);
      return address;
    });
    return Int32Array.from(arrays.flatMap(([address, n]) => [...engine.readIndices(address, n)]));
  });
}

/** Milliseconds to measure for. */
const MEASURE = 150;

/** How many times as fast as `base` a tier is in products and in an LSTM of medium size: the best of alternating rounds. */
function speedAgainst(base: Engine, tier: Engine): number {
  const rounds = [base, tier].map((engine) => roundOf(engine));
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const end = performance.now() + MEASURE;
  do {
    for (const [i, round] of rounds.entries()) {
      const start = performance.now();
      round();
      best[i] = Math.min(best[i], performance.now() - start);
    }
  } while (performance.now() < end);
  return best[0] / best[1];
}

function roundOf(engine: Engine): () => void {
  const take: Take = (n) => {
    const address = engine.arena.take(n);
    engine.fill(address, n, 0.01);
    return address;
  };
  return () =>
    engine.arena.scope(() => {
      engine.gemmNt(take(128 * 128), take(128 * 128), take(128 * 128), 128, 128, 128);
      lstm(engine, take, 4, 16, 64);
    });
}

async function main(name: string): Promise<TrialResult> {
  const provenBy = findTier(name)?.provenBy;
  if (provenBy === undefined) throw new Error(`expected a tier that needs a proof, got ${name}`);
  const [base, tier] = [await createEngine({ tier: provenBy }), await createEngine({ tier: name })];
  const differs = firstDifference(base, tier);
  return differs === undefined ? { speed: speedAgainst(base, tier) } : { differs };
}

// Only where this file is the program, not where a test imports it.
const { argv = [] } = hostProcess();
if (/[\\/]engine[\\/]proof[\\/]trial\.[jt]s$/.test(argv[1] ?? '')) console.log(JSON.stringify(await main(argv[2])));
