import { describe, expect, it } from 'vitest';
import { array, boolean, nullable, number, object, oneOf, record, string } from './validate.ts';

const check = object(
  {
    cell: oneOf('lstm', 'gru'),
    hidden: number({ integer: true, min: 1, max: 4096 }),
    columns: array(string({ min: 1 })),
  },
  { bias: boolean, clip: nullable(number()), units: record(string()) },
);
const good = { cell: 'gru', hidden: 64, columns: ['rain', 'wind'] };

describe('validators', () => {
  it('return what they were given when it fits, optional keys or not', () => {
    expect(check(good, 'f')).toEqual(good);
    const full = { ...good, bias: false, clip: null, units: { rain: 'mm' } };
    expect(check(full, 'f')).toEqual(full);
  });

  it.each([
    [{ ...good, cell: 'vanilla' }, 'f: arch.cell: expected "lstm" or "gru", got "vanilla"; '],
    [{ ...good, hidden: '64' }, 'f: arch.hidden: expected an integer from 1 to 4096, got "64"; '],
    [{ ...good, hidden: 1.5 }, 'f: arch.hidden: expected an integer from 1 to 4096, got 1.5; '],
    [{ ...good, hidden: 0 }, 'got 0; '],
    [{ ...good, hidden: 4097 }, 'got 4097; '],
    [{ ...good, columns: ['rain', ''] }, 'f: arch.columns[1]: expected a text of at least 1 characters, got ""; '],
    [{ ...good, columns: { 0: 'rain' } }, 'f: arch.columns: expected a list, got {"0":"rain"}; '],
    [{ cell: 'gru', hidden: 64 }, 'f: arch.columns: expected a value, got nothing; '],
    [
      { ...good, peephole: true },
      'f: arch: expected only the keys cell, hidden, columns, bias, clip, units, got "peephole"; ',
    ],
    [{ ...good, bias: 1 }, 'f: arch.bias: expected true or false, got 1; '],
    [{ ...good, units: { rain: 3 } }, 'f: arch.units.rain: expected a text, got 3; '],
    [{ ...good, clip: 'x' }, 'f: arch.clip: expected a number, got "x"; '],
    [[good], 'f: arch: expected an object, got [{'],
    [null, 'f: arch: expected an object, got null; '],
  ])('name the path and the value: %j', (value, message) => {
    expect(() => check(value, 'f: arch')).toThrow(message);
  });

  it('do not take keys of Object.prototype for given ones', () => {
    const checkOdd = object({ constructor: string() });
    expect(() => checkOdd({}, 'f')).toThrow('f.constructor: expected a value, got nothing');
  });
});
