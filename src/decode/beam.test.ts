import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { beamSearch, logSoftmax } from './beam.ts';

const K = 4;
const END = 3;

/** A Markov chain of order 2 over K tokens, with states carried as beam search hands them on. */
function chain(seed: number) {
  const random = new Random(seed);
  const table = Array.from({ length: K * K * K }, () => 3 * random.normal());
  const logitsAfter = (tokens: readonly number[]): number[] => {
    const [a = 0, b = 0] = tokens.slice(-2);
    return table.slice((a * K + b) * K, (a * K + b + 1) * K);
  };
  let states: number[][] = [[]];
  let widest = 0;
  return {
    logitsAfter,
    get widest() {
      return widest;
    },
    model: {
      advance(parents: readonly number[], tokens: readonly number[]) {
        widest = Math.max(widest, parents.length);
        states = parents.map((parent, b) => [...states[parent], tokens[b]]);
        return states.map(logitsAfter);
      },
    },
  };
}

/** Every sequence of up to `length` tokens, ended or of full length, with its log probability. */
function all(logitsAfter: (tokens: readonly number[]) => number[], length: number, ends: boolean) {
  const found: { tokens: number[]; logProbability: number; ended: boolean }[] = [];
  const visit = (tokens: number[], logProbability: number): void => {
    if (tokens.length === length) {
      found.push({ tokens, logProbability, ended: false });
      return;
    }
    logSoftmax(logitsAfter(tokens)).forEach((p, token) => {
      if (ends && token === END) found.push({ tokens, logProbability: logProbability + p, ended: true });
      else visit([...tokens, token], logProbability + p);
    });
  };
  visit([], 0);
  return found;
}

describe('beam search', () => {
  test.each([0, 0.7])('wide enough, finds the best of all sequences: length penalty %f', (lengthPenalty) => {
    for (let seed = 0; seed < 5; seed++) {
      for (const end of [undefined, END]) {
        const { logitsAfter, model } = chain(seed);
        const options = { first: logitsAfter([]), width: 300, length: 4, lengthPenalty };
        const found = beamSearch(model, end === undefined ? options : { ...options, end });
        const best = all(logitsAfter, 4, end !== undefined)
          .map((h) => ({
            ...h,
            score: h.logProbability / ((5 + h.tokens.length + (h.ended ? 1 : 0)) / 6) ** lengthPenalty,
          }))
          .sort((a, b) => b.score - a.score);
        for (let k = 0; k < 5; k++) {
          expect(found[k].tokens).toEqual(best[k].tokens);
          expect(found[k].score).toBeCloseTo(best[k].score, 12);
          expect(found[k].ended).toBe(best[k].ended);
        }
      }
    }
  });

  test('of width 1 is greedy, and never asks for more rows than its width', () => {
    const greedy = chain(1);
    let tokens: number[] = [];
    for (let t = 0; t < 6; t++) {
      const logits = greedy.logitsAfter(tokens);
      tokens = [...tokens, logits.indexOf(Math.max(...logits))];
    }
    expect(beamSearch(greedy.model, { first: greedy.logitsAfter([]), width: 1, length: 6 })[0].tokens).toEqual(tokens);
    const wide = chain(2);
    beamSearch(wide.model, { first: wide.logitsAfter([]), width: 3, length: 6, end: END });
    expect(wide.widest).toBe(3);
  });

  test('is no worse the wider it is, on average, and better than greedy somewhere', () => {
    const score = (width: number, seed: number) => {
      const { model, logitsAfter } = chain(seed);
      return beamSearch(model, { first: logitsAfter([]), width, length: 8 })[0].score;
    };
    const gains = Array.from({ length: 20 }, (_, seed) => score(8, seed) - score(1, seed));
    expect(Math.min(...gains)).toBeGreaterThan(-1e-9);
    expect(Math.max(...gains)).toBeGreaterThan(0.1);
  });

  test('says only what is allowed', () => {
    const { model, logitsAfter } = chain(3);
    const found = beamSearch(model, {
      first: logitsAfter([]),
      width: 4,
      length: 5,
      allowed: (tokens) => [1, 1, tokens.length === 2 ? 1 : 0, 0],
    });
    expect(found.flatMap(({ tokens }) => tokens.filter((token, t) => token > (t === 2 ? 2 : 1)))).toEqual([]);
  });

  test('refuses sizes that are none and logits that are not finite', () => {
    const { model } = chain(0);
    expect(() => beamSearch(model, { first: [1], width: 0, length: 1 })).toThrow(
      /width to be a whole number from 1 to 100,000, got 0; try 4/,
    );
    expect(() => beamSearch(model, { first: [1], width: 1, length: 1, lengthPenalty: -1 })).toThrow(/lengthPenalty/);
    expect(() => beamSearch(model, { first: [Number.NaN], width: 1, length: 1 })).toThrow(/finite numbers, got NaN/);
  });
});
