import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecurveError } from '../../errors.ts';
import { Random } from '../../random.ts';
import {
  ADDING_GUESS,
  addingProblem,
  copyMemoryless,
  copyProblem,
  embeddedReber,
  REBER_SYMBOLS,
  TEMPORAL_ORDER_SYMBOLS,
  temporalOrder,
} from './index.ts';

const seeds = fc.integer({ min: 0, max: 1e6 });

describe('addingProblem', () => {
  test('marks one step of each half and asks for the sum of the two numbers there', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 31 }), fc.integer({ min: 1, max: 5 }), (seed, steps, count) => {
        const { x, shape, targets } = addingProblem({ count, steps }, new Random(seed));
        expect(shape).toEqual([count, steps, 2]);
        for (let b = 0; b < count; b++) {
          const marked = Array.from({ length: steps }, (_, t) => t).filter((t) => x[(b * steps + t) * 2 + 1] !== 0);
          expect(marked.map((t) => x[(b * steps + t) * 2 + 1])).toEqual([1, 1]);
          expect(marked.map((t) => t < Math.floor(steps / 2))).toEqual([true, false]);
          expect(targets[b]).toBe(x[(b * steps + marked[0]) * 2] + x[(b * steps + marked[1]) * 2]);
        }
      }),
    );
  });

  test('reaches every step with a mark, the first and the last of each half included', () => {
    const { x } = addingProblem({ count: 200, steps: 7 }, new Random(1));
    const marked = Array.from({ length: 7 }, (_, t) => Array.from({ length: 200 }, (_, b) => x[(b * 7 + t) * 2 + 1]));
    expect(marked.map((marks) => marks.includes(1))).toEqual(Array(7).fill(true));
  });

  test('leaves a guess of 1 with a mean squared error of 1/6, within 3 % over 20,000 sequences', () => {
    const { targets } = addingProblem({ count: 20_000, steps: 2 }, new Random(7));
    const mse = targets.reduce((sum, target) => sum + (target - 1) ** 2, 0) / targets.length;
    expect(ADDING_GUESS).toBe(1 / 6);
    expect(Math.abs(mse / ADDING_GUESS - 1)).toBeLessThan(0.03);
  });
});

describe('copyProblem', () => {
  test('shows the symbols first, gives the signal and wants them back after it, blanks elsewhere', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }), (seed, delay, length) => {
        const { symbols, shape, lengths, targets, symbolKinds } = copyProblem(
          { count: 3, delay, length, kinds: 4 },
          new Random(seed),
        );
        const T = delay + 2 * length;
        expect(shape).toEqual([3, T]);
        expect([...lengths]).toEqual([T, T, T]);
        expect(symbolKinds).toBe(6);
        for (let b = 0; b < 3; b++) {
          const row = [...symbols.subarray(b * T, (b + 1) * T)];
          const shown = row.slice(0, length);
          const blanks = (n: number) => Array<number>(n).fill(0);
          expect(shown.every((symbol) => symbol >= 1 && symbol <= 4)).toBe(true);
          expect(row).toEqual([...shown, ...blanks(delay - 1), 5, ...blanks(length)]);
          expect([...targets.subarray(b * T, (b + 1) * T)]).toEqual([...blanks(delay + length), ...shown]);
        }
      }),
    );
  });

  test('has the sizes of the literature by default: 10 symbols of 8 kinds, T + 20 steps, memoryless loss 10 ln 8 / (T + 20)', () => {
    const { symbols, shape, symbolKinds } = copyProblem({ count: 200, delay: 200 }, new Random(3));
    expect(shape).toEqual([200, 220]);
    expect(symbolKinds).toBe(10);
    expect(new Set(symbols).size).toBe(10);
    expect(copyMemoryless({ delay: 200 })).toBeCloseTo((10 * Math.log(8)) / 220, 15);
  });

  test('shows each kind about as often as any other, so that no guess beats the memoryless loss: within 5 % in 4,000 symbols a kind', () => {
    const { symbols } = copyProblem({ count: 3200, delay: 1 }, new Random(5));
    for (let kind = 1; kind <= 8; kind++) {
      const share = symbols.filter((symbol) => symbol === kind).length / 32_000;
      expect(Math.abs(share * 8 - 1)).toBeLessThan(0.05);
    }
  });
});

describe('temporalOrder', () => {
  test('puts X or Y at two places, distractors elsewhere, and names their order', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 10, max: 120 }), (seed, steps) => {
        const tenth = Math.floor(steps / 10);
        const { symbols, shape, lengths, targets } = temporalOrder({ count: 3, steps }, new Random(seed));
        for (let b = 0; b < 3; b++) {
          const whole = [...symbols.subarray(b * shape[1], (b + 1) * shape[1])];
          const row = whole.slice(0, lengths[b]).map((symbol) => TEMPORAL_ORDER_SYMBOLS[symbol]);
          expect(lengths[b]).toBeGreaterThanOrEqual(steps);
          expect(lengths[b]).toBeLessThanOrEqual(steps + tenth);
          expect(whole.slice(lengths[b]).every((symbol) => symbol === 0)).toBe(true);
          expect([row[0], row.at(-1)]).toEqual(['E', 'B']);
          const places = row.flatMap((letter, t) => (letter === 'X' || letter === 'Y' ? [t] : []));
          expect(places).toHaveLength(2);
          expect(Math.abs(places[0] - 1.5 * tenth)).toBeLessThanOrEqual(0.5 * tenth);
          expect(Math.abs(places[1] - 5.5 * tenth)).toBeLessThanOrEqual(0.5 * tenth);
          expect(['XX', 'XY', 'YX', 'YY'][targets[b]]).toBe(places.map((t) => row[t]).join(''));
          expect(row.slice(1, -1).filter((letter) => letter === 'E' || letter === 'B')).toEqual([]);
        }
      }),
    );
  });

  test('gives each class a quarter of 16,000 sequences, within 5 %: guessing is right once in four times', () => {
    const { targets } = temporalOrder({ count: 16_000, steps: 10 }, new Random(2));
    for (const one of [0, 1, 2, 3])
      expect(Math.abs(targets.filter((target) => target === one).length / 4000 - 1)).toBeLessThan(0.05);
  });
});

