import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ran, recurve } from './recurve.ts';
import { expectKillToLoseNothing, expectSignalToSave } from './stopped.ts';

const GOOD = ['fine', 'lovely', 'great'];
const BAD = ['dull', 'awful', 'poor'];
const THINGS = ['film', 'plot', 'song', 'cast', 'end', 'joke', 'tune', 'set', 'story', 'scene'];
const SMALL = ['--hidden', '8', '--width', '8', '--seed', '1'];

let folder: string;
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return name;
};
const run = (args: string[], input = ''): Ran => recurve(args, { cwd: folder, input });
const sentences = (words: string[]): string[] =>
  words.flatMap((word) => THINGS.map((thing) => `a ${word}, long ${thing}`));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recurve-classify-'));
  const rows = [
    ...sentences(GOOD).map((text) => `"${text}",praise`),
    ...sentences(BAD).map((text) => `"${text}",blame`),
  ];
  write('reviews.csv', `review,verdict\n${rows.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A training of some seconds, each time in a folder of its own. */
const long = () => {
  const cwd = mkdtempSync(join(folder, 'stopped-'));
  writeFileSync(join(cwd, 'reviews.csv'), readFileSync(join(folder, 'reviews.csv')));
  const columns = ['reviews.csv', '--text', 'review', '--label', 'verdict'];
  const size = ['--hidden', '64', '--width', '32', '--epochs', '60', '--patience', '60', '--seed', '1'];
  return { cwd, task: 'classify', args: [...columns, ...size] };
};

test('Ctrl-C saves a checkpoint; --resume alone ends at the bits of the uninterrupted run', async () => {
  await expectSignalToSave(long(), 'SIGINT');
});

test('kill -9 in the middle loses no file, and resuming ends at the bits of the uninterrupted run', async () => {
  await expectKillToLoseNothing(long());
});

describe('recurve train classify', () => {
  test('ends with the scores on the test part, 40 points above the most frequent class', () => {
    const { code, stdout, stderr } = run([
      ...['train', 'classify', 'reviews.csv', '--text', 'review', '--label', 'verdict', '--out', 'run', '--json'],
      ...SMALL,
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { task, test: scores, baselines, classes } = JSON.parse(stdout);
    expect([task, ...classes]).toEqual(['classify', 'blame', 'praise']);
    expect(scores.accuracy).toBeGreaterThan(baselines.majority.accuracy + 0.4);
    expect(scores.f1).toBeGreaterThan(0.9);
    const report = readFileSync(join(folder, 'run/report.html'), 'utf8');
    for (const part of ['Right and wrong', 'Every threshold', 'What the words speak for', 'Naive Bayes']) {
      expect(report).toContain(part);
    }
    expect(report).not.toContain('<script');
  });

  test('predict, explain, evaluate and stream answer alike', () => {
    const asked = run(['predict', 'run', '-', '--lines', '--explain', '--json'], 'a lovely plot\nan awful plot 🎉\n');
    const { predictions } = JSON.parse(asked.stdout);
    expect(predictions.map(({ label }: { label: string }) => label)).toEqual(['praise', 'blame']);
    const [, { words }] = predictions;
    expect(words.map(({ word }: { word: string }) => word)).toEqual(['an', 'awful', 'plot', '🎉']);
    expect(words.map(({ known }: { known: boolean }) => known)).toEqual([false, true, true, false]);
    expect(words[1].weight).toBeGreaterThan(5 * Math.abs(words[2].weight));
    const streamed = run(['stream', 'run'], 'a lovely plot\n\nan awful plot 🎉\n').stdout.trim().split('\n');
    streamed.forEach((line, i) => {
      const { label, probability, probabilities, known } = predictions[i];
      expect(JSON.parse(line)).toEqual({ row: i + 1, label, probability, probabilities, known });
    });
    const shown = run(['predict', 'run', '-', '--lines', '--explain'], 'an awful plot').stdout;
    expect(shown).toMatch(/^an awful plot\nblame, \d+\.\d %\n/);
    const { test: scores, examples } = JSON.parse(run(['evaluate', 'run', 'reviews.csv', '--json']).stdout);
    expect(examples).toBe(60);
    expect(scores.accuracy).toBeGreaterThan(0.9);
    expect(run(['predict', 'run', 'reviews.csv', '--csv']).stdout).toMatch(
      /^text,label,p_blame,p_praise\n"a fine, long film",praise,0\.0/,
    );
  });

  test('a folder per class and a file of lines per class give the bytes of the table', () => {
    for (const [label, words] of [
      ['praise', GOOD],
      ['blame', BAD],
    ] as const) {
      mkdirSync(join(folder, 'texts', label), { recursive: true });
      sentences(words).forEach((text, i) => {
        write(`texts/${label}/${String(i).padStart(2, '0')}.txt`, text);
      });
      write(`${label}.txt`, `${sentences(words).join('\r\n')}\r\n\n`);
    }
    const of = (data: string, out: string): string[] => {
      const { code, stderr } = run(['train', 'classify', data, '--out', out, '--quiet', ...SMALL]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      return run(['predict', out, '-', '--lines', '--csv'], sentences(GOOD).join('\n')).stdout.split('\n');
    };
    const lines = of('praise=praise.txt,blame=blame.txt', 'run-lines');
    expect(lines).toEqual(
      run(['predict', 'run', '-', '--lines', '--csv'], sentences(GOOD).join('\n')).stdout.split('\n'),
    );
    // A folder is read in the order of its names: other examples fall into other parts.
    expect(of('texts', 'run-folder').map((line) => line.split(',').at(2))).toEqual(
      lines.map((line) => line.split(',').at(2)),
    );
  });

  test('goes on with a run whose data are given again no more', () => {
    const first = run([
      'train',
      'classify',
      'praise=praise.txt,blame=blame.txt',
      '--out',
      'run-time',
      '--max-time',
      '0',
      '--quiet',
      ...SMALL,
    ]);
    expect(first.code).toBe(0);
    const again = run(['train', 'classify', '--out', 'run-time', '--resume', '--json']);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).settings.seed).toBe(1);
    expect(run(['train', 'classify', '--out', 'run-time', '--resume', '--hidden', '9']).stderr).toContain(
      'expected no other settings with --resume alone, got --hidden',
    );
  });

  test('sequences of numbers from a table with an id column', () => {
    const rows = ['window,x,y,activity'];
    for (let w = 0; w < 60; w++) {
      for (let t = 0; t < 8 + (w % 3); t++) {
        const rise = w % 2 === 0 ? t : 8 - t;
        rows.push(`w${w},${rise + ((w * 7 + t * 3) % 5) / 5},${((w * 5 + t) % 7) / 7},${w % 2 === 0 ? 'up' : 'down'}`);
      }
    }
    write('sensors.csv', rows.join('\n'));
    const args = [
      'train',
      'classify',
      'sensors.csv',
      '--sequence',
      'window',
      '--label',
      'activity',
      '--out',
      'run-s',
      '--json',
    ];
    const { code, stdout } = run([...args, '--hidden', '8', '--batch-size', '8', '--epochs', '15']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).test.accuracy).toBe(1);
    const steps = JSON.stringify(Array.from({ length: 8 }, (_, t) => [8 - t, 0.5]));
    expect(JSON.parse(run(['stream', 'run-s'], steps).stdout).label).toBe('down');
    expect(run(['stream', 'run-s'], '[[1]]').stderr).toContain(
      'standard input, line 1: expected a JSON list of steps of 2 numbers, got "[[1]]"',
    );
    expect(run(['predict', 'run-s', 'reviews.csv', '--text', 'review']).code).not.toBe(0);
  });
});

describe('recurve train classify says in one sentence what is wrong with', () => {
  const one = 'text,label\na b,x\nc d,x\ne f,x\n';
  test.each<[string, string | Uint8Array, string[], string]>([
    ['an empty file', '', [], 'expected a table, got an empty file'],
    ['one class', one, [], 'expected at least two classes, got only "x"'],
    [
      'a class with one example',
      `${one}g h,y\n`,
      [],
      'expected at least 3 examples of every class (to train, to validate and to test), got 1 of "y"',
    ],
    ['a binary file', Uint8Array.of(116, 0, 1, 2, 3, 10), [], 'got binary data'],
    [
      'bytes that are no UTF-8',
      Uint8Array.from(Buffer.from('text,label\ncaf\xe9,x\n', 'latin1')),
      [],
      'expected text in utf-8, got other bytes',
    ],
    ['a column twice', 'text,text,label\na,b,x\n', [], 'expected every column to have its own name, got "text"'],
    ['a missing column', one, ['--text', 'txet'], 'did you mean "text"?'],
    ['a row without a label', `${one}g h,\n`, [], 'expected a value of "label" in every row, got none in row 5'],
    [
      'texts without a word',
      'text,label\n"",x\n"  ",y\n',
      [],
      'expected texts with at least one word, got only empty ones',
    ],
    ['one column for both', one, ['--text', 'label'], 'expected two columns, text and label'],
    [
      'vectors that are none',
      one.replaceAll(',x', ',y').concat(one.slice(11)),
      ['--vectors', 'bad.csv'],
      'give vectors as text',
    ],
  ])('%s', (_, content, args, message) => {
    write('bad.csv', content);
    const { code, stdout, stderr } = run(['train', 'classify', 'bad.csv', '--out', 'run-bad', ...args]);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBeGreaterThan(0);
  });

  test('a line of a megabyte is read like any other', () => {
    const long = 'word '.repeat(200_000);
    write(
      'long.csv',
      `text,label\n${[...GOOD, ...BAD].map((word, i) => `${word} ${i === 0 ? long : 'x'},${i < 3 ? 'a' : 'b'}`).join('\n')}\n`,
    );
    const { code, stdout } = run([
      'train',
      'classify',
      'long.csv',
      '--out',
      'run-long',
      '--epochs',
      '1',
      '--json',
      ...SMALL,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).test.accuracy).toBeGreaterThanOrEqual(0);
  });

  test('words of another language than the training: answered, with a note', () => {
    const { code, stderr } = run(['predict', 'run', '-', '--lines'], 'ein schöner Film\n');
    expect(code).toBe(0);
    expect(stderr).toContain('1 of 1 texts consist mostly of words that the training did not hold');
  });
});
