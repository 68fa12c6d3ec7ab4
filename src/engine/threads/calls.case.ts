import { Random } from '../../random.ts';
import { type Address, BINARY_OPS, type Engine, NONE, UNARY_OPS } from '../engine.ts';

/** Room in an engine's scope, filled with numbers of a seed. */
interface Desk {
  engine: Engine;
  put(seed: number, n: number, low?: number, high?: number): Address;
  indices(values: readonly number[]): Address;
}

/** One call or two of every kernel that can be split, each named, with the results it leaves; sizes leave odd tails and unequal parts. */
export const CALLS: Record<string, (desk: Desk) => [Address, number][]> = {
  ...Object.fromEntries(
    (
      [
        ['gemmNt', 131, 77, 300],
        ['gemmNt', 3, 515, 41],
        ['gemmNn', 530, 40, 33],
        ['gemmNn', 9, 200, 17],
        ['gemmTn', 250, 61, 515],
        ['gemmTn', 65, 260, 70],
      ] as const
    ).map(([form, M, N, K]) => [
      `${form} ${M}×${N}×${K}`,
      ({ engine, put }: Desk) => {
        const [c, d, a, w, bias] = [put(1, M * N), put(2, M * N), put(3, M * K), put(4, N * K), put(5, N)];
        engine[form](c, a, w, M, N, K);
        engine[form](d, a, w, M, N, K, { bias });
        return [
          [c, M * N],
          [d, M * N],
        ];
      },
    ]),
  ),
  'pack and gemmPacked': ({ engine, put }) => {
    const [M, N, K] = [150, 203, 90];
    const [c, d, a, w] = [put(1, M * N), put(2, M * K), put(3, M * K), put(4, N * K)];
    const [forward, backward] = [
      engine.arena.take(engine.packedSize(N, K)),
      engine.arena.take(engine.packedSize(K, N)),
    ];
    engine.pack(forward, w, N, K);
    engine.gemmPacked(c, a, forward, M, N, K);
    engine.pack(backward, w, K, N, true);
    engine.gemmPacked(d, c, backward, M, K, N, { accumulate: false });
    const row = put(6, N);
    engine.gemmPacked(row, a, forward, 1, N, K);
    return [
      [c, M * N],
      [d, M * K],
      [row, N],
    ];
  },
  elementwise: ({ engine, put }) => {
    const n = 1003;
    const results: Address[] = [];
    for (const op of UNARY_OPS) {
      const [x, y, dx] = [put(1, n, 0.1, 2), put(2, n), put(3, n)];
      engine.unary(op, y, x, n);
      engine.unaryBackward(op, dx, put(4, n), x, y, n);
      results.push(y, dx);
    }
    for (const op of BINARY_OPS) {
      const [a, b, c, da, db] = [put(1, n), put(2, n), put(3, n), put(4, n), put(5, n)];
      engine.binary(op, c, a, b, n);
      engine.binaryBackward(op, da, db, put(6, n), a, b, n);
      engine.binaryBackward(op, NONE, db, put(7, n), a, b, n);
      results.push(c, da, db);
    }
    const [x, y, z] = [put(1, n), put(2, n), put(3, n)];
    engine.affine(y, x, n, 1.5, -0.25);
    engine.axpy(z, y, n, 0.3);
    engine.clamp(x, z, n, -0.5, 0.5);
    return [...results, x, y, z].map((address) => [address, n]);
  },
  'expand, reduce, copyBlock': ({ engine, put }) => {
    const results: [Address, number][] = [];
    for (const [outer, count, inner] of [
      [1, 301, 37],
      [1, 23, 301],
      [1, 301, 1],
      [7, 5, 11],
      [1, 1, 40],
    ]) {
      const [all, one] = [outer * count * inner, outer * inner];
      const [x, y, wide, up, down] = [put(1, one), put(2, all), put(3, all), put(4, one), put(5, one)];
      engine.expand(y, x, outer, count, inner);
      engine.expand(wide, x, outer, count, inner, true);
      engine.reduce(up, wide, outer, count, inner);
      engine.reduce(down, wide, outer, count, inner, true);
      results.push([y, all], [wide, all], [up, one], [down, one]);
    }
    const [block, plain] = [put(6, 33 * 50), put(7, 33 * 50)];
    engine.copyBlock(block, 50, plain, 40, 33, 29);
    engine.copyBlock(block + 3, 50, plain, 29, 33, 21, true);
    return [...results, [block, 33 * 50]];
  },
  'toTimeMajor, toBatchFirst': ({ engine, put, indices }) => {
    const results: [Address, number][] = [];
    const [B, T, D] = [9, 5, 7];
    for (const lengths of [NONE, indices([5, 0, 3, 5, 1, 2, 5, 4, 5])]) {
      for (const move of ['toTimeMajor', 'toBatchFirst'] as const) {
        const [plain, added] = [put(1, B * T * D), put(2, B * T * D)];
        engine[move](plain, put(3, B * T * D), lengths, B, T, D);
        engine[move](added, put(4, B * T * D), lengths, B, T, D, true);
        results.push([plain, B * T * D], [added, B * T * D]);
      }
    }
    return results;
  },
  rows: ({ engine, put, indices }) => {
    const [rows, K] = [53, 19];
    const n = rows * K;
    const [y, p, q, dx, dz, loss] = [put(1, n), put(2, n), put(3, n), put(4, n), put(5, n), put(6, rows)];
    engine.gatherRows(y, put(7, 9 * K), indices(Array.from({ length: rows }, (_, r) => (r * 5) % 9)), rows, K);
    engine.softmax(p, y, rows, K);
    engine.softmaxBackward(dx, put(8, n), p, rows, K);
    const targets = indices(Array.from({ length: rows }, (_, r) => ((r * 7) % (K + 1)) - 1));
    engine.crossEntropy(loss, q, y, targets, rows, K);
    engine.crossEntropyBackward(dz, put(9, rows), q, targets, rows, K);
    const [normal, mean, rstd] = [put(10, n), put(11, rows), put(12, rows)];
    engine.layerNorm(normal, mean, rstd, y, put(13, K), put(14, K), rows, K, 1e-5);
    return [
      ...[y, p, q, dx, dz, normal].map((address): [Address, number] => [address, n]),
      ...[loss, mean, rstd].map((address): [Address, number] => [address, rows]),
    ];
  },
  optimisers: ({ engine, put }) => {
    const n = 1021;
    const [w, m, v, u, velocity, plain, r, square] = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => put(seed, n, 0.1, 1));
    const dw = put(9, n);
    const adam = {
      rate: 1e-2,
      scale: 0.7,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      decay: 1e-3,
      l2: 1e-3,
      correction1: 1.1,
      correction2: 1.2,
    };
    engine.adam(w, dw, m, v, n, adam);
    engine.sgd(u, dw, velocity, n, { rate: 1e-2, scale: 0.7, momentum: 0.9, nesterov: true, l2: 1e-3 });
    engine.sgd(plain, dw, NONE, n, { rate: 1e-2, scale: 0.7, momentum: 0, nesterov: false, l2: 0 });
    engine.rmsprop(r, dw, square, NONE, n, { rate: 1e-2, scale: 0.7, alpha: 0.9, epsilon: 1e-8, momentum: 0, l2: 0 });
    return [w, m, v, u, velocity, plain, r, square].map((address) => [address, n]);
  },
};

