import { expect, test } from 'vitest';
import { classWeightsOf } from './class-weights.ts';

test('a class not named has weight 1, even one called like a property of every object', () => {
  expect(classWeightsOf('tag', { no: 2 }, ['constructor', 'no'], [5, 5])).toEqual([1, 2]);
  expect(classWeightsOf('tag', { constructor: 3 }, ['constructor', 'no'], [5, 5])).toEqual([3, 1]);
});
