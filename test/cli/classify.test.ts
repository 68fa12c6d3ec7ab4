import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ran, recurve } from './recurve.ts';
import { expectKillToLoseNothing, expectSignalToSave } from './stopped.ts';

const GOOD = ['fine', 'lovely', 'great'];
const BAD = ['dull', 'awful', 'poor'];
const THINGS = ['film', 'plot', 'song', 'cast', 'end', 'joke', 'tune', 'set', 'story', 'scene'];
const SMALL = ['--hidden', '8', '--embedding', '8', '--seed', '1'];

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
  const size = ['--hidden', '64', '--embedding', '32', '--epochs', '60', '--patience', '60', '--seed', '1'];
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
    for (const part of [
      'Right and wrong',
      'Every threshold',
      'What the words speak for',
      'Naive Bayes',
      'best baseline',
    ]) {
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
    expect(run(['evaluate', 'run', 'reviews.csv']).stdout).toContain('\nGRU with naive Bayes (this model) ');
    // Rows whose label nobody knows yet are those one asks about.
    const asking = 'review,verdict\n"a fine, long film",\n"a dull, long film",blame\n';
    expect(run(['predict', 'run', '-', '--csv'], asking).stdout.split('\n')).toHaveLength(4);
    expect(run(['evaluate', 'run', '-'], asking).stderr).toContain(
      'expected a value of "verdict" in every row, got none in row 2',
    );
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
    write('texts/README.md', 'About these reviews.');
    write('texts/praise/00.txt.bak', 'zzz');
    expect(run(['predict', 'run', 'texts', '--csv']).stderr).toBe(
      `passed over 2 files of texts: README.md, ${join('praise', '00.txt.bak')}\n`,
    );
    expect(of('texts', 'run-folder').map((line) => line.split(',').at(2))).toEqual(
      lines.map((line) => line.split(',').at(2)),
    );
  });

  test('a folder of nothing but texts is asked about file by file, though not learned from', () => {
    mkdirSync(join(folder, 'new'), { recursive: true });
    write('new/b.txt', 'a dull plot');
    write('new/a.txt', 'a lovely, long song');
    const { code, stdout } = run(['predict', 'run', 'new', '--csv', '--quiet']);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(',')[0])).toEqual(['file', 'new/a.txt', 'new/b.txt', '']);
    const { predictions } = JSON.parse(run(['predict', 'run', 'new', '--json']).stdout);
    expect(predictions.map(({ file, label }: Record<string, string>) => [file, label])).toEqual([
      ['new/a.txt', 'praise'],
      ['new/b.txt', 'blame'],
    ]);
    expect(run(['evaluate', 'run', 'new']).stderr).toContain('new: expected a folder per class');
  });

  test('a text in the place of a file is told of --lines', () => {
    const { code, stderr } = run(['predict', 'run', 'a lovely song']);
    expect(stderr).toMatch(
      /^a lovely song: expected a file to read, .* \(a text per line: --lines, with - for .*\)\n$/,
    );
    expect(code).toBe(5);
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

  test('many texts: says that they are read', () => {
    const { code, stdout, stderr } = run(['predict', 'run', '-', '--lines'], `${GOOD[0]}\n`.repeat(20_000));
    expect(code).toBe(0);
    expect(stderr).toContain('reading 20,000 texts\n');
    expect(stdout).toContain('and 19,950 more: --csv prints them all\n');
  });

  test('words of another language than the training: answered, with a note', () => {
    const { code, stderr } = run(['predict', 'run', '-', '--lines'], 'ein schöner Film\n');
    expect(code).toBe(0);
    expect(stderr).toContain('1 of 1 texts consist mostly of words that the training did not hold');
  });
});

