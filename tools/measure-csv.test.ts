import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { CsvMeasure } from './measure-csv.ts';

/** Reads in a process of its own, so that the peak is that of reading. */
function measure(megabytes: number, columns: string): CsvMeasure {
  const script = fileURLToPath(new URL('./measure-csv.ts', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [script, String(megabytes), columns], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as CsvMeasure;
}

test('a 20 MB CSV read for three of its columns needs at most 400 MiB beside twice the columns', () => {
  const { peakMebibytes, startMebibytes, tableMebibytes, rows } = measure(20, 'time,a,state');
  expect(rows).toBeGreaterThan(200_000);
  expect(peakMebibytes - startMebibytes).toBeLessThan(400 + 2 * tableMebibytes);
});

test.runIf(process.env.RECURVE_BIG)(
  'a 300 MB CSV read for three of its columns needs at most 400 MiB beside twice the columns, as a small one does (RECURVE_BIG=1)',
  () => {
    const { peakMebibytes, startMebibytes, tableMebibytes, rows } = measure(300, 'time,a,state');
    expect(rows).toBeGreaterThan(3_000_000);
    expect(peakMebibytes - startMebibytes).toBeLessThan(400 + 2 * tableMebibytes);
  },
);