/** Time loops, whole and ragged, with more rows than a thread has and with fewer, with and without a skip. */
const [T, H] = [5, 17];
for (const B of [9, 37, 70]) {
  for (const ragged of [false, true]) {
    for (const skip of [false, true]) {
      const title = (cell: string) => `${cell} B=${B}${ragged ? ' ragged' : ''}${skip ? ' with a skip' : ''}`;
      const sequence = ({ put, indices }: Desk) => {
        // Sorted, shuffled, empty: what comes first must not matter.
        const lengths = ragged ? indices(Array.from({ length: B }, (_, b) => (b * 4 + 1) % (T + 1))) : NONE;
        // A skip over two steps reads one more row of states in front of the first.
        const states = (seed: number): Address => put(seed, (T + 2) * B * H) + B * H;
        return { shape: { T, B, H, lengths }, states };
      };
      const packed = ({ engine, put }: Desk, seed: number, N: number, K: number): Address => {
        const at = engine.arena.take(engine.packedSize(N, K));
        engine.pack(at, put(seed, N * K, -0.3, 0.3), N, K);
        return at;
      };
      const n = T * B * H;
      const whole = (state: Address): [Address, number] => [state - B * H, (T + 2) * B * H];

      CALLS[title('rnn')] = (desk) => {
        const { shape, states } = sequence(desk);
        const [gates, dgates, dleak, hidden, dhidden] = [
          desk.put(1, n),
          desk.put(2, n),
          desk.put(3, n),
          states(4),
          states(5),
        ];
        const leak = desk.put(6, H, 0.1, 0.9);
        const w = packed(desk, 7, H, H);
        const delay = skip ? { delay: 2, w: packed(desk, 8, H, H) } : undefined;
        desk.engine.rnnForward({ ...shape, activation: 'tanh', gates, hidden, w, leak, skip: delay });
        desk.engine.rnnBackward({
          ...shape,
          activation: 'tanh',
          dgates,
          dhidden,
          hidden,
          w,
          leak,
          gates,
          dleak,
          skip: delay,
        });
        return [[gates, n], [dgates, n], [dleak, n], whole(hidden), whole(dhidden)];
      };
      CALLS[title('lstm')] = (desk) => {
        const { shape, states } = sequence(desk);
        const [gates, dgates, dcell] = [desk.put(1, 4 * n), desk.put(2, 4 * n), desk.put(3, B * H)];
        const [hidden, cells, dhidden] = [states(4), states(5), states(6)];
        const [w, back] = [packed(desk, 7, 4 * H, H), packed(desk, 8, H, 4 * H)];
        const [forwardSkip, backSkip] = skip
          ? [
              { delay: 2, w },
              { delay: 2, w: back },
            ]
          : [undefined, undefined];
        desk.engine.lstmForward({ ...shape, gates, hidden, cells, w, skip: forwardSkip });
        desk.engine.lstmBackward({ ...shape, dgates, dhidden, dcell, gates, cells, hidden, w: back, skip: backSkip });
        return [[gates, 4 * n], [dgates, 4 * n], [dcell, B * H], whole(hidden), whole(cells), whole(dhidden)];
      };
      for (const reset of ['after', 'before'] as const) {
        if (reset === 'before' && skip) continue;
        CALLS[title(`gru reset ${reset}`)] = (desk) => {
          const { shape, states } = sequence(desk);
          const [gates, dgates, candidate, dcandidate] = [
            desk.put(1, 3 * n),
            desk.put(2, 3 * n),
            desk.put(3, n),
            desk.put(9, n),
          ];
          const [hidden, dhidden, bias] = [states(4), states(5), desk.put(6, H)];
          const [wrz, wn] = [packed(desk, 7, 2 * H, H), packed(desk, 8, H, H)];
          const [rz, nn] = [packed(desk, 10, H, 2 * H), packed(desk, 11, H, H)];
          const [forwardSkip, backSkip] = skip
            ? [
                { delay: 2, wrz, wn },
                { delay: 2, wrz: rz, wn: nn },
              ]
            : [undefined, undefined];
          desk.engine.gruForward({ ...shape, reset, gates, hidden, candidate, wrz, wn, bias, skip: forwardSkip });
          desk.engine.gruBackward({
            ...shape,
            reset,
            dgates,
            dcandidate,
            dhidden,
            gates,
            candidate,
            hidden,
            wrz: rz,
            wn: nn,
            skip: backSkip,
          });
          return [[gates, 3 * n], [dgates, 3 * n], [candidate, n], [dcandidate, n], whole(hidden), whole(dhidden)];
        };
      }
    }
  }
}

