import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { rainCsv, sentences } from '../../src/tasks/tag/data.case.ts';
import { recurve } from './recurve.ts';
import { expectKillToLoseNothing, expectSignalToSave } from './stopped.ts';

const QUICK = ['--target', 'rain > 0', '--members', '2', '--epochs', '3', '--hidden', '4', '--seed', '3'];

function withData(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'days.csv'), rainCsv(240));
  const { sentences: tagged } = sentences(60);
  const conll = tagged.map(({ tokens, labels = [] }) => tokens.map((token, t) => `${token}\t${labels[t]}\n`).join(''));
  writeFileSync(join(cwd, 'words.conll'), conll.join('\n'));
  return cwd;
}

test('train tag gives scores beside baselines as JSON; predict, evaluate and stream take its model', () => {
  const cwd = withData();
  const trained = recurve(['train', 'tag', 'days.csv', ...QUICK, '--out', 'run', '--json'], { cwd });
  expect(trained.stderr).toBe('');
  const result = JSON.parse(trained.stdout);
  expect(result).toMatchObject({ task: 'tag', target: 'rain > 0', classes: ['no', 'yes'], steps: 60 });
  for (const figures of [result.test, ...Object.values(result.baselines)] as Record<string, number>[]) {
    for (const key of ['brier', 'logLoss', 'accuracy']) expect(figures[key], key).toBeGreaterThan(0);
  }
  expect(Object.keys(result.baselines)).toEqual(['constant', 'climatology', 'markov', 'logistic']);
  expect(result.next[0]).toMatchObject({ time: '2020-08-28T00:00:00.000Z' });
  const report = readFileSync(join(cwd, 'run', 'report.html'), 'utf8');
  for (const text of ['Reliability', 'Markov chain', 'What is taken for what']) expect(report).toContain(text);

  const predicted = JSON.parse(recurve(['predict', 'run', 'days.csv', '--json'], { cwd }).stdout);
  const last = predicted.sequences[0].probabilities.at(-1);
  expect(last).toEqual([result.next[0].probabilities.no, result.next[0].probabilities.yes]);
  const evaluated = JSON.parse(recurve(['evaluate', 'run', 'days.csv', '--json'], { cwd }).stdout);
  expect(evaluated.test).toEqual(result.test);

  // In two parts, with the state on disk between them.
  const lines = rainCsv(240).trimEnd().split('\n');
  const part = (rows: string[]) =>
    recurve(['stream', 'run', '--state', 's.json'], { cwd, input: `${rows.join('\n')}\n` });
  const answers = [part(lines.slice(0, 101)), part(lines.slice(101))].flatMap(({ stdout }) =>
    stdout.trim().split('\n'),
  );
  expect(answers).toHaveLength(240);
  expect(JSON.parse(answers[239]).probabilities).toEqual(result.next[0].probabilities);
});

test('a stream of series with any names goes on from its state; a state that no clock can show is refused', () => {
  const cwd = withData();
  const ids = ['__proto__', 'constructor', 'a'];
  const [header, ...days] = rainCsv(120).trimEnd().split('\n');
  const rows = ids.flatMap((id) => days.map((day) => `${id},${day}`));
  writeFileSync(join(cwd, 'series.csv'), [`id,${header}`, ...rows, ''].join('\n'));
  recurve(['train', 'tag', 'series.csv', '--series', 'id', ...QUICK, '--out', 'run', '--quiet'], { cwd });
  const byDay = days.slice(0, 20).flatMap((day) => ids.map((id) => `${id},${day}`));
  const part = (lines: string[], ...more: string[]) =>
    recurve(['stream', 'run', ...more], { cwd, input: [`id,${header}`, ...lines, ''].join('\n') });
  const whole = part(byDay).stdout;
  expect(whole.trim().split('\n')).toHaveLength(60);
  expect(part(byDay.slice(0, 31), '--state', 's.json').stdout + part(byDay.slice(31), '--state', 's.json').stdout).toBe(
    whole,
  );
  const state = readFileSync(join(cwd, 's.json'), 'utf8');
  writeFileSync(join(cwd, 's.json'), state.replace(/("stream":.*?"time":)\d+/, '$11e300'));
  expect(part(byDay, '--state', 's.json')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('expected a number from'),
  });
});

test('a label that lies further ahead than the table is long is refused before a folder is made', () => {
  const cwd = withData();
  for (const ahead of ['240', '1000000000']) {
    const { code, stderr } = recurve(['train', 'tag', 'days.csv', ...QUICK, '--ahead', ahead, '--out', 'far'], { cwd });
    expect(stderr).toContain(
      `days.csv: expected more steps than --ahead, got 240 and --ahead ${Number(ahead).toLocaleString('en')}; tell a nearer step, or give more rows\n`,
    );
    expect(code).toBe(3);
    expect(existsSync(join(cwd, 'far'))).toBe(false);
  }
});

