import { describe, expect, test } from 'vitest';
import {
  inKey,
  lengthOf,
  type MusicPiece,
  melodyOf,
  metreName,
  parseKey,
  parseMetre,
  readMidi,
  type Score,
  scoreOfMelody,
  voiceOf,
  writeMidi,
} from '../../data/music/index.ts';
import { createEngine } from '../../engine/index.ts';
import { encodeModelFile, type ModelFile } from '../../model/index.ts';
import { taskReport } from '../../report/index.ts';
import { chordPieces, parallelVoices, SMALL, SMALL_KEYS, scaleTunes } from './data.case.ts';
import { loadCompose } from './model.ts';
import type { ComposeOptions } from './options.ts';
import { composeReportInput } from './report.ts';
import { trainCompose } from './train.ts';

const KINDS: [string, MusicPiece[], ComposeOptions, number][] = [
  [
    'keys',
    chordPieces(48),
    { ...SMALL_KEYS, kind: 'keys', dropout: 0.1, inputDropout: 0, batchSize: 2, transpose: 0, epochs: 15 },
    0.6,
  ],
  ['melody', scaleTunes(36), { ...SMALL, kind: 'melody', batchSize: 2, transpose: 0, dropout: 0.1, epochs: 20 }, 0.5],
  ['voices', parallelVoices(36), { ...SMALL, kind: 'voices', dropout: 0.1, batchSize: 4 }, 0.5],
];

const BRIEF: ComposeOptions = { ...SMALL, kind: 'melody', batchSize: 2, transpose: 0, dropout: 0.1, epochs: 6 };

