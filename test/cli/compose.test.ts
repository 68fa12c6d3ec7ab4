import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMidi } from '../../src/data/index.ts';
import { recurve } from './recurve.ts';

const bars = ['GABc d2Bd', 'cBAG edcB', 'G2BG GABc', 'd2Bd cBAG'];
const book = Array.from(
  { length: 16 },
  (_, i) => `X:${i}\nT:Tune ${i}\nM:4/4\nL:1/8\nK:G\n${bars.map((_, n) => bars[(n + i) % 4]).join('|')}|]\n`,
).join('\n');

/** For trainings of a moment. */
const FAST = ['--rate', '0.02', '--average', '0.8', '--transpose', '0'];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'recurve-compose-'));
  writeFileSync(join(cwd, 'tunes.abc'), `${book}\nX:99\nK:G\nGA[Bc\n`);
  const options = ['--hidden', '16', '--embedding', '8', '--epochs', '8', '--batch-size', '2', '--seed', '3', ...FAST];
  const { code, stdout, stderr } = recurve(['train', 'compose', 'tunes.abc', ...options, '--out', 'run', '--json'], {
    cwd,
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ task: 'compose', kind: 'melody', measure: 'nats per token' });
  expect(result.test.nll).toBeLessThan(result.baselines.static.nll);
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe('a model of tunes', () => {
  test('composes MIDI in the key from the given note, the same with the same seed', () => {
    const run = (out: string, seed: string) =>
      recurve(
        [
          ...['compose', 'run', '--start', 'B4', '--key', 'G', '--metre', '4/4', '--bars', '3', '--keep-key'],
          ...['--keep-metre', '--seed', seed, '--out', out, '--picture', 'tune.svg'],
        ],
        { cwd },
      );
    expect(run('a.mid', '7').code).toBe(0);
    expect(run('b.mid', '7').code).toBe(0);
    const { notes } = readMidi(readFileSync(join(cwd, 'a.mid')), 'a.mid');
    expect(readFileSync(join(cwd, 'b.mid'))).toEqual(readFileSync(join(cwd, 'a.mid')));
    expect(notes[0]).toMatchObject({ pitch: 71, start: 0 });
    expect(notes.every(({ pitch }) => [0, 2, 4, 6, 7, 9, 11].includes(pitch % 12))).toBe(true);
    expect(Math.max(...notes.map(({ start, duration }) => start + duration))).toBeLessThanOrEqual(3 * 4 * 48);
    expect(readFileSync(join(cwd, 'tune.svg'), 'utf8')).toMatch(/^<svg/);
  });

  test('says what comes next, measures, and has a report with piano rolls', () => {
    const next = JSON.parse(recurve(['predict', 'run', 'a.mid', '--json'], { cwd }).stdout).next;
    expect(next.reduce((sum: number, one: { probability: number }) => sum + one.probability, 0)).toBeCloseTo(1, 9);
    const scores = JSON.parse(recurve(['evaluate', 'run', 'tunes.abc', '--json'], { cwd }).stdout);
    expect(scores.test.nll).toBeGreaterThan(0);
    expect(readFileSync(join(cwd, 'run/report.html'), 'utf8')).toContain('Piano roll of the piece of seed 1');
  });

  test('refuses in one sentence what it cannot do', () => {
    const refusals: [string[], number, RegExp][] = [
      [['--start', 'H4'], 2, /note: expected a name from A0 to C8/],
      [['--key', 'H'], 2, /key: expected a key/],
      [['--key', 'D dorian'], 2, /expected a key that is major/],
      [['--metre', '7/8'], 2, /expected a metre of 4\/4, as in training/],
      [['--keep-key'], 2, /expected a key to stay in/],
      [['--notes', '4'], 2, /expected options of a melody model, got notes/],
      [['--temperature', '-1'], 2, /expected temperature of at least 0/],
      [['--opening', 'nope.mid'], 5, /nope\.mid: expected a file/],
    ];
    for (const [options, code, message] of refusals) {
      const ran = recurve(['compose', 'run', ...options, '--out', 'never.mid'], { cwd });
      expect(ran.stderr).toMatch(message);
      expect(ran.stderr.trim().split('\n')).toHaveLength(1);
      expect(ran.code).toBe(code);
    }
    expect(existsSync(join(cwd, 'never.mid'))).toBe(false);
    expect(recurve(['compose', 'run', '--out', 'x.wav'], { cwd }).stderr).toMatch(/expected the name of a MIDI file/);
  });
});

test('bad music is refused in one sentence, and no run is left behind', () => {
  const files: [string, string | Uint8Array, RegExp][] = [
    ['empty.abc', '', /expected music, got an empty file/],
    ['binary.abc', Uint8Array.of(1, 2, 0, 3), /binary data/],
    ['latin.abc', Uint8Array.of(0x58, 0x3a, 0xe9, 0x0a), /UTF-8/],
    ['cut.mid', Uint8Array.of(0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 96), /0 of its 1 tracks/],
    ['bad.abc', 'X:1\nK:C\nC[E\n', /line 3: expected a chord/],
  ];
  for (const [name, content, message] of files) {
    writeFileSync(join(cwd, name), content);
    const { code, stderr, stdout } = recurve(['train', 'compose', name, '--out', 'none', '--json'], { cwd });
    expect(JSON.parse(stderr).error.message).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(3);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  }
});
