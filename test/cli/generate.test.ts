import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeModelFile } from '../../src/model/index.ts';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { recurve, startRecurve } from './recurve.ts';
import { expectKillToLoseNothing, expectSignalToSave } from './stopped.ts';

/** Three kinds of lines in an order that does not repeat; their ends rhyme or do not. */
function verses(lines: number): string {
  const kinds = ['the cat sat on the mat', 'a dog ran in the fog', 'the bat hid in a hat'];
  return Array.from({ length: lines }, (_, i) => `${kinds[(i * i + (i >> 3)) % 3]}\n`).join('');
}

const QUICK = ['--hidden', '24', '--epochs', '6', '--batch-size', '8', '--window', '24', '--rate', '0.01'];
const LONG = ['--hidden', '32', '--epochs', '40', '--batch-size', '4', '--window', '16', '--seed', '3'];

function withText(): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'verses.txt'), verses(200));
  return cwd;
}

describe('a language model', () => {
  let cwd: string;
  let told: string;
  const run = (args: string[], input = '') => recurve(args, { cwd, input });
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'recurve-'));
    writeFileSync(join(cwd, 'verses.txt'), verses(600));
    const trained = run(['train', 'generate', 'verses.txt', ...QUICK, '--seed', '1', '--out', 'run', '--json']);
    expect(trained.code, trained.stderr).toBe(0);
    told = trained.stdout;
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  test('is trained with its score beside n-grams, far better than single characters', () => {
    const { task, validation, baselines, model } = JSON.parse(told);
    expect({ task, model }).toEqual({ task: 'generate', model: 'run/model.safetensors' });
    expect(validation).toMatchObject({ nats: expect.any(Number), perplexity: expect.any(Number) });
    expect(validation.bits).toBeCloseTo(validation.nats / Math.LN2, 12);
    expect(validation.nats).toBeLessThan(baselines['1-gram'].nats / 3);
    const held = run(['evaluate', 'run', 'verses.txt', '--held-out', '--json']);
    expect(JSON.parse(held.stdout).test).toEqual(validation);
  });

  test('writes the same text for the same seed, printed after its prompt, and stops where it is told', () => {
    const args = ['generate', 'run', '--prompt', 'the ', '--length', '80', '--temperature', '0.7', '--seed'];
    const { text } = JSON.parse(run([...args, '3', '--json']).stdout);
    expect(text).toHaveLength(80);
    expect(run([...args, '3']).stdout).toBe(`the ${text}${text.endsWith('\n') ? '' : '\n'}`);
    expect(JSON.parse(run([...args, '4', '--json']).stdout).text).not.toBe(text);
    const line = text.split('\n')[0];
    const until = (...stop: string[]) => JSON.parse(run([...args, '3', '--stop', ...stop, '--json']).stdout).text;
    expect(line).not.toBe(text);
    expect(until('\n')).toBe(line);
    // As shells pass it on.
    expect(until('\\n')).toBe(line);
    expect(until('#', '\\n')).toBe(line);
    // A backslash and an n, which the text has not.
    expect(until('\\\\n')).toBe(text);
  });

  test('takes --fast on every command, which changes no more than the last bits', () => {
    for (const args of [
      ['evaluate', 'run', 'verses.txt', '--held-out', '--json'],
      ['predict', 'run', '-', '--json'],
      ['generate', 'run', '--length', '20', '--temperature', '0', '--json'],
    ]) {
      const [exact, fast] = [args, [...args, '--fast']].map((one) => run(one, 'the cat'));
      expect(fast.code, fast.stderr).toBe(0);
      const numbers = (stdout: string) => [...stdout.matchAll(/\d+\.\d+(e-\d+)?/g)].map(([number]) => Number(number));
      const expected = numbers(exact.stdout);
      numbers(fast.stdout).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 4);
      });
    }
  });

  test('predicts what may follow, shows surprise, and reads a stream that goes on from its state', () => {
    const { next } = JSON.parse(run(['predict', 'run', '-', '--json'], 'the cat sat on the ma').stdout);
    expect(next[0]).toMatchObject({ text: 't' });
    const { pieces, unknown } = JSON.parse(run(['predict', 'run', '-', '--surprise', '--json'], 'the cät sat').stdout);
    expect(pieces.map(({ text }: { text: string }) => text).join('')).toBe('the cät sat');
    expect(unknown).toBe(1);
    // A pipe has no colours, so no legend of them either.
    expect(run(['predict', 'run', '-', '--surprise'], 'the cat').stdout).toMatch(
      /^the cat\n\nbits of each token: .*--json\n\d\.\d{3} bits per character\n$/,
    );
    expect(run(['predict', 'run', '-', '--surprise', '--out', 'page.html', '--quiet'], 'the cat').code).toBe(0);
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('<!doctype html>');
    const whole = run(['stream', 'run'], 'the cat\nä dog\n').stdout;
    const parts = ['the cat\r\n', 'ä dog'].map((input) => run(['stream', 'run', '--state', 's.json'], input).stdout);
    expect(parts.join('')).toBe(whole);
    expect(JSON.parse(parts[1])).toMatchObject({ line: 2, tokens: 6, unknown: 1 });
  });

  test('searches for likely texts, and writes lines that rhyme or says that they do not', () => {
    const { texts } = JSON.parse(run(['generate', 'run', '--beam', '3', '--length', '12', '--json']).stdout);
    expect(texts).toHaveLength(3);
    expect(texts[0].logProbability).toBeGreaterThanOrEqual(texts[1].logProbability);
    const verse = ['generate', 'run', '--rhyme', 'aabb', '--temperature', '0.7', '--seed'];
    expect(JSON.parse(run([...verse, '1', '--json']).stdout)).toMatchObject({ pairs: 2, rhyming: 2 });
    // Few words of the text rhyme: eight lines run out of them.
    const poor = run(['generate', 'run', '--rhyme', 'aaaaaaaa', '--seed', '1']);
    expect(poor.stderr).toMatch(/^\d of 7 pairs of lines rhyme: /);
    expect(poor.stdout.trimEnd().split('\n')).toHaveLength(8);
  });

  test.each<[string[], string, number, RegExp]>([
    [['generate', 'run', '--prompt', 'the ☃'], '', 3, /got "☃" \(U\+2603\) at place 5; /],
    [['generate', 'run', '--repetition-window', '3'], '', 2, /--repetition-window with --repetition-penalty only, /],
    [['generate', 'run', '--lines', '3'], '', 2, /expected --lines with --rhyme only, got it alone; /],
    [
      ['generate', 'run', '--repetition-penalty', '2'],
      '',
      2,
      /expected a repetition penalty with a model of words or /,
    ],
    [
      ['generate', 'run', '--rhyme', 'aa', '--repetition-penalty', '2'],
      '',
      2,
      /expected no --repetition-penalty with --rhyme, /,
    ],
    // All texts of a beam are as long as asked for.
    [
      ['generate', 'run', '--beam', '2', '--length-penalty', '1'],
      '',
      2,
      /expected a known option, got --length-penalty; /,
    ],
    [['generate', 'run', '--beam', '2', '--top-k', '4'], '', 2, /expected no --top-k with --beam, /],
    [['generate', 'run', '--beam', '2', '--rhyme', 'aabb'], '', 2, /expected --beam or --rhyme, got both; /],
    [
      ['generate', 'run', '--rhyme', 'aabb', '--syllables', '0'],
      '',
      2,
      /syllables to be a whole number of at least 1, got 0; /,
    ],
    [['predict', 'run', '-'], 'Ü', 3, /^predict: expected a text of characters that the model knows, got "Ü"/],
    [['predict', 'run', '-', '--surprise'], 'ÜBUNG MACHT', 3, /% unknown ones; /],
    [['evaluate', 'run', '-'], 'Other letters: QXYZ KWVU', 3, /^evaluate: expected a text of .* % unknown ones; /],
    // What says how a table is written means nothing to a text.
    [
      ['stream', 'run', '--skip-seen'],
      'the\n',
      2,
      /expected --skip-seen with a model of forecast, tag, got one of generate; /,
    ],
    [
      ['stream', 'run', '--format', 'csv'],
      'the\n',
      2,
      /expected --format with a model of forecast, tag, classify, got /,
    ],
    [['stream', 'run', '--decimal', ','], 'the\n', 2, /expected --decimal with a model of forecast, tag, got one of /],
    [
      ['predict', 'run', '-', '--delimiter', ';'],
      'the',
      2,
      /expected --delimiter with a model of forecast, tag, classify, /,
    ],
    [
      ['predict', 'run', '-', '--no-header'],
      'the',
      2,
      /expected --no-header with a model of forecast, tag, classify, got /,
    ],
    [['evaluate', 'run', '-', '--encoding', 'latin1'], 'the', 2, /expected --encoding with a model of forecast, tag, /],
    [['stream', 'run', '--state', 'verses.txt'], 'the\n', 4, /^verses\.txt: expected/],
  ])('refuses %j in a sentence', (args, input, code, message) => {
    const ran = run(args, input);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toMatch(/^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
    expect({ stdout: ran.stdout, code: ran.code }).toEqual({ stdout: '', code });
  });
});

