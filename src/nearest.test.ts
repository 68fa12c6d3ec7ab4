import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test.each([
  ['tempmax', 'temp_max'],
  ['Temp Max', 'temp_max'],
  ['temp_mxa', 'temp_max'],
  ['wnd', 'wind'],
  ['wnid', 'wind'],
  ['windd', 'wind'],
])('%s is taken for %s', (typed, meant) => {
  expect(nearest(typed, ['date', 'temp_max', 'temp_min', 'wind'])).toBe(meant);
});

test('a name that is like none gets no suggestion', () => {
  expect(nearest('humidity', ['date', 'temp_max', 'wind'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

test('the nearest of several wins', () => {
  expect(nearest('temp_mix', ['temp_max', 'temp_mix2', 'temp_mixx1'])).toBe('temp_max');
  expect(nearest('temp_min', ['temp_max', 'temp_min'])).toBe('temp_min');
});
