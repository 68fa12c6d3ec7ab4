import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readMidi } from '../../src/data/index.ts';
import { temporaryFolder } from '../../src/node/temporary-folder.case.ts';
import { composeSettings } from '../../src/tasks/index.ts';
import { recurve } from './recurve.ts';
import { expectKillToLoseNothing, expectSignalToSave } from './stopped.ts';

const bars = ['GABc d2Bd', 'cBAG edcB', 'G2BG GABc', 'd2Bd cBAG'];
const book = Array.from(
  { length: 16 },
  (_, i) => `X:${i}\nT:Tune ${i}\nM:4/4\nL:1/8\nK:G\n${bars.map((_, n) => bars[(n + i) % 4]).join('|')}|]\n`,
).join('\n');

/** For trainings of a moment. */
const FAST = ['--rate', '0.02', '--average', '0.8', '--transpose', '0'];

function withTunes(folder = temporaryFolder()): string {
  writeFileSync(join(folder, 'tunes.abc'), `${book}\nX:99\nK:G\nGA[Bc\n`);
  return folder;
}

let cwd: string;
beforeAll(() => {
  cwd = withTunes(mkdtempSync(join(tmpdir(), 'recurve-compose-')));
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

/** A training of some seconds. */
const LONG = ['--hidden', '64', '--epochs', '40', '--patience', '40', '--batch-size', '2', '--seed', '3', ...FAST];

test('Ctrl-C saves a checkpoint; --resume alone ends at the bits of the uninterrupted run', async () => {
  await expectSignalToSave({ cwd: withTunes(), task: 'compose', args: ['tunes.abc', ...LONG] }, 'SIGINT');
});

test('kill -9 in the middle loses no file, and resuming ends at the bits of the uninterrupted run', async () => {
  await expectKillToLoseNothing({ cwd: withTunes(), task: 'compose', args: ['tunes.abc', ...LONG] });
});

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
    expect(run('a.mid', '7')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/, G, 4\/4, seed 7\nMIDI {4}a\.mid/),
    });
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
    const piped = recurve(['predict', 'run', '-', '--json'], { cwd, input: readFileSync(join(cwd, 'a.mid')) });
    expect(JSON.parse(piped.stdout).next).toEqual(next);
    const scores = JSON.parse(recurve(['evaluate', 'run', 'tunes.abc', '--json'], { cwd }).stdout);
    expect(scores.test.nll).toBeGreaterThan(0);
    const report = readFileSync(join(cwd, 'run/report.html'), 'utf8');
    expect(report).toContain('Piano roll of the piece of seed 1');
    expect(report).toMatch(/on 2 pieces never trained on; the best baseline, markov, has \d/);
    expect(report).toMatch(/class="card[^>]*>.*best baseline \d/s);
  });

  test('hears a tune note by note, the same in two parts with the state between them', () => {
    const lines = ['G4 1', 'B4 1/2', 'rest 0.5', '{"pitch": 74, "duration": 48}', '', 'end', 'G4 1'];
    const stream = (input: string[], ...more: string[]) =>
      recurve(['stream', 'run', '--key', 'G', '--metre', '4/4', ...more], { cwd, input: `${input.join('\n')}\n` });
    const whole = stream(lines);
    expect(whole.stderr).toBe('');
    const answers = whole.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(6);
    expect(answers[4]).toMatchObject({ line: 5, end: true, steps: 4, nll: expect.any(Number) });
    expect(answers[5]).toEqual({ ...answers[0], line: 6 });
    const { next } = JSON.parse(recurve(['predict', 'run', 'a.mid', '--json'], { cwd }).stdout);
    expect(Object.keys(answers[0].next[0])).toEqual(Object.keys(next[0]));
    const parts = [lines.slice(0, 3), lines.slice(3)].map((input) => stream(input, '--state', 's.json').stdout);
    expect(parts.join('')).toBe(whole.stdout);
    for (const [line, message] of [
      ['H4 1', /got "H4 1"; write a step per line/],
      ['G4', /expected a note or rest and its quarters, such as C4 1\/2/],
      ['end', /expected a step before the end of a piece, got none/],
    ] as const) {
      const { code, stdout, stderr } = stream([line]);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^standard input, line 1: expected [^\n]+\n$/);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    }
    expect(stream(lines, '--state', 's.json', '--key', 'D')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/expected the key of the saved stream, G, got D/),
    });
  });

  test('refuses in one sentence what it cannot do', () => {
    const refusals: [string[], number, RegExp][] = [
      [['--start', 'H4'], 2, /note: expected a name from A0 to C8/],
      [['--key', 'H'], 2, /key: expected a key/],
      [['--key', 'D dorian'], 2, /expected a key that is major/],
      [['--metre', '7/8'], 2, /expected a metre of 4\/4, as in training/],
      [['--keep-key'], 2, /expected a key to stay in/],
      [
        ['--keep-key', '--key', 'G', '--start', 'F4'],
        2,
        /expected a first note of the scale of G to stay in, got F4; /,
      ],
      [['--picture', 'never.mid'], 2, /--picture: expected the name of an SVG file \(\.svg\), got "never\.mid"; /],
      [['--notes', '4'], 2, /expected options of a melody model, got notes/],
      [['--temperature', '-1'], 2, /expected temperature of at least 0/],
      [['--tempo', '1'], 2, /expected a tempo from 4 to 1000 quarters a minute, got 1; /],
      [['--opening', 'nope.mid'], 5, /nope\.mid: expected a file/],
    ];
    for (const [options, code, message] of refusals) {
      const ran = recurve(['compose', 'run', ...options, '--out', 'never.mid'], { cwd });
      expect(ran.stderr).toMatch(message);
      expect(ran.stderr.trim().split('\n')).toHaveLength(1);
      expect(ran.code).toBe(code);
    }
    for (const [args, message] of [
      [
        ['predict', 'run', 'a.mid', '--format', 'jsonl'],
        /expected --format with a model of forecast, tag, classify, got/,
      ],
      [['evaluate', 'run', 'tunes.abc', '--missing-texts', 'z'], /expected --missing-texts with a model of /],
      [['stream', 'run', '--delimiter', ','], /expected --delimiter with a model of forecast, tag, got one of compose/],
      [['generate', 'run'], /expected a model of generate, got one of compose in run.*use it with .*compose/],
    ] as const) {
      const ran = recurve(args, { cwd });
      expect(ran.stderr).toMatch(message);
      expect(ran).toMatchObject({ code: args[0] === 'generate' ? 4 : 2, stdout: '' });
    }
    expect(existsSync(join(cwd, 'never.mid'))).toBe(false);
    expect(recurve(['compose', 'run', '--out', 'x.wav'], { cwd }).stderr).toMatch(/expected the name of a MIDI file/);
  });
});

