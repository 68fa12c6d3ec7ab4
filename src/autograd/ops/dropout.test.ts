import { describe, expect, it } from 'vitest';
import { ENGINES } from '../../engine/engines.case.ts';
import { dropoutMask } from '../../random.ts';
import { checkGradients, given } from '../gradient-check.case.ts';
import { Tape } from '../tape.ts';
import { dropout } from './index.ts';

const KEY = { key0: 7, key1: 11, counter: 3 };

describe('dropout', () => {
  it('has the gradient of finite differences within 1e-7 for a fixed key', () => {
    checkGradients(([x]) => dropout(x, 0.4, KEY), [given([3, 7], 1)]);
  });

  it.each(ENGINES)('on $name keeps what the generator’s mask says, scaled by 1/(1−p)', async ({ open }) => {
    const tape = new Tape(await open());
    const x = Array.from({ length: 21 }, (_, i) => i + 1);
    const y = tape.evaluate(() => [...dropout(tape.constant(x, [3, 7]), 0.5, KEY).values()]);
    const mask = dropoutMask([KEY.key0, KEY.key1], KEY.counter, 0.5, new Uint8Array(21));
    expect(y).toEqual(x.map((v, i) => (mask[i] ? v * 2 : 0)));
    expect(new Set(mask).size).toBe(2);
  });

  it('with another counter drops others', async () => {
    const tape = new Tape(await ENGINES[0].open());
    const dropped = (counter: number): number[] =>
      tape.evaluate(() => [...dropout(tape.constant(Array(40).fill(1), [40]), 0.5, { ...KEY, counter }).values()]);
    expect(dropped(3)).toEqual(dropped(3));
    expect(dropped(3)).not.toEqual(dropped(4));
  });

  it('with p = 0 is the tensor itself, and refuses p outside [0, 1)', async () => {
    const tape = new Tape(await ENGINES[0].open());
    tape.evaluate(() => {
      const x = tape.zeros([2]);
      expect(dropout(x, 0, KEY)).toBe(x);
      for (const p of [1, -0.1, Number.NaN]) {
        expect(() => dropout(x, p, KEY)).toThrow(
          `dropout: expected a probability p with 0 ≤ p < 1, got ${p}; 0 switches it off`,
        );
      }
    });
  });
});
