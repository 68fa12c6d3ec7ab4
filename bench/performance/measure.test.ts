import { describe, expect, test } from 'vitest';
import { alternate, type Side } from './measure.ts';

/** A side whose repetitions take what it is told, without taking any time. */
function scripted(name: string, journal: string[], msOf: (call: number) => number): Side {
  let calls = 0;
  return {
    run(n) {
      journal.push(name);
      const ms = msOf(calls++) * n;
      return { ms, cpuMs: ms / 2 };
    },
  };
}

describe('alternate', () => {
  test('runs the sides by turns after both have warmed up', async () => {
    const journal: string[] = [];
    await alternate([scripted('A', journal, () => 200), scripted('B', journal, () => 300)], {
      rounds: 3,
      least: 3,
      milliseconds: 1e6,
    });
    expect(journal.join('')).toBe('ABABABAB');
  });

  test('warms up a short case until compilers have seen it 10,000 times, and others for 150 ms', async () => {
    const runsOf = async (one: number): Promise<number> => {
      let runs = 0;
      const side: Side = {
        run(n) {
          runs += n;
          return { ms: one * n, cpuMs: one * n };
        },
      };
      await alternate([side], { rounds: 0, least: 0, milliseconds: 0 });
      return runs;
    };
    expect(await runsOf(0.05)).toBeGreaterThanOrEqual(10_000);
    expect((await runsOf(0.1)) * 0.1).toBeLessThan(200);
  });

  test('repeats work that the clock does not see a bounded number of times', async () => {
    const asked: number[] = [];
    const coarse: Side = {
      run(n) {
        asked.push(n);
        return { ms: n < 150 ? 0 : n / 1000, cpuMs: 0 };
      },
    };
    const [{ ms }] = await alternate([coarse], { rounds: 3, least: 3, milliseconds: 1e6 });
    expect(Math.max(...asked)).toBe(200_000);
    expect(ms).toBeCloseTo(0.001);
  });

  test('gives the median of the rounds per repetition, so that one slow round does not show', async () => {
    const slowOnce = scripted('A', [], (call) => (call === 2 ? 9000 : 200));
    const [timing] = await alternate([slowOnce], { rounds: 7, least: 7, milliseconds: 1e6 });
    expect(timing).toEqual({ ms: 200, cpuMs: (6 * 100 + 4500) / 7, rounds: 7 });
  });

  test('repeats a short case until 20 ms have passed, and still tells the time of one', async () => {
    const sizes: number[] = [];
    const side: Side = {
      run(n) {
        sizes.push(n);
        return { ms: 0.5 * n, cpuMs: 0.5 * n };
      },
    };
    const [{ ms }] = await alternate([side], { rounds: 7, least: 7, milliseconds: 1e6 });
    expect(ms).toBeCloseTo(0.5, 12);
    expect(sizes.at(-1)).toBe(40);
  });

  test('takes no more rounds than fit the time, but never fewer than the least', async () => {
    const rounds = async (milliseconds: number, least: number): Promise<number> => {
      const [timing] = await alternate([scripted('A', [], () => 1000)], { rounds: 9, least, milliseconds });
      return timing.rounds;
    };
    expect(await rounds(4500, 1)).toBe(4);
    expect(await rounds(4500, 7)).toBe(7);
    expect(await rounds(-1, 1)).toBe(1);
    expect(await rounds(1e6, 1)).toBe(9);
  });
});