test('--help gives the defaults of each kind of model', () => {
  const help = recurve(['train', 'compose', '--help'], { cwd }).stdout.replace(/\s+/g, ' ');
  const [keys, melody, voices] = (['keys', 'melody', 'voices'] as const).map((kind) => composeSettings({ kind }));
  expect(help).toContain(`default ${keys.epochs}, of melody ${melody.epochs}, of voices ${voices.epochs} `);
  expect(help).toContain(`default ${keys.hidden}, of melody ${melody.hidden}, of voices ${voices.hidden} `);
  expect(help).toContain(`default ${keys.patience}, of melody ${melody.patience}, of voices ${voices.patience} `);
  expect([keys, melody, voices].map(({ batchSize, rate, dropout }) => [batchSize, rate, dropout])).toEqual([
    [8, 0.005, 0.5],
    [16, 0.004, 0.3],
    [8, 0.004, 0.3],
  ]);
  for (const said of ['default 8, of melody 16 ', 'default 0.004, of keys 0.005 ', 'default 0.3, of keys 0.5 '])
    expect(help).toContain(said);
});

test('bad music is refused in one sentence, and no run is left behind', () => {
  const files: [string, string | Uint8Array, RegExp][] = [
    ['empty.abc', '', /expected music, got an empty file/],
    ['binary.abc', Uint8Array.of(1, 2, 0, 3), /binary data/],
    ['latin.abc', Uint8Array.of(0x58, 0x3a, 0xe9, 0x0a), /UTF-8/],
    ['cut.mid', Uint8Array.of(0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 96), /0 of its 1 tracks/],
    ['bad.abc', 'X:1\nK:C\nC[E\n', /line 3: expected \] at the end of the chord/],
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

test('of a folder, what cannot be read is left out and told, and the run says how many', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.abc'), `${book}\nX:98\nK:C\nC,,,,,D\nX:99\nK:G\nGA[Bc\n`);
  writeFileSync(join(folder, 'b.mid'), 'MThd');
  writeFileSync(join(folder, 'c.mid'), Uint8Array.of(1, 2, 0, 3));
  for (const name of ['README', 'c.mid.bak', '.DS_Store', 'e.txt', 'f.png']) writeFileSync(join(folder, name), 'x');
  const train = ['train', 'compose', folder, '--hidden', '4', '--embedding', '4', '--epochs', '1'];
  const told = recurve([...train, '--out', 'left'], { cwd });
  expect(told.code).toBe(0);
  const notes = told.stderr.split('\n').filter((line) => line.includes('left out'));
  expect(notes).toEqual([
    expect.stringMatching(/^left out one piece: .*a\.abc, line \d+: expected \] at the end of the chord "\[Bc"/),
    expect.stringMatching(/^left out one piece: .*a\.abc: expected notes of the 88 keys of a piano, .*, got 0; /),
    expect.stringMatching(/^left out one piece: .*b\.mid: expected a MIDI file/),
    'left out 1 more piece that cannot be read',
  ]);
  expect(told.stderr).toContain(`passed over 4 files of ${folder}: README, c.mid.bak, e.txt and 1 more\n`);
  const { stdout } = recurve([...train, '--out', 'counted', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ leftOut: 4, pieces: { train: 12, validation: 2, test: 2 } });
  writeFileSync(join(folder, 'one.abc'), 'X:1\nM:4/4\nL:1/8\nK:G\nGABc d2Bd|cBAG edcB|\n');
  const alone = ['train', 'compose', join(folder, 'one.abc'), '--hidden', '4', '--embedding', '4', '--epochs', '1'];
  expect(recurve([...alone, '--out', 'alone'], { cwd }).stdout).toMatch(/^not measured: no piece was left for it; /);
  const other = recurve(['train', 'compose', join(folder, 'b.mid'), join(folder, 'nope.mid'), '--out', 'none'], {
    cwd,
  });
  expect(other).toMatchObject({ code: 5, stderr: expect.stringMatching(/nope\.mid: expected a file/) });
  symlinkSync('nowhere', join(folder, 'd.mid'));
  expect(recurve([...train, '--out', 'none'], { cwd })).toMatchObject({
    code: 5,
    stderr: `${join(folder, 'd.mid')}: expected a file to read, got a link to nowhere (ENOENT); mend it or take it out of ${folder}\n`,
  });
  expect(existsSync(join(cwd, 'none'))).toBe(false);
});

