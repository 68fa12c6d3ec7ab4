import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNumber } from './number.ts';

test('every printed f64 reads back to the same bits, with point and with comma', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (drawn) => {
      const value = drawn === 0 ? 0 : drawn; // -0 prints as 0
      expect(parseNumber(String(value))).toBe(value);
      expect(parseNumber(String(value).replace('.', ','), ',')).toBe(value);
    }),
    { numRuns: 2000 },
  );
});

test('short decimals round like Number does', () => {
  fc.assert(
    fc.property(fc.integer({ min: -99999999, max: 99999999 }), fc.integer({ min: 0, max: 8 }), (mantissa, decimals) => {
      const text = (mantissa / 10 ** decimals).toFixed(decimals);
      expect(parseNumber(text)).toBe(Number(text));
    }),
    { numRuns: 2000 },
  );
});

test('spaces around a number, signs, bare points and exponents are read', () => {
  expect([' 1.5 ', '+2', '-.5', '7.', '1e3', '1E-3', '-0'].map((text) => parseNumber(text))).toEqual([
    1.5, 2, -0.5, 7, 1000, 0.001, -0,
  ]);
});

test('texts that Number would take, or that only look like numbers, are refused', () => {
  for (const text of [
    '',
    ' ',
    '0x10',
    '1_000',
    '1 000',
    '1.2.3',
    '12a',
    '1e',
    '1e+',
    '.',
    '-',
    'e5',
    '1,5',
    'true',
    '10%',
  ]) {
    expect(parseNumber(text), text).toBeNaN();
  }
  expect(parseNumber('1.5', ',')).toBeNaN();
});

test('infinities and numbers past the range of f64 come back infinite', () => {
  expect(['inf', '-Infinity', '1e400', '-1e400', '9'.repeat(400)].map((text) => parseNumber(text))).toEqual([
    Infinity,
    -Infinity,
    Infinity,
    -Infinity,
    Infinity,
  ]);
});