describe('embeddedReber', () => {
  const { symbols, shape, lengths, targets, legal } = embeddedReber({ count: 500 }, new Random(4));
  const [B, T] = shape;
  const strings = Array.from({ length: B }, (_, b) => {
    const steps = Array.from({ length: lengths[b] }, (_, t) => b * T + t);
    const letters = [...steps.map((at) => symbols[at]), targets[steps.at(-1)!]].map((s) => REBER_SYMBOLS[s]).join('');
    const may = steps.map((at) => REBER_SYMBOLS.filter((_, k) => legal[at * 7 + k] === 1).join(''));
    return { letters, may };
  });

  test('makes strings of the grammar only, with the second letter again before the last', () => {
    for (const { letters } of strings) {
      expect(letters).toMatch(/^B([TP]).*\1E$/);
      expect(walk(letters.slice(2, -2)), letters).toBe(true);
    }
    expect(new Set(strings.map(({ letters }) => letters[1]))).toEqual(new Set(['T', 'P']));
  });

  test('names as legal the letters that some string has there: the true next one, at most two, and every one of them is met', () => {
    const met = new Map<string, Set<string>>();
    for (const { letters, may } of strings) {
      may.forEach((set, t) => {
        expect(set).toContain(letters[t + 1]);
        expect(set.length).toBeLessThanOrEqual(2);
        const past = `${letters.slice(0, t + 1)}`;
        met.set(past, (met.get(past) ?? new Set()).add(letters[t + 1]));
      });
      expect(may.at(-2)).toBe(letters[1]);
      expect(may.at(-1)).toBe('E');
    }
    expect(met.get('B')).toEqual(new Set(['T', 'P']));
    for (const { letters, may } of strings)
      may.forEach((set, t) => {
        if (t < 5) expect(met.get(letters.slice(0, t + 1))).toEqual(new Set(set));
      });
  });

  test('has −1 for the next letter and none legal past the end of a string', () => {
    for (let b = 0; b < B; b++) {
      for (let t = lengths[b]; t < T; t++) {
        expect(targets[b * T + t]).toBe(-1);
        expect([...legal.subarray((b * T + t) * 7, (b * T + t + 1) * 7)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
      }
    }
    expect(Math.min(...lengths)).toBeLessThan(T);
  });

  /** Whether the letters are a Reber string, by the diagram of the paper written out once more. */
  function walk(letters: string): boolean {
    const diagram: Record<string, string> = {
      '0B': '1',
      '1T': '2',
      '1P': '3',
      '2S': '2',
      '2X': '4',
      '3T': '3',
      '3V': '5',
      '4X': '3',
      '4S': '6',
      '5P': '4',
      '5V': '6',
      '6E': '7',
    };
    let state = '0';
    for (const letter of letters) state = diagram[state + letter] ?? 'no';
    return state === '7';
  }
});

describe('every problem', () => {
  const make = {
    addingProblem: (seed: number, count: number) => addingProblem({ count, steps: 12 }, new Random(seed)),
    copyProblem: (seed: number, count: number) => copyProblem({ count, delay: 4 }, new Random(seed)),
    temporalOrder: (seed: number, count: number) => temporalOrder({ count, steps: 20 }, new Random(seed)),
    embeddedReber: (seed: number, count: number) => embeddedReber({ count }, new Random(seed)),
  };
  test.each(Object.entries(make))('%s is the same for a seed, another for the next seed', (_, problem) => {
    expect(problem(1, 4)).toEqual(problem(1, 4));
    expect(problem(1, 4)).not.toEqual(problem(2, 4));
  });

  test.each(Object.entries(make))('%s refuses a count of 0 and one that is no whole number', (name, problem) => {
    for (const count of [0, 1.5, Number.NaN]) {
      expect(() => problem(1, count)).toThrow(RecurveError);
      expect(() => problem(1, count)).toThrow(
        `${name}: expected count to be a whole number of at least 1, got ${count};`,
      );
    }
  });

  test('refuses sequences that are too short for it', () => {
    const random = new Random(1);
    expect(() => addingProblem({ count: 1, steps: 1 }, random)).toThrow(
      'steps to be a whole number of at least 2, got 1',
    );
    expect(() => copyProblem({ count: 1, delay: 0 }, random)).toThrow(
      'delay to be a whole number of at least 1, got 0',
    );
    expect(() => copyMemoryless({ delay: 3, kinds: 1 })).toThrow('kinds to be a whole number of at least 2, got 1');
    expect(() => temporalOrder({ count: 1, steps: 9 }, random)).toThrow(
      'steps to be a whole number of at least 10, got 9',
    );
  });
});