test('of several voices a melody is the first, and told; all of them are learned as keys', () => {
  const folder = temporaryFolder();
  const under = 'V:1\n$&\nV:2\nG,8|G,8|G,8|G,8|]';
  writeFileSync(join(folder, 'one.abc'), book);
  writeFileSync(join(folder, 'two.abc'), book.replaceAll(/^.*\|\]$/gm, under));
  const run = (name: string, kind: string, ...options: string[]) =>
    recurve(['train', 'compose', name, '--kind', kind, '--hidden', '4', '--epochs', '1', '--seed', '3', ...options], {
      cwd: folder,
    });
  const small = ['--embedding', '4', '--json', '--out'];
  const [one, two] = ['one', 'two'].map((name) => JSON.parse(run(`${name}.abc`, 'melody', ...small, name).stdout));
  expect(one.severalVoices).toBeUndefined();
  expect(two.severalVoices).toBe(16);
  expect(two.test).toEqual(one.test);
  const told = 'several voices: a melody is the first of them; for all of them use a model of keys or voices\n';
  expect(recurve(['evaluate', 'two', 'two.abc'], { cwd: folder }).stderr).toBe(`16 of 16 pieces have ${told}`);
  writeFileSync(join(folder, 'bars.abc'), 'X:1\nM:4/4\nL:1/8\nK:G\nV:1\nGABc d2Bd|\nV:2\nG,8|\n');
  const opened = recurve(['compose', 'two', '--opening', 'bars.abc', '--bars', '2', '--out', 'a.mid'], { cwd: folder });
  expect(opened).toMatchObject({ code: 0, stderr: `the piece has ${told}` });
  const keys = run('two.abc', 'keys', '--out', 'keys');
  expect(keys).toMatchObject({ code: 0, stderr: expect.not.stringContaining('several voices') });
  const next = JSON.parse(recurve(['predict', 'keys', 'bars.abc', '--json'], { cwd: folder }).stdout);
  expect(next.kind).toBe('keys');
});