test('--held-out is refused where nothing was held out', () => {
  const cwd = withText();
  const train = ['train', 'generate', 'verses.txt', '--hidden', '4', '--epochs', '1', '--validation-share', '0'];
  expect(recurve([...train, '--out', 'run', '--quiet'], { cwd }).code).toBe(0);
  expect(recurve(['evaluate', 'run', 'verses.txt', '--held-out'], { cwd })).toMatchObject({
    stderr: expect.stringMatching(/^evaluate: expected a model that left an end .*, got one that learned all of it; /),
    ...{ code: 2, stdout: '' },
  });
});

test('a line of a stream that is no UTF-8 ends it with its number, after the lines before were answered', () => {
  const cwd = withText();
  expect(
    recurve(['train', 'generate', 'verses.txt', '--hidden', '4', '--epochs', '1', '--out', 'run'], { cwd }).code,
  ).toBe(0);
  const bytes = Buffer.concat([Buffer.from('the cat\ncaf'), Buffer.of(0xe9), Buffer.from('\nthe dog\n')]);
  const { code, stdout, stderr } = recurve(['stream', 'run'], { cwd, input: bytes });
  expect(stdout).toMatch(/^\{"line":1[^\n]+\n$/);
  expect(stderr).toMatch(/^standard input, line 2: expected text in UTF-8, got other bytes; [^\n]+\n$/);
  expect(code).toBe(3);
});

test('Ctrl-C in the middle of writing ends with 130, and a result that no disk takes with 5, each in a sentence', async () => {
  const cwd = withText();
  const train = ['train', 'generate', 'verses.txt', '--hidden', '4', '--epochs', '1', '--out', 'run', '--quiet'];
  expect(recurve(train, { cwd }).code).toBe(0);
  const child = startRecurve(['generate', 'run', '--length', '100000000'], { cwd });
  let stderr = '';
  child.stderr?.on('data', (piece) => {
    stderr += piece;
  });
  child.stdout?.once('data', () => child.kill('SIGINT'));
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  expect(stderr).toMatch(/^generate: expected to write to the end, got a request to stop; [^\n]+\n$/);
  expect(code).toBe(130);
  const asked = startRecurve(['generate', 'run', '--length', '100000000', '--json'], { cwd });
  let stdout = '';
  asked.stdout?.on('data', (piece) => {
    stdout += piece;
  });
  setTimeout(() => asked.kill('SIGINT'), 1500);
  const [ended] = await once(asked, 'close');
  expect(ended).toBe(130);
  // What was written is in the object.
  expect(JSON.parse(stdout).text.length).toBeGreaterThan(100);
  if (!existsSync('/dev/full')) return;
  const full = recurve(['generate', 'run', '--length', '20'], { cwd, stdout: openSync('/dev/full', 'w') });
  expect(full.stderr).toMatch(/^standard output: expected to write the result, got a full disk \(ENOSPC\); [^\n]+\n$/);
  expect(full.code).toBe(5);
});

test('Ctrl-C saves a checkpoint; --resume alone ends at the bits of the uninterrupted run', async () => {
  await expectSignalToSave({ cwd: withText(), task: 'generate', args: ['verses.txt', ...LONG] }, 'SIGINT');
});

test('kill -9 in the middle loses no file, and resuming ends at the bits of the uninterrupted run', async () => {
  await expectKillToLoseNothing({ cwd: withText(), task: 'generate', args: ['verses.txt', ...LONG] });
});

test('a run stays all exact or all fast: --fast is kept with it, and refused where it began exact', () => {
  const cwd = withText();
  const train = (...more: string[]) =>
    recurve(['train', 'generate', 'verses.txt', ...QUICK, '--quiet', '--checkpoint-every', '0.01', ...more], { cwd });
  expect(train('--max-time', '0.05', '--out', 'exact').code).toBe(0);
  const before = readFileSync(join(cwd, 'exact/model.safetensors'));
  const mixed = train('--out', 'exact', '--resume', '--fast');
  expect(mixed.stderr).toMatch(
    /^exact: expected the settings of the run to resume, numerics absent, got "fast"; [^\n]+\n$/,
  );
  expect({ stdout: mixed.stdout, code: mixed.code }).toEqual({ stdout: '', code: 2 });
  expect(readFileSync(join(cwd, 'exact/model.safetensors'))).toEqual(before);
  expect(train('--max-time', '0.05', '--out', 'fast', '--fast').code).toBe(0);
  expect(JSON.parse(readFileSync(join(cwd, 'fast/config.json'), 'utf8'))).toMatchObject({ numerics: 'fast' });
  const resumed = recurve(['train', 'generate', '--out', 'fast', '--resume', '--quiet'], { cwd });
  expect(resumed.code, resumed.stderr).toBe(0);
});

test('a folder of texts is its files one after the other, in the order of their names', () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'poems/inner'), { recursive: true });
  const put = (name: string, content: string | Uint8Array) => writeFileSync(join(cwd, name), content);
  put('poems/b.md', verses(100).trimEnd());
  put('poems/a.txt', verses(60).trimEnd());
  // What is hidden, empty, a copy or lies deeper is no text.
  put('poems/.hidden', 'zzz');
  put('poems/empty.txt', '');
  put('poems/inner/c.txt', 'zzz');
  put('poems/a.txt.bak', 'zzz');
  put('whole.txt', verses(60) + verses(100).trimEnd());
  const train = (place: string, ...more: string[]) =>
    recurve(['train', 'generate', place, ...QUICK, '--epochs', '1', '--quiet', ...more], { cwd });
  const folder = train('poems/');
  expect(folder.code, folder.stderr).toBe(0);
  const weights = (run: string) =>
    decodeModelFile(readFileSync(join(cwd, run, 'model.safetensors')), { name: run }).tensors;
  expect(train('whole.txt', '--out', 'whole').code).toBe(0);
  // Named after the folder.
  const said = recurve(['evaluate', 'whole', 'poems/'], { cwd });
  expect(said.stderr).toMatch(/^passed over a file of poems\/: a\.txt\.bak\n/);
  const held = (run: string, place: string) =>
    JSON.parse(recurve(['evaluate', run, place, '--held-out', '--json'], { cwd }).stdout).test;
  expect(held('runs/generate-poems', 'poems')).toEqual(held('whole', 'whole.txt'));
  expect(weights('runs/generate-poems')).toEqual(weights('whole'));

  put('poems/c.txt', Uint8Array.of(97, 0xe9, 10));
  expect(train('poems', '--out', 'no')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/poems.c\.txt: expected a text in UTF-8, got the byte 0xe9 at offset 1, line 1; /),
  });
  put('poems/c.txt', Uint8Array.of(80, 75, 0));
  expect(train('poems', '--out', 'no').stderr).toMatch(/poems.c\.txt: expected a text, got a binary file/);
  symlinkSync('nowhere', join(cwd, 'poems/a-link.txt'));
  expect(train('poems', '--out', 'no')).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/poems.a-link\.txt: expected a file to read, got a link to nowhere .*; mend it or /),
  });
  mkdirSync(join(cwd, 'none'));
  expect(train('none', '--out', 'no')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/none: expected a folder with texts, got no file with text in it; /),
  });
  expect(existsSync(join(cwd, 'no'))).toBe(false);
});