describe.each(KINDS)('%s', (kind, pieces, options, margin) => {
  test(`learns: the test pieces' likelihood is below ${margin} of the better baseline's`, async () => {
    const { scores, model } = await trainCompose(pieces, options);
    const { test: own, baselines } = scores!;
    expect(model.kind).toBe(kind);
    expect(own.nll).toBeLessThan(margin * Math.min(baselines.static.nll, baselines.markov.nll));
  });

  test('the same seed gives the same weights and notes to the bit, another seed others', async () => {
    const short = { ...options, epochs: 2 };
    const once = await trainCompose(pieces, short);
    const again = await trainCompose(pieces, short);
    const other = await trainCompose(pieces, { ...short, seed: 4 });
    expect(again.model.encode().tensors).toEqual(once.model.encode().tensors);
    expect(other.model.encode().tensors).not.toEqual(once.model.encode().tensors);
    const composed = once.model.compose({ seed: 5, bars: 4 });
    expect(again.model.compose({ seed: 5, bars: 4 })).toEqual(composed);
    expect(once.model.compose({ seed: 6, bars: 4 })).not.toEqual(composed);
  });

  test('a saved model loads to the same notes, and what it composes comes back from MIDI', async () => {
    const { model } = await trainCompose(pieces, { ...options, epochs: 1 });
    const loaded = await loadCompose(encodeModelFile(model.encode()));
    const score = loaded.compose({ seed: 1, bars: 3 });
    expect(score).toEqual(model.compose({ seed: 1, bars: 3 }));
    expect(score.notes.length).toBeGreaterThan(0);
    expect(readMidi(writeMidi(score), 'back.mid').notes).toEqual(score.notes);
    expect(loaded.next(pieces[0])).toEqual(model.next(pieces[0]));
  });

  test('a training that was stopped goes on to the bits of one that was not', async () => {
    const short = { ...options, epochs: 3 };
    const engine = await createEngine();
    const whole = await trainCompose(pieces, short, { engine });
    const stop = new AbortController();
    let saved: ModelFile | undefined;
    const stopped = trainCompose(pieces, short, {
      engine,
      signal: stop.signal,
      onProgress: ({ epoch }) => epoch === 2 && stop.abort(),
      checkpoint: {
        everySeconds: 1e6,
        save: async (file) => {
          saved = file;
        },
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
    const resumed = await trainCompose(pieces, short, { engine, resume: saved! });
    expect(resumed.model.encode().tensors).toEqual(whole.model.encode().tensors);
    await expect(trainCompose(pieces, { ...short, seed: 9 }, { engine, resume: saved! })).rejects.toThrow(/settings/);
  });
});

test('a report shows the likelihood beside the baselines, and three pieces that the model composed', async () => {
  const trained = await trainCompose(scaleTunes(12), { ...BRIEF, epochs: 2 });
  const html = taskReport({ ...composeReportInput(trained), files: { model: 'tunes.safetensors' } });
  expect(html).toContain(trained.scores!.test.nll.toFixed(3));
  for (const { nll } of Object.values(trained.scores!.baselines)) expect(html).toContain(nll.toFixed(3));
  for (const seed of [1, 2, 3]) expect(html).toContain(`Composed with seed ${seed}`);
  expect(html).toContain('tunes.safetensors');
});

test('the soprano given to harmonise is kept note for note', async () => {
  const pieces = parallelVoices(24);
  const { model } = await trainCompose(pieces, { ...SMALL, kind: 'voices', epochs: 8, batchSize: 4, dropout: 0.1 });
  const soprano = model.compose({ seed: 2, bars: 2 });
  const upper = { ...soprano, notes: soprano.notes.filter(({ voice }) => voice === 0) };
  const chorale = model.compose({ soprano: upper, seed: 9, temperature: 0.5 });
  expect(voiceOf(chorale, 0, 4, 'chorale')).toEqual(voiceOf(upper, 0, 4, 'soprano'));
  expect(new Set(chorale.notes.map(({ voice }) => voice))).toEqual(new Set([0, 1, 2, 3]));
  // Repeated notes and triplets, which a grid does not have, stay too.
  const lengths = [48, 48, 96, 16, 16, 16, 48, 24];
  const events = lengths.map((duration, i) => ({ pitch: [67, 67, 69, 64, 64, 65, 64, null][i], duration }));
  const tune = scoreOfMelody([...events, { pitch: 62, duration: 72 }], { title: '', pickup: 0 });
  expect(model.compose({ soprano: tune, seed: 9 }).notes.filter(({ voice }) => voice === 0)).toEqual(tune.notes);
  // The soprano's own key is one to stay in.
  const key = parseKey('Bb');
  const inFlats = model.compose({ soprano: { ...upper, key }, keepKey: true, seed: 9, temperature: 2 });
  const below = inFlats.notes.filter(({ voice }) => voice > 0);
  expect(below.length).toBeGreaterThan(0);
  expect(below.filter(({ pitch }) => !inKey(key, pitch))).toEqual([]);
  expect(() => model.compose({ soprano: upper, keepKey: true })).toThrow(/a key to stay in/);
});

/** The tunes, of which some have another key or metre. */
function retold(
  pieces: readonly MusicPiece[],
  which: (i: number, piece: MusicPiece) => boolean,
  key: string,
  metre: string,
) {
  return pieces.map((piece, i): MusicPiece => {
    if (piece.music.kind !== 'score' || !which(i, piece)) return piece;
    const score = { ...piece.music.score, key: parseKey(key), metre: parseMetre(metre) };
    return { ...piece, music: { kind: 'score', score } };
  });
}

test('a metre and a mode that only the pieces to measure have are heard as the nearest ones', async () => {
  const odd = retold(scaleTunes(12), (_, { part }) => part !== 'train', 'D dorian', '2/2');
  const { model, scores } = await trainCompose(odd, { ...BRIEF, epochs: 2 });
  expect(scores!.test.nll).toBeGreaterThan(0);
  // D dorian has the scale of C, and a bar of 2/2 is as long as one of 4/4.
  expect(await model.evaluate(odd)).toEqual(await model.evaluate(scaleTunes(12)));
  expect(model.next(odd[5])).toEqual(model.next(scaleTunes(12)[5]));
  expect(() => model.compose({ metre: { beats: 1e9, unit: 4 } })).toThrow(
    /^compose: expected a metre such as .*, got 1000000000\/4; /,
  );
  expect(() => model.compose({ metre: parseMetre('2/2') })).toThrow(
    /expected a metre of 4\/4, as in training, got 2\/2/,
  );
  expect(() => model.stream(undefined, { key: parseKey('Ddor') })).toThrow(
    /expected a key that is major, as in training/,
  );
});

test('first notes that no piano has, and nothing to measure, are refused by name', async () => {
  const { model } = await trainCompose(scaleTunes(6), { ...SMALL, kind: 'melody', transpose: 0, epochs: 1 });
  for (const pitch of [10, 60.5, Number.NaN])
    expect(() => model.compose({ start: [pitch] })).toThrow(/^start: expected notes of the 88 keys of a piano, /);
  expect(() => model.compose({ start: 60 as unknown as number[] })).toThrow(/a list of first notes, got 60; /);
  await expect(model.evaluate([])).rejects.toThrow(/expected pieces to measure, got none/);
});

test('bars are filled to the tick, whatever durations there are: as many as asked, and with keepMetre each by itself', async () => {
  const tunes = scaleTunes(12).map((piece): MusicPiece => {
    if (piece.music.kind !== 'score') return piece;
    // Lengths of which few sums make a bar of 192.
    const lengths = [16, 16, 16, 48, 60, 84, 144];
    const events = melodyOf(piece.music.score, piece.name).map(({ pitch }, i) => ({
      pitch,
      duration: lengths[i % lengths.length],
    }));
    return { ...piece, music: { kind: 'score', score: scoreOfMelody(events, piece.music.score) } };
  });
  const { model } = await trainCompose(tunes, { ...SMALL, kind: 'melody', transpose: 0, epochs: 1 });
  const bar = 192;
  for (let seed = 0; seed < 20; seed++) {
    const request = { seed, bars: 4, temperature: 2 };
    const free = model.compose(request);
    // A rest at the end is not heard.
    expect(Math.ceil((lengthOf(free) - free.pickup) / bar)).toBe(4);
    const { notes } = model.compose({ ...request, keepMetre: true });
    expect(
      notes.filter(({ start, duration }) => Math.ceil((start + duration) / bar) > Math.floor(start / bar) + 1),
    ).toEqual([]);
  }
});

test('key and metre that nobody gives are drawn about as often as training had them', async () => {
  const tunes = retold(scaleTunes(36), (i) => i % 6 === 3, 'G', '2/4');
  const { model } = await trainCompose(tunes, { ...BRIEF, epochs: 12 });
  const drawn = Array.from({ length: 60 }, (_, seed) => model.compose({ seed, bars: 1 }));
  const share = (right: (score: (typeof drawn)[number]) => boolean) => drawn.filter(right).length / drawn.length;
  // A quarter of the training tunes are in 2/4 and in G.
  expect(share(({ metre }) => metreName(metre!) === '4/4')).toBeGreaterThan(0.55);
  expect(share(({ metre }) => metreName(metre!) === '4/4')).toBeLessThan(0.95);
  expect(share(({ key }) => [0, 7].includes(key!.tonic))).toBeGreaterThan(0.9);
  expect(share(({ key, metre }) => (key!.tonic === 7) === (metre!.unit === 4 && metre!.beats === 2))).toBeGreaterThan(
    0.9,
  );
});

describe('what would do nothing is refused:', () => {
  test.each<[string, MusicPiece[], ComposeOptions, RegExp]>([
    [
      'an embedding of keys',
      chordPieces(12),
      { kind: 'keys', embedding: 8 },
      /options of a keys model, got embedding; /,
    ],
    [
      'a grid of melodies',
      scaleTunes(12),
      { stepsPerQuarter: 4, segment: 9 },
      /a melody model, got segment, stepsPerQ/,
    ],
    [
      'shares of parted pieces',
      scaleTunes(12),
      { testShare: 0.2 },
      /pieces to deal out with testShare, got files that/,
    ],
    [
      'patience without pieces to choose by',
      scaleTunes(12).filter(({ part }) => part === 'train'),
      { patience: 3 },
      /pieces to choose by with patience, got none; leave patience out/,
    ],
  ])('%s', async (_, pieces, options, message) => {
    await expect(trainCompose(pieces, options)).rejects.toThrow(message);
  });

  test('parts of a request that the others leave no room for', async () => {
    const { model } = await trainCompose(scaleTunes(12), { ...BRIEF, epochs: 1 });
    const four = await trainCompose(parallelVoices(12), { ...SMALL, kind: 'voices', epochs: 1 });
    const tune = (scaleTunes(1)[0].music as { score: Score }).score;
    const one = four.model.compose({ bars: 1 });
    expect(() => model.compose({ start: [60, 64] })).toThrow(/expected one first note of a melody model, got 2/);
    expect(() => four.model.compose({ start: [60, 64] })).toThrow(/expected one first note of a voices model, got 2/);
    // The tune has four bars.
    expect(() => model.compose({ opening: tune, bars: 4 })).toThrow(
      /more bars in all than the 4 of the opening, got 4; /,
    );
    expect(model.compose({ opening: tune, bars: 5 }).notes.slice(0, 32)).toEqual(tune.notes);
    expect(() => four.model.compose({ opening: tune, bars: 4 })).toThrow(/set bars to at least 5/);
    for (const [request, what] of [
      [{ start: [60] }, 'a first note'],
      [{ opening: tune }, 'first bars'],
      [{ bars: 2 }, 'a number of bars'],
    ] as const)
      expect(() => four.model.compose({ soprano: one, ...request })).toThrow(
        `soprano to harmonise alone, got ${what} beside`,
      );
    expect(() => model.compose({ soprano: one })).toThrow(
      /of a melody model, got a soprano to harmonise; leave it out/,
    );
  });
});
