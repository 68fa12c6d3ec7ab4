import { describe, expect, test } from 'vitest';
import { comparer, onBench } from './conformance-bench.case.ts';
import { runElementwiseConformance } from './conformance-elementwise.case.ts';
import { runOptimizerConformance } from './conformance-optimizers.case.ts';
import { runProductConformance } from './conformance-products.case.ts';
import { runRowConformance } from './conformance-rows.case.ts';
import { runSequenceConformance } from './conformance-sequence.case.ts';
import { runShapeConformance } from './conformance-shape.case.ts';
import type { Engine } from './engine.ts';

/**
 * What every engine must do: {@link Engine} against the reference within `tolerance`, and the promises about
 * order, tails and neighbours to the bit.
 *
 * @param tolerance largest error of a result of a few dozen terms, relative to max(1, |value|)
 */
export function runConformance(name: string, create: () => Engine | Promise<Engine>, tolerance: number): void {
  const compare = comparer(create, tolerance);

  describe(`${name} keeps the contract of Engine within ${tolerance}`, () => {
    test('read, write, fill and copy move numbers and round them to a slot', async () => {
      onBench(await create(), ({ engine, put, putIndices, get }) => {
        const a = put([1, 2, 3, 0.1]);
        expect(get(a, 4)).toEqual([1, 2, 3, engine.slotBytes === 4 ? Math.fround(0.1) : 0.1]);
        const b = put(Array(4).fill(0));
        engine.copy(b, a, 3);
        engine.fill(b + 3, 1, -2);
        expect(get(b, 4)).toEqual([1, 2, 3, -2]);
        const indices = putIndices([3, -1, 2147483647]);
        expect(Array.from(engine.readIndices(indices, 3))).toEqual([3, -1, 2147483647]);
      });
    });

    test('memory grows and keeps its contents', async () => {
      const engine = await create();
      const kept = engine.arena.keep(3);
      engine.write(kept, [1, 2, 3]);
      engine.arena.scope(() => {
        const far = engine.arena.take(2_000_000);
        engine.fill(far, 2_000_000, 4);
        expect(engine.sum(far, 2_000_000)).toBe(8_000_000);
      });
      expect(Array.from(engine.read(kept, 3))).toEqual([1, 2, 3]);
      engine.arena.release(kept);
    });

    runProductConformance(create, compare);
    runElementwiseConformance(create, compare);
    runShapeConformance(create, compare);
    runRowConformance(create, compare);
    runOptimizerConformance(compare);
    runSequenceConformance(create, compare, tolerance);
  });
}