test('pretrained vectors, plain or gzip; of words that the data have not, they are refused', () => {
  const words = [...GOOD, ...BAD].map((word, i) => `${word} ${i < 3 ? 1 : -1} 0.5`);
  write('v.txt', `${words.join('\n')}\n`);
  write('v.txt.gz', gzipSync(`6 2\n${words.join('\n')}\n`));
  write('foreign.txt', 'schön 1 2\n');
  write('cut.txt', `7 2\n${words.join('\n')}\n`);
  const train = (vectors: string) =>
    run([
      ...['train', 'classify', 'reviews.csv', '--text', 'review', '--label', 'verdict', '--vectors', vectors],
      ...['--out', 'run-v', '--overwrite', '--hidden', '4', '--epochs', '2', '--json'],
    ]);
  const plain = JSON.parse(train('v.txt').stdout);
  expect(plain.notes.at(-1)).toMatch(/^6 of \d+ words begin with a vector of .*v\.txt$/);
  expect(JSON.parse(train('v.txt.gz').stdout).test).toEqual(plain.test);
  expect(JSON.parse(train('foreign.txt').stderr).error.message).toMatch(
    /^classify: expected vectors of words of the data, got none of \d+ in .*foreign\.txt; give vectors of the same/,
  );
  expect(JSON.parse(train('cut.txt').stderr).error.message).toContain(
    'cut.txt: expected 7 words, as its first line says, got 6; the file is cut off or was put together',
  );
});