/** One row, whose weights threads share when all of its steps run. */
for (const lengths of [undefined, [3], [2]]) {
  const [T, H] = [3, 77];
  const title = (cell: string) => `${cell} B=1 H=${H}, ${lengths ? `${lengths} of ${T}` : T} steps`;
  const weights = ({ engine, put }: Desk, seed: number, N: number, K = H): Address => {
    const at = engine.arena.take(engine.packedSize(N, K));
    engine.pack(at, put(seed, N * K, -0.05, 0.05), N, K);
    return at;
  };
  const shape = (desk: Desk) => ({ T, B: 1, H, lengths: lengths ? desk.indices(lengths) : NONE });
  const n = T * H;
  for (const activation of ['tanh', 'relu'] as const) {
    CALLS[title(`rnn ${activation}`)] = (desk) => {
      const [gates, hidden] = [desk.put(1, n), desk.put(2, n + H)];
      const [dgates, dhidden] = [desk.put(4, n), desk.put(5, n + H)];
      desk.engine.rnnForward({ ...shape(desk), activation, gates, hidden, w: weights(desk, 3, H) });
      desk.engine.rnnBackward({ ...shape(desk), activation, dgates, dhidden, hidden, w: weights(desk, 6, H) });
      return [
        [hidden, n + H],
        [dgates, n],
        [dhidden, n + H],
      ];
    };
  }
  CALLS[title('lstm')] = (desk) => {
    const [gates, hidden, cells] = [desk.put(1, 4 * n), desk.put(2, n + H), desk.put(3, n + H)];
    const [dgates, dhidden, dcell] = [desk.put(5, 4 * n), desk.put(6, n + H), desk.put(7, H)];
    desk.engine.lstmForward({ ...shape(desk), gates, hidden, cells, w: weights(desk, 4, 4 * H) });
    const w = weights(desk, 8, H, 4 * H);
    desk.engine.lstmBackward({ ...shape(desk), dgates, dhidden, dcell, gates, cells, hidden, w });
    return [
      [gates, 4 * n],
      [hidden, n + H],
      [cells, n + H],
      [dgates, 4 * n],
      [dhidden, n + H],
      [dcell, H],
    ];
  };
  for (const bias of [true, false]) {
    CALLS[title(bias ? 'gru' : 'gru without bias')] = (desk) => {
      const [gates, hidden, candidate] = [desk.put(1, 3 * n), desk.put(2, n + H), desk.put(3, n)];
      const [wrz, wn] = [weights(desk, 4, 2 * H), weights(desk, 5, H)];
      const sequence = { ...shape(desk), reset: 'after' as const, gates, hidden, candidate, wrz, wn };
      desk.engine.gruForward({ ...sequence, bias: bias ? desk.put(6, H) : NONE });
      const [dgates, dhidden, dcandidate] = [desk.put(7, 3 * n), desk.put(8, n + H), desk.put(9, n)];
      const back = { wrz: weights(desk, 10, H, 2 * H), wn: weights(desk, 11, H) };
      desk.engine.gruBackward({ ...sequence, ...back, dgates, dhidden, dcandidate });
      return [
        [gates, 3 * n],
        [hidden, n + H],
        [candidate, n],
        [dgates, 3 * n],
        [dhidden, n + H],
        [dcandidate, n],
      ];
    };
  }
}