test('of many series ten are shown, and the CSV holds all', () => {
  const cwd = withData();
  const [header, ...days] = rainCsv(40).trimEnd().split('\n');
  const rows = Array.from({ length: 12 }, (_, k) => days.map((day) => `s${k},${day}`)).flat();
  writeFileSync(join(cwd, 'series.csv'), [`id,${header}`, ...rows, ''].join('\n'));
  recurve(['train', 'tag', 'series.csv', '--series', 'id', ...QUICK, '--out', 'run', '--quiet'], { cwd });
  const { stdout } = recurve(['predict', 'run', 'series.csv'], { cwd });
  expect(stdout.match(/^s\d+$/gm)).toEqual(Array.from({ length: 10 }, (_, k) => `s${k}`));
  expect(stdout).toMatch(/\nand 2 more series: --csv prints them all\n$/);
  const csv = recurve(['predict', 'run', 'series.csv', '--csv'], { cwd }).stdout;
  expect(
    new Set(
      csv
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).size,
  ).toBe(12);
});

test('text is tagged: CoNLL in, CoNLL out', () => {
  const cwd = withData();
  const quick = ['--hidden', '8', '--embedding', '8', '--epochs', '15', '--rate', '0.02', '--quiet'];
  const { code, stdout } = recurve(['train', 'tag', 'words.conll', ...quick], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Test on .*\n.*\n.*\nGRU \(this model\)/);
  // The report lists the settings of text, and none of a table's.
  const report = readFileSync(join(cwd, 'runs', 'tag', 'report.html'), 'utf8');
  expect(report).toMatch(/>minCount</);
  expect(report).not.toMatch(/>(lags|logs|calendar|chunk)</);
  const told = recurve(['predict', 'runs/tag', '-', '--tagged', 'plain'], { cwd, input: 'the run walk\n' });
  expect(told.stdout).toBe('the\tD\nrun\tN\nwalk\tV\n');
  const misread = recurve(['predict', 'runs/tag', '-'], { cwd, input: 'the run walk\n' });
  expect(misread.stderr).toContain('the first is "walk"; where lines are sentences, say --tagged plain');
  expect(recurve(['predict', 'runs/tag', 'words.conll'], { cwd }).stderr).toBe('');
  expect(recurve(['stream', 'runs/tag'], { cwd, input: 'x\n' })).toMatchObject({ code: 2, stdout: '' });
  const table = recurve(['predict', 'runs/tag', 'words.conll', '--decimal', ','], { cwd });
  expect(table.stderr).toContain('predict: expected --decimal with a model of a table, got one of text; leave it out');
});

test('--no-regression lets the network answer alone, in scores, model file and predictions', () => {
  const cwd = withData();
  const train = (...more: string[]) =>
    JSON.parse(recurve(['train', 'tag', 'days.csv', ...QUICK, ...more, '--json'], { cwd }).stdout);
  const both = train('--out', 'both');
  const alone = train('--out', 'alone', '--no-regression');
  expect([both.settings.regression, alone.settings.regression]).toEqual([true, false]);
  // What simple rules say does not change with it.
  expect(alone.baselines).toEqual(both.baselines);
  expect(alone.test.brier).not.toBe(both.test.brier);
  const file = (run: string) => readFileSync(join(cwd, run, 'model.safetensors'), 'latin1');
  expect(file('both')).toContain('"regression.');
  expect(file('alone')).not.toContain('"regression.');
  // The stored settings hold when the model is used.
  const { sequences } = JSON.parse(recurve(['predict', 'alone', 'days.csv', '--json'], { cwd }).stdout);
  expect(sequences[0].probabilities.at(-1)).toEqual([alone.next[0].probabilities.no, alone.next[0].probabilities.yes]);
  expect(recurve(['evaluate', 'alone', 'days.csv'], { cwd }).stdout).toContain('GRU (this model)');
});