describe('arrays in IDX', () => {
  /** 30 images of 4 rows of 3 pixels, bright above or below by their label. */
  const N = 30;
  const labels = Uint8Array.from({ length: N }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: N * 12 }, (_, at) => {
    const [i, row] = [Math.floor(at / 12), Math.floor((at % 12) / 3)];
    return row < 2 === (i % 2 === 0) ? 200 + ((7 * at) % 50) : (5 * at) % 40;
  });
  const idx = (shape: number[], numbers: Uint8Array, type = 8): Buffer => {
    const head = Buffer.alloc(4 + 4 * shape.length);
    head.writeUInt32BE((type << 8) | shape.length);
    shape.forEach((size, axis) => {
      head.writeUInt32BE(size, 4 + 4 * axis);
    });
    return Buffer.concat([head, numbers]);
  };
  const image = idx([N, 4, 3], pixels);
  const label = idx([N], labels);
  const cutGzip = (bytes: Buffer): Buffer => {
    const packed = gzipSync(bytes);
    return packed.subarray(0, packed.length >> 1);
  };
  const train = (images: Uint8Array, labelled: Uint8Array, ...more: string[]): Ran => {
    write('images-idx3-ubyte', images);
    write('labels-idx1-ubyte', labelled);
    const data = 'images-idx3-ubyte,labels-idx1-ubyte';
    return run(['train', 'classify', data, '--out', 'run-idx', '--overwrite', '--hidden', '4', '--seed', '1', ...more]);
  };

  test('are learned from and asked about, plain or gzip, with the same bits', () => {
    const long = ['--epochs', '40', '--batch-size', '6', '--rate', '0.02', '--json'];
    const plain = train(image, label, ...long);
    const packed = train(gzipSync(image), gzipSync(label), ...long);
    expect(JSON.parse(plain.stdout).test).toMatchObject({ accuracy: 1 });
    expect(JSON.parse(packed.stdout).test).toEqual(JSON.parse(plain.stdout).test);
    const { predictions } = JSON.parse(run(['predict', 'run-idx', 'images-idx3-ubyte', '--json']).stdout);
    expect(predictions.map((one: { label: string }) => one.label)).toEqual(Array.from(labels, String));
    expect(run(['predict', 'run-idx', 'reviews.csv'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('classify: expected arrays in IDX, as in training, got reviews.csv;'),
    });
  });

  test.each<[string, Uint8Array, Uint8Array, string, number]>([
    [
      'images cut off',
      image.subarray(0, 200),
      label,
      'images-idx3-ubyte: expected 376 bytes for shape [30, 4, 3], got 200',
      3,
    ],
    ['labels cut off', image, label.subarray(0, 20), 'labels-idx1-ubyte: expected 38 bytes for shape [30], got 20', 3],
    ['a head cut off', image.subarray(0, 10), label, 'images-idx3-ubyte: expected a head of 16 bytes, got 10', 3],
    ['another magic', image, Buffer.from('P5 28 28'), 'labels-idx1-ubyte: expected an IDX file (00 00, type 08', 3],
    ['a type that is none', idx([N, 4, 3], pixels, 10), label, 'images-idx3-ubyte: expected an IDX file', 3],
    [
      'no bytes',
      image,
      Buffer.alloc(0),
      'labels-idx1-ubyte: expected an IDX file (00 00, type 08 to 0e, number of axes), got no bytes',
      3,
    ],
    [
      'counts that disagree',
      image,
      idx([N - 1], labels.subarray(1)),
      'labels-idx1-ubyte: expected 30 labels, as many as ',
      3,
    ],
    ['labels for images', label, image, 'images-idx3-ubyte: expected an array [examples, steps, numbers], got [30]', 3],
    ['images packed and cut in the middle', cutGzip(image), label, 'images-idx3-ubyte: expected whole gzip data', 3],
    ['labels packed and cut in the middle', image, cutGzip(label), 'labels-idx1-ubyte: expected whole gzip data', 3],
  ])('%s are refused by their file, and no run is left', (_, images, labelled, message, exit) => {
    rmSync(join(folder, 'run-idx'), { recursive: true, force: true });
    const { code, stdout, stderr } = train(images, labelled);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout, existsSync(join(folder, 'run-idx'))]).toEqual([exit, '', false]);
  });

  test('are the same as a wide table, a row for each, whose form the model remembers', () => {
    const long = ['--epochs', '40', '--batch-size', '6', '--rate', '0.02', '--seed', '1', '--hidden', '4', '--json'];
    const arrays = JSON.parse(train(image, label, ...long).stdout);
    const names = Array.from({ length: 12 }, (_, p) => `pixel${p}`);
    const rows = Array.from({ length: N }, (_, i) => Array.from(pixels.subarray(12 * i, 12 * (i + 1))));
    write('wide.csv', `is;${names.join(';')}\n${rows.map((row, i) => `${i % 2};${row.join(';')}\n`).join('')}`);
    const how = ['--label', 'is', '--step-width', '3', '--delimiter', ';'];
    const { code, stdout, stderr } = run(['train', 'classify', 'wide.csv', ...how, '--out', 'run-wide', ...long]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).test).toEqual(arrays.test);
    // Without labels, with a column of names, and in another order.
    const turned = rows.map((row, i) => `${row.toReversed().join(';')};${i}\n`).join('');
    write('asked.csv', `${names.toReversed().join(';')};ImageId\n${turned}`);
    const { predictions } = JSON.parse(run(['predict', 'run-wide', 'asked.csv', '--json']).stdout);
    expect(predictions).toEqual(
      JSON.parse(run(['predict', 'run-idx', 'images-idx3-ubyte', '--json']).stdout).predictions,
    );
    expect(JSON.parse(run(['evaluate', 'run-wide', 'wide.csv', '--json']).stdout)).toMatchObject({ examples: N });
    write('short.csv', 'pixel0,pixel1\n1,2\n');
    expect(run(['predict', 'run-wide', 'short.csv', '--delimiter', ','])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"pixel2"'),
    });
    const other = ['--label', 'is', '--step-width', '5', '--out', 'run-none'];
    expect(run(['train', 'classify', 'wide.csv', ...other])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('got 12 columns of numbers beside "is" for a step width of 5;'),
    });
    expect(run(['train', 'classify', 'wide.csv', ...other, '--text', 'x']).stderr).toContain(
      'expected --text with a table of texts, got --step-width; leave it out',
    );
    expect(
      run([
        'train',
        'classify',
        'asked.csv',
        ...other.slice(2),
        '--step-width',
        '3',
        '--sequence',
        'ImageId',
        '--label',
        'pixel0',
      ]),
    ).toMatchObject({ code: 2 });
  });

  test('options that they have no use for are refused', () => {
    expect(train(image, label, '--keep-case').stderr).toContain('classify: expected lowercase with texts, got');
    expect(train(image, label, '--label', 'x').stderr).toContain('expected --label with a table, got arrays in IDX');
  });
});

