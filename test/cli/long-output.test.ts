import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mountTmpfs } from '../../src/node/temporary-folder.case.ts';
import { rainCsv } from '../../src/tasks/tag/data.case.ts';
import { recurve, startRecurve } from './recurve.ts';

const ROWS = 6000;

describe('a result of many pieces', () => {
  let cwd: string;
  let csv: string;
  const predict = (...more: string[]) => ['predict', 'run', 'many.csv', '--quiet', ...more];
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'recurve-'));
    writeFileSync(join(cwd, 'few.csv'), rainCsv(240));
    writeFileSync(join(cwd, 'many.csv'), rainCsv(ROWS));
    const how = ['--target', 'rain > 0', '--members', '1', '--epochs', '1', '--hidden', '4', '--out', 'run', '--quiet'];
    expect(recurve(['train', 'tag', 'few.csv', ...how], { cwd }).code).toBe(0);
    csv = recurve(predict('--csv'), { cwd }).stdout;
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test('is whole on standard output and in a file, and the same as CSV and as JSON', () => {
    expect(csv.length).toBeGreaterThan(6 * 2 ** 16);
    const rows = csv.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(ROWS);
    const json = recurve(predict('--json'), { cwd }).stdout;
    const [{ times, labels, probabilities }] = JSON.parse(json).sequences;
    expect(rows).toEqual(
      labels.map((label: string, t: number) => ['', times[t], label, ...probabilities[t]].join(',')),
    );
    expect(json).toBe(`${JSON.stringify(JSON.parse(json))}\n`);
    for (const [how, expected] of [
      ['--csv', csv],
      ['--json', json],
    ]) {
      expect(recurve(predict(how, '--out', 'out'), { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(readFileSync(join(cwd, 'out'), 'utf8')).toBe(expected);
    }
    expect(readdirSync(cwd).sort()).toEqual(['few.csv', 'many.csv', 'out', 'run']);
  });

  test('waits for a slow reader, and ends quietly with one that goes away', async () => {
    const slow = startRecurve(predict('--csv'), { cwd });
    let got = '';
    slow.stdout?.on('data', (piece) => {
      got += piece;
      slow.stdout?.pause();
      setTimeout(() => slow.stdout?.resume(), 20);
    });
    await sleep(100);
    expect(await once(slow, 'close')).toEqual([0, null]);
    expect(got).toBe(csv);
    const left = startRecurve(predict('--csv'), { cwd });
    let stderr = '';
    left.stderr?.on('data', (piece) => {
      stderr += piece;
    });
    left.stdout?.once('data', () => left.stdout?.destroy());
    expect(await once(left, 'close')).toEqual([0, null]);
    expect(stderr).toBe('');
  });

  test.each(['--csv', '--json'])(
    'that no disk takes ends with 5 and a sentence, and keeps the old file (%s)',
    (how) => {
      const reason = /expected to write the result, got a full disk \(ENOSPC\); free some space or choose another disk/;
      if (existsSync('/dev/full')) {
        const full = recurve(predict(how), { cwd, stdout: openSync('/dev/full', 'w') });
        expect(full.stderr).toMatch(reason);
        expect(full.stderr).toContain('standard output: ');
        expect(full.code).toBe(5);
      }
      const disk = mountTmpfs('size=128k');
      if (disk === undefined) return;
      writeFileSync(join(disk, 'out'), 'old');
      const failed = recurve(predict(how, '--out', join(disk, 'out')), { cwd });
      expect(failed.stderr).toMatch(reason);
      expect(failed.code).toBe(5);
      expect(readdirSync(disk)).toEqual(['out']);
      expect(readFileSync(join(disk, 'out'), 'utf8')).toBe('old');
    },
  );
});