test('--resume alone refuses what it would not hear, whatever it is about', () => {
  const cwd = withData();
  recurve(['train', 'tag', 'days.csv', ...QUICK, '--out', 'run', '--quiet'], { cwd });
  for (const given of [
    ['--hidden', '9'],
    ['--time', 'none'],
    ['--delimiter', ';'],
    ['--tagged', 'jsonl'],
  ]) {
    const { code, stderr } = recurve(['train', 'tag', '--out', 'run', '--resume', ...given], { cwd });
    expect(stderr).toContain(`train tag: expected no other settings with --resume alone, got ${given[0]};`);
    expect(code).toBe(2);
  }
  expect(recurve(['train', 'tag', '--out', 'run', '--resume', '--max-time', '9', '--json'], { cwd }).code).toBe(0);
  expect(recurve(['train', 'tag', '--out', 'run', '--resume', '--max-time', '-1'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('tag: expected maxSeconds of at least 0 seconds, got -1; set it or leave it out'),
  });
});

test('Ctrl-C saves a checkpoint; --resume alone ends at the bits of the uninterrupted run', async () => {
  const args = ['days.csv', ...QUICK, '--epochs', '60'];
  await expectSignalToSave({ cwd: withData(), task: 'tag', args }, 'SIGINT');
});

test('kill -9 in the middle loses no file, and resuming ends at the bits of the uninterrupted run', async () => {
  const args = ['days.csv', ...QUICK, '--epochs', '60'];
  await expectKillToLoseNothing({ cwd: withData(), task: 'tag', args });
});

describe('bad input gets one sentence', () => {
  test.each([
    [['train', 'tag'], 2, /^train tag: expected <data>, got nothing/],
    [
      ['train', 'tag', 'days.csv', '--target', 'rain >'],
      2,
      /^tag: expected a comparison of a column of numbers with a number/,
    ],
    [
      ['train', 'tag', 'days.csv', '--target', 'rain > 0', '--threshold', '2'],
      2,
      /^--threshold: expected accuracy, f1/,
    ],
    [
      ['train', 'tag', 'days.csv', '--target', 'rain > 0', '--class-weights', '__proto__=3'],
      2,
      /^tag: expected class weights of names that a model file can hold, got one of __proto__; rename/,
    ],
    [
      ['train', 'tag', 'words.conll', '--class-weights', 'a=0'],
      2,
      /^tag: expected a weight between 0.000001 and 1,000,000 for class a/,
    ],
    [
      ['train', 'tag', 'words.conll', '--class-weights', 'a=1,b=2,a=3'],
      2,
      /^--class-weights: expected one weight per class, got a class twice/,
    ],
    [['train', 'tag', 'days.csv', '--target', 'rain > 0', '--bidirectional'], 2, /^tag: expected a network that reads/],
    [
      ['train', 'tag', 'days.csv', '--target', 'rain > 99'],
      3,
      /expected at least 2 classes in rain > 99, got only "no"/,
    ],
    [['train', 'tag', 'days.csv', '--target', 'rain > 0', '--tagged', 'conll'], 2, /expected --target of a table or/],
    [
      ['train', 'tag', 'days.csv'],
      3,
      /^days\.csv: expected a label for every word, .* or of a table name the target$/m,
    ],
    [
      ['train', 'tag', 'words.conll', '--time', 'x'],
      2,
      /^train tag: expected --time with the --target of a table, got tagged text; leave it out/,
    ],
    [['train', 'tag', 'words.conll', '--no-header'], 2, /^train tag: expected --no-header with the --target of/],
    [['train', 'tag', 'binary.conll'], 3, /^binary\.conll: .*binary data/],
    [['train', 'tag', 'empty.conll'], 3, /^empty\.conll: expected at least one sentence, got an empty text/],
    [['train', 'tag', 'latin.conll'], 3, /^latin\.conll: expected text in UTF-8, got other bytes at byte 0, line 1/],
    [['train', 'tag', 'long.conll'], 3, /^long\.conll: expected lines of at most 1,000,000 characters/],
  ])('%j', (args, code, message) => {
    const cwd = withData();
    writeFileSync(join(cwd, 'binary.conll'), Uint8Array.of(1, 0, 2, 3));
    writeFileSync(join(cwd, 'empty.conll'), '');
    writeFileSync(join(cwd, 'latin.conll'), Uint8Array.of(0xe9, 32, 88, 10));
    writeFileSync(join(cwd, 'long.conll'), 'x'.repeat(1 << 21));
    const ran = recurve(args, { cwd });
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trimEnd()).not.toContain('\n');
    expect([ran.stdout, ran.code]).toEqual(['', code]);
  });
});

test('a class that is called like a missing cell is one in predict and evaluate too', () => {
  const cwd = withData();
  const [header, ...days] = rainCsv(240).trimEnd().replaceAll(',dry', ',none').split('\n');
  writeFileSync(join(cwd, 'none.csv'), [header, ...days, ''].join('\n'));
  const args = ['none.csv', '--target', 'sky', ...QUICK.slice(QUICK.indexOf('--target') + 2), '--out', 'none'];
  expect(recurve(['train', 'tag', ...args], { cwd }).stderr).toContain('got only "wet"; 1');
  const trained = recurve(['train', 'tag', ...args, '--missing-texts', 'NA', '--json'], { cwd });
  expect(trained.stderr).toBe('');
  const { classes, steps, confusion } = JSON.parse(trained.stdout);
  expect(classes).toEqual(['none', 'wet']);
  const measured = JSON.parse(recurve(['evaluate', 'none', 'none.csv', '--json'], { cwd }).stdout);
  expect([measured.steps, measured.confusion]).toEqual([steps, confusion]);
});
