import { expect, test } from 'vitest';
import { alikeClass, alikeNotes } from './class-names.ts';

test('names that differ in case, spaces or the way letters are written are told of, others are not', () => {
  expect(alikeNotes(['yes', 'no', 'maybe', 'yes2'])).toEqual([]);
  expect(alikeNotes(['Ja', ' Ja', 'JA', 'nein', 'café  noir', 'cafe\u0301 noir'])).toEqual([
    'classes that differ in case or spaces alone are learned apart: "Ja", " Ja", "JA"; "café  noir", "cafe\u0301 noir"; write them alike if they are one',
  ]);
  expect(alikeNotes(['a', 'A', 'b', 'B', 'c', 'C', 'd', 'D'])[0]).toContain('"c", "C" and 1 more; write');
  expect(alikeClass('No ', ['yes', 'no'])).toBe('no');
  expect(alikeClass('yes', ['yes', 'no'])).toBeUndefined();
});
