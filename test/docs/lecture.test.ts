import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeProject, runSnippet } from '../../tools/run-docs.ts';
import { root } from '../../tools/setup.mjs';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/lecture.md');

/** The numbers of each line. */
const numbers = (line: string): number[] => (line.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/g) ?? []).map(Number);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What must be true of what each example prints, worked out here by other means. */
const CHECKS: Readonly<Record<string, (lines: string[]) => void>> = {
  'windows.ts': (lines) => {
    const list = [35, 32, 45, 48, 41, 39, 36];
    expect(lines.slice(-4).map(numbers)).toEqual([0, 1, 2, 3].map((k) => list.slice(k, k + 4)));
    const columns = lines.slice(-13, -6).map((line) => numbers(line).filter((_, i) => i % 2 === 1));
    expect(columns[0]).toEqual([35, 35, 32, 45, 48]);
    expect(columns[3]).toEqual([48, 48, 41, 39, 36]);
    expect(columns[6]).toEqual([36]);
  },
  'order-matters.ts': (lines) => {
    const [guess, inOrder, shuffled, recurrent, recurrentShuffled] = lines.map((line) => numbers(line)[0]);
    expect(Math.abs(inOrder - shuffled)).toBeLessThan(0.03);
    expect(recurrent - recurrentShuffled).toBeGreaterThan(0.2);
    expect(recurrent - inOrder).toBeGreaterThan(0.15);
    expect(recurrentShuffled - guess).toBeLessThan(0.05);
  },
  'bptt-sum.ts': (lines) => {
    const loss = (u: number): number => {
      let [h, total] = [0.5, 0];
      [1, -0.5, 0.25, 0.8].forEach((x, t) => {
        h = Math.tanh(0.7 * x + u * h + 0.1);
        total += (1.5 * h - [0.2, 0.4, -0.1, 0.6][t]) ** 2;
      });
      return total;
    };
    const [total, tape] = numbers(lines[10]);
    expect(total).toBe(tape);
    expect(total).toBeCloseTo((loss(0.9 + 1e-5) - loss(0.9 - 1e-5)) / 2e-5, 8);
    const terms = lines.slice(0, 10).map(numbers);
    expect(terms.map(([t, k]) => 10 * t + k)).toEqual([11, 21, 22, 31, 32, 33, 41, 42, 43, 44]);
    for (const [, , state, chain, direct, term] of terms) expect(term).toBeCloseTo(state * chain * direct, 7);
    expect(terms.reduce((sum, term) => sum + term[5], 0)).toBeCloseTo(total, 7);
  },
  'gradient-decay.ts': (lines) => {
    const rest = lines.slice(1, 7).map(numbers);
    for (const [t, ...norms] of rest) {
      expect(norms).toEqual([0.5, 1, 1.5].map((radius) => Number((radius ** (20 - t)).toExponential(4))));
    }
    const driven = lines.slice(8).map(numbers);
    for (const [i, [, ...norms]] of driven.entries()) {
      for (const [k, norm] of norms.entries()) expect(norm).toBeLessThanOrEqual(rest[i][k + 1]);
    }
    expect(driven[0][2]).toBeLessThan(0.02);
  },
  'clipping.ts': (lines) => {
    const steps = lines.slice(1, 14).map(numbers);
    for (let k = 1; k < steps.length; k++) {
      const [, b, norm, clippedB, clippedNorm] = steps[k - 1];
      expect(Math.abs(steps[k][1] - b)).toBeCloseTo(0.5 * norm, 2);
      expect(Math.abs(steps[k][3] - clippedB)).toBeCloseTo(0.5 * Math.min(0.05, clippedNorm), 3);
    }
    expect(steps[12][1]).toBeGreaterThan(9);
    expect(Math.abs(steps[12][3] + 0.53)).toBeLessThan(0.03);
    for (const [b, printed] of lines.slice(14).map(numbers)) {
      let h = 1;
      for (let t = 0; t < 20; t++) h = Math.tanh(2 * h + b);
      expect(printed).toBe(Number(((h - 0.75) ** 2).toFixed(4)));
    }
  },
  'lstm-by-hand.ts': (lines) => {
    const candidate = Math.tanh(9);
    const cell = sigmoid(-100) * 0.7 + candidate;
    const values = [0, sigmoid(-100), 1, candidate, cell, 0.9, 0.9 * cell, 0.9 * Math.tanh(cell)];
    lines.forEach((line, i) => {
      const [first, second] = numbers(line.slice(34));
      if (i === 0) expect([first, second]).toEqual([0.7, 0.3]);
      else expect([first, second]).toEqual(Array(2).fill(Number(values[i].toPrecision(i < 3 ? 4 : 10))));
    });
    expect(lines).toHaveLength(8);
  },
  'gru-by-hand.ts': (lines) => {
    const after = [0.2 * Math.tanh(-1 / 4) + 0.8 * 0.5, 0.8 * Math.tanh(3 / 4) - 0.2 * 0.5];
    const before = [0.2 * Math.tanh(-3 / 4) + 0.8 * 0.5, 0.8 * Math.tanh(1 / 4) - 0.2 * 0.5];
    const states = [lines[4], lines[9]].map((line) => numbers(line.slice(38)));
    expect(states).toEqual([after, before].map((h) => h.map((v) => Number(v.toFixed(10)))));
  },
  'leaky.ts': (lines) => {
    const alpha = [0, 0.5, 0.9, 0.99];
    for (const line of lines.slice(1, 8)) {
      const [t, ...left] = numbers(line);
      expect(left).toEqual(alpha.map((a) => Number((a ** t).toFixed(4))));
    }
    expect(numbers(lines[8])).toEqual(alpha.map((a) => (a === 0 ? 1 : Math.floor(Math.log(0.5) / Math.log(a)) + 1)));
    const [means, shakes] = lines.slice(9).map(numbers);
    for (const mean of means) expect(mean).toBeCloseTo(means[0], 2);
    expect(shakes).toEqual(shakes.toSorted((a, b) => b - a));
  },
  'skip.ts': (lines) => {
    const paths = [1];
    for (let n = 1; n <= 40; n++) paths.push(0.5 * paths[n - 1] + (n >= 5 ? 0.5 * paths[n - 5] : 0));
    expect(lines).toHaveLength(18);
    for (const [n, plain, skip] of lines.slice(1).map(numbers)) {
      expect([plain, skip]).toEqual([0.5 ** n, paths[n]].map((v) => Number(v.toExponential(3))));
    }
  },
  'one-to-many.ts': (lines) => {
    expect(lines).toEqual(['C → D E F G F E D C', 'E → F G A G F E F E', 'G → F E D C D E F G']);
  },
  'many-to-one.ts': (lines) => {
    expect(lines[0]).toBe('36 of 36 right');
    for (const line of lines.slice(1)) {
      expect(numbers(line)[0] > 0.5, line).toBe(/good|fun/.test(line) !== /not/.test(line));
    }
  },
  'many-to-many.ts': (lines) => {
    expect(lines).toHaveLength(20);
    const days = lines.map(numbers);
    lines.forEach((line, t) => {
      const falling = t >= 2 && days[t][0] < days[t - 1][0] && days[t - 1][0] < days[t - 2][0];
      expect(line.endsWith('rain')).toBe(falling);
      if (falling) expect(days[t][1]).toBeGreaterThan(0.9);
      else expect(days[t][1]).toBeLessThan(0.55);
    });
  },
  'encoder-decoder.ts': (lines) => {
    const nouns = { dog: 'cane', cat: 'gatto', book: 'libro', house: 'casa', table: 'tavola' } as const;
    const stems = { black: 'ner', red: 'ross', small: 'piccol', old: 'vecchi', new: 'nuov', white: 'bianc' } as const;
    const articles = {
      the: ['il', 'la'],
      this: ['questo', 'questa'],
      every: ['ogni', 'ogni'],
      a: ['un', 'una'],
    } as const;
    expect(new Set(lines).size).toBe(12);
    for (const line of lines) {
      const [article, adjective, noun] = line.split(' ') as [
        keyof typeof articles,
        keyof typeof stems,
        keyof typeof nouns,
      ];
      const end = nouns[noun].endsWith('a') ? 'a' : 'o';
      const italian = `${articles[article][end === 'o' ? 0 : 1]} ${nouns[noun]} ${stems[adjective]}${end} .`;
      expect(line).toBe(`${article} ${adjective} ${noun} → ${italian}`);
    }
  },
  'bidirectional.ts': (lines) => {
    const [forwards, both] = lines.map(numbers);
    for (const share of forwards.slice(0, 5)) expect(Math.abs(share - 0.25)).toBeLessThan(0.05);
    expect([forwards[5], ...both]).toEqual(Array(7).fill(1));
  },
  'deep.ts': (lines) => {
    const steps = lines.filter((line) => line.startsWith('step')).map((line) => numbers(line).slice(2));
    expect(steps.map((row) => row.length)).toEqual(Array(5).fill([4, 3, 2]).flat());
    const [whole, ...training] = lines.slice(-3).map((line) => numbers(line.slice(22)));
    expect(steps.filter((row) => row.length === 2).flat()).toEqual(whole);
    expect(new Set([whole, ...training].map(String)).size).toBe(3);
  },
};

describe('examples/lecture/', () => {
  let folder: string;
  beforeAll(() => {
    folder = makeProject();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('holds only examples that are checked here and shown in docs/lecture.md, each under 40 lines', () => {
    const names = readdirSync(join(root, 'examples/lecture'));
    expect(names.sort()).toEqual(Object.keys(CHECKS).sort());
    expect(page.match(/^npx node examples\/lecture\/.*$/gm)?.sort()).toEqual(
      names.map((name) => `npx node examples/lecture/${name}`),
    );
    for (const name of names)
      expect(read(`examples/lecture/${name}`).trimEnd().split('\n').length, name).toBeLessThan(40);
  });

  test.each(Object.entries(CHECKS))(
    '%s prints what docs/lecture.md shows, and the right numbers',
    (name, check) => {
      const path = `examples/lecture/${name}`;
      const output = runSnippet({ page: path, line: 1, language: 'ts', code: read(path) }, folder);
      const lines = output
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd());
      const [, shown] = page.split(`node ${path}\n\`\`\`\n\n\`\`\`text\n`);
      expect(lines.join('\n')).toBe(shown.slice(0, shown.indexOf('\n```')));
      check(lines);
    },
    60_000,
  );
});
