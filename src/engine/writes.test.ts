import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { createEngine } from './create.ts';
import type { Address, Engine } from './engine.ts';
import { WASM } from './engines.case.ts';
import { CALLS } from './threads/calls.case.ts';

/** Slots of the largest array of a call. */
const MOST = 200_000;

/** Kernels that are not split among threads. */
const OTHERS: typeof CALLS = {
  'fill, dropout': ({ engine, put }) => {
    const [x, y, z] = [put(1, 50), put(2, 50), put(3, 50)];
    engine.fill(x, 50, 2);
    engine.dropout(y, z, 50, 0.5, { key0: 1, key1: 2, counter: 0 });
    return [];
  },
  layerNormBackward: ({ engine, put }) => {
    const [rows, D] = [3, 5];
    const [dx, dgain, dbias, dy, x] = [put(1, rows * D), put(2, D), put(3, D), put(4, rows * D), put(5, rows * D)];
    engine.layerNormBackward(dx, dgain, dbias, dy, x, put(6, D), put(7, rows), put(8, rows), rows, D);
    return [];
  },
  'rows and states': ({ engine, put, indices }) => {
    const [B, T, H] = [3, 4, 5];
    const lengths = indices([4, 1, 2]);
    const of = (n: number) => Array.from({ length: n }, (_, i) => put(i, B * H)) as [number, number, number, number];
    engine.scatterAddRows(put(1, 4 * H), put(2, B * H), indices([3, 0, 3]), B, H);
    engine.takeLast(put(3, B * H), put(4, (T + 1) * B * H), lengths, B, T, H);
    engine.takeLastBackward(put(5, (T + 1) * B * H), put(6, B * H), lengths, B, T, H);
    const [y, a, c] = of(3);
    engine.selectRows(y, a, c, lengths, 1, B, H);
    const [da, dc, dy] = of(3);
    engine.selectRowsBackward(da, dc, dy, lengths, 1, B, H);
    return [];
  },
};

/**
 * Runs a call with its array number `k` in a persistent block: whether the call changed what lay there, whether the engine counted a
 * write, and how many arrays the call has.
 */
function run(engine: Engine, block: Address, call: (typeof CALLS)[string], k: number) {
  const watch = engine.watch!(block, MOST);
  return engine.arena.scope(() => {
    let arrays = 0;
    let before: { bits: Int32Array; writes: number } | undefined;
    const place = (n: number, write: (address: Address) => void): Address => {
      const address = arrays === k ? block : engine.arena.take(n);
      write(address);
      if (arrays === k) before = { bits: engine.readIndices(block, n), writes: watch.writes };
      arrays++;
      return address;
    };
    call({
      engine,
      put(seed, n, low = -1, high = 1) {
        const random = new Random(seed);
        const values = Float32Array.from({ length: n }, () => random.uniformIn(low, high));
        return place(n, (address) => engine.write(address, values));
      },
      indices: (values) => place(values.length, (address) => engine.writeIndices(address, values)),
    });
    const after = before && engine.readIndices(block, before.bits.length);
    return {
      arrays,
      changed: before?.bits.some((bits, i) => bits !== after?.[i]) ?? false,
      counted: before !== undefined && watch.writes !== before.writes,
    };
  });
}

describe('an engine counts every call that writes to a watched block', () => {
  it.each(Object.entries({ ...CALLS, ...OTHERS }))('%s', async (_name, call) => {
    const engine = await createEngine({ tier: WASM[0].name });
    const block = engine.arena.keep(MOST);
    const missed: number[] = [];
    let changed = 0;
    for (let k = 0, arrays = 1; k < arrays; k++) {
      const seen = run(engine, block, call, k);
      arrays = seen.arrays;
      if (seen.changed) changed++;
      if (seen.changed && !seen.counted) missed.push(k);
    }
    expect(missed, 'arrays that changed unseen').toEqual([]);
    expect(changed, 'arrays that change').toBeGreaterThan(0);
  });

  it('write, writeIndices and copy too, but neither calls beside it, in the workspace nor pack', async () => {
    const engine = await createEngine();
    const block = engine.arena.keep(1000);
    const watch = engine.watch!(block, 1000);
    const grown = (body: () => void): boolean => {
      const before = watch.writes;
      body();
      return watch.writes !== before;
    };
    expect(grown(() => engine.write(block, [1]))).toBe(true);
    expect(grown(() => engine.writeIndices(block, [1]))).toBe(true);
    expect(grown(() => engine.copy(block, block + 16, 4))).toBe(true);
    expect(grown(() => engine.pack(block, block + 500, 3, 2))).toBe(false);
    engine.arena.scope(() => {
      const [x, y] = [engine.arena.take(8), engine.arena.take(8)];
      expect(grown(() => engine.write(x, [1]))).toBe(false);
      expect(grown(() => engine.axpy(y, block, 8, 1))).toBe(false);
      expect(grown(() => engine.axpy(block, y, 8, 1))).toBe(true);
    });
    const beside = engine.arena.keep(16);
    expect(grown(() => engine.write(beside, [1]))).toBe(false);
    watch.stop();
    expect(grown(() => engine.write(block, [1]))).toBe(false);
  });
});
