import { expect, test, vi } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { createNetwork, gru, linear, sequential } from '../../nn/index.ts';
import { networkOf, weightsOf } from './weights.ts';

const layer = () => sequential(gru({ input: 3, hidden: 5 }), linear({ input: 5, output: 2 }));

test('a loaded network gives the bits of the stored one, and packs its weights once for all predictions', async () => {
  const engine = await createEngine();
  const stored = createNetwork(engine, layer(), { seed: 8 });
  const loaded = networkOf(engine, layer(), weightsOf(stored), 'model');
  const x = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i));
  const pack = vi.spyOn(engine, 'pack');
  const counts = [1, 2, 3, 4].map(() => {
    pack.mockClear();
    const { values } = loaded.predict(x, [2, 2, 3]);
    const { length } = pack.mock.calls;
    expect(values).toEqual(stored.predict(x, [2, 2, 3]).values);
    return length;
  });
  expect(counts.slice(0, 2).every((count) => count > 0)).toBe(true);
  expect(counts.slice(2)).toEqual([0, 0]);
});
