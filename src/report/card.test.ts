import { expect, test } from 'vitest';
import { besideBest } from './card.ts';

const format = (value: number): string => value.toFixed(1);

test('a figure stands beside the best of the baselines that have it, and is good only where it is better', () => {
  expect(besideBest(2, [3, undefined, 2.5, Number.NaN], { format })).toEqual({
    note: 'best baseline 2.5',
    tone: 'good',
  });
  expect(besideBest(2, [3, 2.5], { better: 'higher', format })).toEqual({ note: 'best baseline 3.0', tone: 'bad' });
  expect(besideBest(2, [2, 1], { better: 'higher', format })).toEqual({ note: 'best baseline 2.0', tone: 'plain' });
  expect(besideBest(2, [undefined], { format })).toEqual({});
});
