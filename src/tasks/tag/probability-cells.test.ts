import { expect, test } from 'vitest';
import { probabilityCells } from './probability-cells.ts';

test('few classes have a column each, of many the three likeliest are named in one', () => {
  expect(probabilityCells(['a', 'b']).headers).toEqual(['a', 'b']);
  expect(probabilityCells(['a', 'b']).cells([0.25, 0.75])).toEqual(['25.0 %', '75.0 %']);
  const many = probabilityCells(Array.from({ length: 400 }, (_, k) => `class ${k}`));
  expect(many.headers).toEqual(['likeliest']);
  const said = new Float64Array(400).fill(0.0005);
  [said[7], said[399], said[3]] = [0.5, 0.2, 0.1];
  expect(many.cells(said)).toEqual(['class 7 50.0 %, class 399 20.0 %, class 3 10.0 %']);
});