/** One step whose gates hold the state's part already. */
CALLS['lstm without weights'] = (desk) => {
  const [B, H] = [40, 77];
  const [gates, hidden, cells] = [desk.put(1, 4 * B * H), desk.put(2, 2 * B * H), desk.put(3, 2 * B * H)];
  desk.engine.lstmForward({ T: 1, B, H, lengths: NONE, gates, hidden, cells, w: NONE });
  return [
    [gates, 4 * B * H],
    [hidden, 2 * B * H],
    [cells, 2 * B * H],
  ];
};

/** What a call leaves behind on an engine, bit by bit. */
export function bitsOf(engine: Engine, call: (desk: Desk) => [Address, number][]): string[] {
  return engine.arena.scope(() => {
    const desk: Desk = {
      engine,
      put(seed, n, low = -1, high = 1) {
        const random = new Random(seed);
        const address = engine.arena.take(n);
        engine.write(
          address,
          Float32Array.from({ length: n }, () => random.uniformIn(low, high)),
        );
        return address;
      },
      indices(values) {
        const address = engine.arena.take(values.length);
        engine.writeIndices(address, values);
        return address;
      },
    };
    return call(desk).map(([address, n]) => Buffer.from(engine.readIndices(address, n).buffer).toString('hex'));
  });
}