describe('options and places that do not go together are refused, never ignored', () => {
  test.each([
    [
      ['reviews.csv', '--columns', 'a'],
      'train classify: expected --columns with the --sequence or the --step-width of a table, got none',
    ],
    [
      ['reviews.csv', '--sequence', 'verdict', '--text', 'review'],
      'expected --text with a table of texts, got --sequence',
    ],
    [
      ['praise=praise.txt,blame=blame.txt', '--no-header'],
      'expected --no-header with a table, got a file of texts per',
    ],
    [
      ['texts', '--text', 'review'],
      'train classify: expected --text with a table, got a folder per class; leave it out',
    ],
    [['praise=praise.txt,blame='], 'classify: expected the name of a file, or LABEL=file, got "blame="; write it out'],
    [
      ['reviews.csv', '--text', 'review', '--label', 'verdict', '--class-weights', '__proto__=3'],
      'classify: expected class weights of names that a ',
    ],
    [
      ['reviews.csv', '--text', 'review', '--label', 'verdict', '--class-weights', 'toString=3'],
      'expected class weights of "blame", "praise", got one of',
    ],
    [[''], 'classify: expected the name of a file, or LABEL=file, got ""; write it out'],
    [
      ['praise=praise.txt,blame=blame.txt', '--test', 'praise=praise.txt,blame=blame.txt', '--test-share', '0.2'],
      'classify: expected a test set or testShare, got both; leave one out',
    ],
  ])('train classify %j', (args, message) => {
    const { code, stderr } = run(['train', 'classify', ...args, '--out', 'run-odd']);
    expect(stderr).toContain(message);
    expect([code, existsSync(join(folder, 'run-odd'))]).toEqual([2, false]);
  });

  test('predict --explain --out without --json, --lines with files per class', () => {
    const table = ['predict', 'run', 'reviews.csv', '--explain', '--out', 'why.csv'];
    expect(run(table)).toMatchObject({ code: 2, stderr: expect.stringContaining('expected --json beside --explain') });
    expect(existsSync(join(folder, 'why.csv'))).toBe(false);
    expect(run(['predict', 'run', 'praise=praise.txt', '--lines']).stderr).toContain(
      'predict: expected --lines with a file of texts, got a file of texts per class; leave it out',
    );
  });

  test('a folder with a link to nowhere', () => {
    mkdirSync(join(folder, 'links', 'a'), { recursive: true });
    symlinkSync('/nonexistent', join(folder, 'links', 'a', 'gone.txt'));
    const { code, stderr } = run(['train', 'classify', 'links', '--out', 'run-odd']);
    expect(stderr).toMatch(
      /links.a.gone\.txt: expected a file to read, got a link to nowhere \(ENOENT\); mend it or take it out of .*links\n$/,
    );
    expect([code, existsSync(join(folder, 'run-odd'))]).toEqual([5, false]);
  });
});

test('a file of texts may end its lines with carriage returns alone', () => {
  const good = write('good-lines.txt', 'a fine film\r'.repeat(20));
  const bad = write('bad-lines.txt', 'a dull film\r\n'.repeat(20));
  const options = ['--hidden', '2', '--embedding', '2', '--epochs', '1', '--out', 'lines', '--json'];
  const { code, stdout } = run(['train', 'classify', `good=${good},bad=${bad}`, ...options]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).notes).toContain('32 examples to train, 4 to validate, 4 to test');
});
