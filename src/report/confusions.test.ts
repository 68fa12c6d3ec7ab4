import { expect, test } from 'vitest';
import { frequentConfusions } from './confusions.ts';

test('lists the pairs taken for each other, the most frequent first, and never more than fifty', () => {
  const confusion = [
    [5, 1, 0],
    [0, 0, 0],
    [3, 1, 4],
  ];
  const few = frequentConfusions(confusion, ['a', 'b', '<c>'], 'steps');
  expect(few).toContain('3 pairs taken for each other');
  const cells = [...few.matchAll(/<t[dh][^>]*>([^<]+)<\/t[dh]>/g)].map(([, cell]) => cell);
  expect(cells.slice(4)).toEqual([
    ...['&lt;c&gt;', 'a', '3', '37.5 %'],
    ...['a', 'b', '1', '16.7 %'],
    ...['&lt;c&gt;', 'b', '1', '12.5 %'],
  ]);
  const K = 300;
  const names = Array.from({ length: K }, (_, k) => `class ${k}`);
  const all = frequentConfusions(
    names.map(() => new Array<number>(K).fill(1)),
    names,
    'examples',
  );
  expect(all).toContain(`The 50 most frequent of ${(K * (K - 1)).toLocaleString('en')} pairs taken for each other`);
  expect(all.match(/<tr/g)).toHaveLength(51);
});
