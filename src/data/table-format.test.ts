import { expect, test } from 'vitest';
import { readLike, tableFormatOf } from './table-format.ts';

test('keeps how a table was written, not which of its columns were read or what its first bytes tell', () => {
  expect(tableFormatOf({ name: 'a.csv', format: 'parquet', columns: ['a'], text: ['b'] })).toEqual({});
  const written = { format: 'tsv', decimal: ',', header: false, missing: ['', '-9999'], encoding: 'latin1' } as const;
  expect(tableFormatOf({ ...written, missing: [...written.missing] })).toEqual(written);
});

test('what is given holds beside what is remembered, and against what it contradicts', () => {
  const written = { delimiter: ';', decimal: ',', header: false } as const;
  expect(readLike(written, {})).toEqual(written);
  expect(readLike(written, { header: true, missing: [''] })).toEqual({ ...written, header: true, missing: [''] });
  expect(readLike(written, { delimiter: ',' })).toEqual({ delimiter: ',', header: false });
  expect(readLike(written, { format: 'tsv' })).toEqual({ format: 'tsv', decimal: ',', header: false });
  expect(readLike({ delimiter: ',' }, { decimal: ',' })).toEqual({ decimal: ',' });
});
