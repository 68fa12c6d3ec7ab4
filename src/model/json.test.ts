import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecurveError } from '../errors.ts';
import { parseJson, writeJson } from './json.ts';

describe('parseJson', () => {
  it('agrees with JSON.parse on every JSON text that is not hostile', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1), (text, indent) => {
        fc.pre(!text.includes('__proto__'));
        const spaced = JSON.stringify(JSON.parse(text), undefined, indent);
        expect(parseJson(spaced, 'x')).toEqual(JSON.parse(spaced));
      }),
    );
  });

  it('fails with nothing but RecurveError, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', ' ') }),
        (text) => {
          try {
            parseJson(text, 'x');
          } catch (error) {
            expect(error).toBeInstanceOf(RecurveError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['{"a":1,"a":2}', /the key "a" twice/],
    ['{"b":[{"a":1,"\\u0061" : 2}]}', /the key "a" twice/],
    ['{"__proto__":{}}', /"__proto__"/],
    ['{"\\u005f_proto__":{}}', /"__proto__"/],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, /nesting deeper than 64/],
    ['{"a":', /x: expected valid JSON, got a syntax error/],
    ['', /syntax error/],
  ])('refuses %.40s', (text, message) => {
    expect(() => parseJson(text, 'x')).toThrow(message);
  });

  it('takes any key where names come with data, as a key and nothing more', () => {
    const parsed = parseJson('{"__proto__":{"a":1},"b":2}', 'x', { anyKey: true }) as object;
    expect(Object.entries(parsed)).toEqual([
      ['__proto__', { a: 1 }],
      ['b', 2],
    ]);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(() => parseJson('{"__proto__":1,"__proto__":2}', 'x', { anyKey: true })).toThrow(/"__proto__" twice/);
  });

  it('lets the same key stand in different objects, and a repeated string stand in a list', () => {
    expect(parseJson('[{"a":"a"},{"a":["a","a"]}]', 'x')).toEqual([{ a: 'a' }, { a: ['a', 'a'] }]);
  });
});

describe('writeJson', () => {
  it('writes plain values as JSON.stringify does and leaves out undefined properties', () => {
    expect(writeJson({ a: [1, null, 'x', true], b: undefined }, 'x')).toBe('{"a":[1,null,"x",true]}');
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    [{ a: { b: [1, Number.NaN] } }, /^x: a\.b\[1\]: expected a plain JSON value, got NaN/],
    [{ a: Number.POSITIVE_INFINITY }, /Infinity/],
    [{ a: new Float32Array(2) }, /an instance of Float32Array/],
    [{ a: new Map() }, /an instance of Map/],
    [{ a: () => 1 }, /type function/],
    [{ a: 1n }, /type bigint/],
    [[undefined], /\[0\]: .* type undefined/],
    [circle, /nesting deeper than 64/],
  ])('refuses what JSON would lose: %#', (value, message) => {
    expect(() => writeJson(value, 'x')).toThrow(message);
  });
});