describe('train generate refuses in one sentence, and leaves no run behind', () => {
  test.each<[string, string | Uint8Array, string[], number, RegExp]>([
    ['an empty file', '', [], 3, /text\.txt: expected a text, got an empty file; /],
    ['a binary file', Uint8Array.of(80, 75, 3, 4, 0, 1), [], 3, /text\.txt: expected a text, got a binary file/],
    ['invalid UTF-8', Uint8Array.of(99, 10, 97, 0xe9, 10), [], 3, /in UTF-8, got the byte 0xe9 at offset 3, line 2; /],
    ['a short text', 'a b c\n', [], 3, /expected at least 64 characters to learn from, got 5; /],
    ['one character over and over', 'a'.repeat(300), [], 3, /at least two different characters, got "a" only; /],
    ['a vocabulary of characters', verses(50), ['--vocabulary', '9'], 2, /expected vocabulary or minCount with words/],
    ['too few subwords', verses(50), ['--unit', 'subwords', '--vocabulary', '9'], 2, /a size from 256 .*, got 9; /],
    ['bytes', verses(50), ['--unit', 'bytes'], 2, /expected one of characters, words, subwords, got "bytes"; /],
  ])('%s', (_, content, options, code, message) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'text.txt'), content);
    const ran = recurve(['train', 'generate', 'text.txt', ...options, '--out', 'runs/a', '--quiet'], { cwd });
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toMatch(/^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+\n$/);
    expect({ stdout: ran.stdout, code: ran.code }).toEqual({ stdout: '', code });
    const runs = join(cwd, 'runs');
    expect(existsSync(runs) ? readdirSync(runs, { recursive: true }) : []).toEqual([]);
  });

  test('no text', () => {
    expect(recurve(['train', 'generate'], { cwd: temporaryFolder() })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^train generate: expected <text…>, got nothing; [^\n]+\n$/),
    });
  });
});

test('a text of one line of a megabyte is read like any other', () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'long.txt'), 'abc def '.repeat(131_072));
  const quick = ['--hidden', '4', '--epochs', '1', '--max-time', '0.2', '--out', 'run', '--json'];
  const { code, stdout, stderr } = recurve(['train', 'generate', 'long.txt', ...quick], { cwd });
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ stopped: 'time', tokens: 943_718 });
  const predicted = recurve(['predict', 'run', 'long.txt', '--surprise', '--out', 'page.html'], { cwd });
  expect(predicted).toEqual({ code: 0, stdout: '', stderr: 'reading 1,048,576 characters\nwrote page.html\n' });
});