test('of a collection to learn four voices from, pieces with another number are left out and told', () => {
  const folder = temporaryFolder();
  const voice = (v: number, note: string) => `V:${v}\n${note}4 ${note}4|${note}8|`;
  const tune = (x: number, notes: string[]) =>
    `X:${x}\nM:4/4\nL:1/8\nK:C\n${notes.map((note, v) => voice(v, note)).join('\n')}\n`;
  const chorales = Array.from({ length: 6 }, (_, i) => tune(i, ['c', 'G', 'E', 'C,']));
  writeFileSync(join(folder, 'all.abc'), [...chorales, tune(8, ['c', 'G', 'E'])].join('\n'));
  writeFileSync(join(folder, 'three.abc'), tune(8, ['c', 'G', 'E']));
  const train = ['train', 'compose', '--kind', 'voices', '--hidden', '4', '--embedding', '4', '--epochs', '1'];
  const { code, stderr } = recurve([...train, 'all.abc', '--out', 'run'], { cwd: folder });
  expect(stderr).toMatch(
    /^left out one piece: all\.abc: expected four voices, each in a track or V: of its own, got 3; /,
  );
  expect(code).toBe(0);
  const measured = JSON.parse(recurve(['evaluate', 'run', 'all.abc', '--json'], { cwd: folder }).stdout);
  expect(measured).toMatchObject({ leftOut: 1, pieces: 6 });
  const none = recurve([...train, 'three.abc', '--out', 'none'], { cwd: folder });
  expect(none).toMatchObject({ code: 3, stderr: expect.stringMatching(/^three\.abc: expected four voices/) });
});

test.each([
  ['keys', ['60 64 67', '[]', 'C4 E4 G4', 'end'], 'C4 X'],
  ['voices', ['72 67 60 48', '["C5", "G4", "C4", "C3"]', 'E5 rest -1 C3', 'end'], '72 67'],
])('a stream of %s takes words and JSON, and names the line it cannot hear', (kind, lines, bad) => {
  const folder = temporaryFolder();
  const piece = (from: number) =>
    Array.from({ length: 8 }, (_, t) => [72, 67, 60, 48].map((pitch) => pitch + ((from + t) % 3)));
  writeFileSync(join(folder, 'pieces.json'), JSON.stringify(Array.from({ length: 8 }, (_, i) => piece(i))));
  const train = [
    'train',
    'compose',
    'pieces.json',
    '--kind',
    kind,
    '--hidden',
    '8',
    '--epochs',
    '1',
    ...(kind === 'voices' ? ['--embedding', '4'] : []),
  ];
  expect(recurve([...train, '--out', 'run', '--quiet'], { cwd: folder }).code).toBe(0);
  const { code, stdout, stderr } = recurve(['stream', 'run'], { cwd: folder, input: [...lines, bad].join('\n') });
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers).toHaveLength(4);
  expect(answers[3]).toMatchObject({ end: true, steps: 3, nll: answers[3].nats / 3 });
  for (const { next } of answers) {
    expect(next).toHaveLength(8);
    for (const { probability } of next) expect(probability).toBeGreaterThan(0);
  }
  expect(stderr).toMatch(/^standard input, line 5: expected [^\n]+, got "[^\n]+"; write a step per line\n$/);
  expect(code).toBe(3);
  const accompany = (input: string, ...more: string[]) =>
    recurve(['stream', 'run', '--accompany', '--seed', '5', ...more], { cwd: folder, input });
  if (kind !== 'voices') {
    const { code, stdout, stderr } = accompany('72\n');
    expect(stderr).toMatch(/^accompany: expected a model of voices, got one of keys; [^\n]+\n$/);
    return expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  }
  const played = accompany('C5\n72\nrest\nend\nE5\n');
  expect(played.stderr).toBe('');
  const chords = played.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(chords.map(({ pitches, steps }) => pitches?.[0] ?? steps)).toEqual([72, 72, -1, 3, 76]);
  expect(chords[0].names).toEqual(['C5', ...Array(3).fill(expect.any(String))]);
  const parts = ['C5\n', '72\nrest\nend\nE5\n'].map((input) => accompany(input, '--state', 'state').stdout);
  expect(parts.join('')).toBe(played.stdout);
  for (const [args, input, message, status] of [
    [
      ['--accompany'],
      '72 60\n',
      /^standard input, line 1: expected a note of the soprano, such as C5 or 72, or rest, got/,
      3,
    ],
    [['--accompany', '--key', 'G'], '72\n', /expected no --key with --accompany/, 2],
    [['--seed', '3'], '72\n', /expected --seed with --accompany only/, 2],
    [['--state', 'state'], '72\n', /^stream: state/, 4],
  ] as const) {
    const ran = recurve(['stream', 'run', ...args], { cwd: folder, input });
    expect(ran.stderr).toMatch(message);
    expect(ran).toMatchObject({ code: status, stdout: '' });
  }
});
